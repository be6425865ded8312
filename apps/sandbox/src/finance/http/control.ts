import { CONTROL_PATH, ControlError, readInput, readInstant, SettingRules, type SettingCheck } from '../../simulation/control.js';
import type { Fault } from '../faults/faults.js';
import type { DataProject } from '../packages/executions.js';
import type { RecurringJob } from '../packages/recurring-jobs.js';
import type { Mutations } from '../company/mutations.js';
import { defaultSettings, REQUEST_CLASSES, type EnvironmentSettings } from '../settings.js';
import { json, textOf, type Answer, type Call } from './message.js';

/** What the control endpoints can do to the sandbox; the same operations the API object has. */
export interface Controls {
  readonly settings: EnvironmentSettings;
  readonly mutations: Mutations;
  readonly credentials: { readonly clientId: string };
  stats(): unknown;
  check(): void;
  addFault(fault: Fault): number;
  removeFault(id: number): void;
  clearFaults(): void;
  listFaults(): unknown;
  reseedFaults(seed: number): void;
  setClock(instant: Date, held: boolean): void;
  setAuthenticationClock(instant: Date): void;
  revokeTokens(): void;
  expireSecret(clientId: string): void;
  registerClient(): unknown;
  addDataProject(project: DataProject): void;
  addRecurringJob(job: RecurringJob): void;
}

type Input = Record<string, unknown>;

/** `/_control/...`: no vendor authentication, loopback only. Every endpoint is listed in the README. */
export function answerControl(controls: Controls, call: Call): Answer {
  try {
    return route(controls, call, readInput(textOf(call)));
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

type Handler = (controls: Controls, input: Input, key: string | undefined, call: Call) => Answer;

/** The answer of a control that only does something. */
function done(_result: void): Answer {
  return json(200, {});
}

const ROUTES: Readonly<Record<string, Handler>> = {
  'GET stats': (controls) => json(200, controls.stats()),
  'GET faults': (controls) => json(200, controls.listFaults()),
  'POST faults': (controls, input) => json(201, { id: controls.addFault(input as unknown as Fault) }),
  'DELETE faults': (controls, _input, key) => done(key === undefined ? controls.clearFaults() : controls.removeFault(Number(key))),
  'POST seed': (controls, input) => done(controls.reseedFaults(Number(input['seed']))),
  'GET settings': (controls) => json(200, controls.settings),
  'PATCH settings': (controls, input) => json(200, SETTING_RULES.change(controls.settings, input)),
  'POST clock': (controls, input) => done(controls.setClock(readInstant(input['now']), input['held'] === true)),
  'POST authentication-clock': (controls, input) => done(controls.setAuthenticationClock(readInstant(input['now']))),
  'POST check': (controls) => (controls.check(), json(200, { holds: true })),
  'POST token-revocation': (controls) => done(controls.revokeTokens()),
  'POST secret-expiry': (controls, input) => done(controls.expireSecret(String(input['clientId'] ?? controls.credentials.clientId))),
  'POST clients': (controls) => json(201, controls.registerClient()),
  'POST data-projects': (controls, input) => done(controls.addDataProject(input as unknown as DataProject)),
  'POST recurring-jobs': (controls, input) => done(controls.addRecurringJob(input as unknown as RecurringJob)),
  'GET open': (controls, _input, _key, call) => json(200, controls.mutations.openAmount(Object.fromEntries(call.query))),
  'GET documents': (controls, _input, _key, call) => json(200, controls.mutations.documents({ text: call.query.get('text') ?? '' })),
  'POST mutate': (controls, input, key) => json(200, runMutation(controls.mutations, key ?? '', input) ?? {}),
};

function route(controls: Controls, call: Call, input: Input): Answer {
  const [area = '', key] = call.path.slice(CONTROL_PATH.length + 1).split('/');
  return ROUTES[`${call.method} ${area}`]?.(controls, input, key, call) ?? json(404, { error: `no control ${call.method} ${call.path}; known: ${Object.keys(ROUTES).join(', ')}` });
}

const MUTATIONS = [
  'addCustomer', 'addInvoice', 'addPayment', 'settle', 'undoSettlement', 'editCustomer', 'removeCustomer', 'editTransaction', 'removeTransaction', 'postJournal', 'runPostingJob', 'refuseJournal', 'deleteJournal', 'editLine', 'closePeriod', 'openPeriod',
] as const;

/** A mutation by name, with the shape `mutations.ts` gives it. @throws ControlError for a name that is none */
export function runMutation(mutations: Mutations, name: string, input: Input): unknown {
  const known = MUTATIONS.find((each) => each === name);
  if (known === undefined) throw new ControlError(`unknown mutation ${name}; known: ${MUTATIONS.join(', ')}`);
  return (mutations[known] as (input: Input) => unknown).call(mutations, input);
}

const oneOf = (...values: readonly string[]): SettingCheck => ({ expected: values.join(' or '), holds: (value) => values.some((each) => each === value) });
const texts: SettingCheck = { expected: 'a list of collection names', holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string') };
const atLeast = (low: number): SettingCheck => ({ expected: `an integer from ${low}`, holds: (value) => Number.isInteger(value) && (value as number) >= low });
const orNull = (check: SettingCheck): SettingCheck => ({ expected: `null or ${check.expected}`, holds: (value) => value === null || check.holds(value) });
const record = (...names: readonly string[]): SettingCheck => ({
  expected: `{${names.join(', ')}}, all positive`, holds: (value) => typeof value === 'object' && value !== null && names.every((name) => Number((value as Input)[name]) > 0),
});

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value).source !== '';
  } catch {
    return false;
  }
}

const CHECKS: Readonly<Record<string, SettingCheck>> = {
  nextLink: oneOf('skip', 'token'), dateFilters: oneOf('asShown', 'byDay'), textOverflow: oneOf('refuse', 'truncate'), legalEntityIdCase: oneOf('lower', 'upper'), marksAbovePayment: oneOf('settleUpToPayment', 'failPosting'), packageNumbering: oneOf('asGiven', 'sequence'), keyColumn: oneOf('PaymentReference', 'PaymentId', 'TransactionText'),
  textLengths: { expected: 'lengths by column', holds: (value) => typeof value === 'object' && value !== null && Object.values(value).every((length) => Number.isInteger(length) && (length as number) > 0) },
  hiddenEntities: texts, readOnlyEntities: texts, pageSizeMax: atLeast(1), postingJobEveryMs: orNull(atLeast(1)), packageDurationMs: atLeast(0), errorKeysDelayMs: atLeast(0), blobAddressLifetimeMs: atLeast(0), accessTokenLifetimeSeconds: atLeast(1),
  resources: orNull(record('ratePerSecond', 'burst')), userLimit: orNull(record('requests', 'windowSeconds')), keyPattern: { expected: 'a regular expression', holds: isPattern },
  latencyMs: { expected: `milliseconds by request class (${REQUEST_CLASSES.join(', ')})`, holds: (value) => typeof value === 'object' && value !== null && Object.entries(value).every(([name, delay]) => REQUEST_CLASSES.some((each) => each === name) && Number(delay) >= 0) },
};

export const SETTING_RULES = new SettingRules<EnvironmentSettings>(defaultSettings, CHECKS);
