import { CONTROL_PATH, ControlError, readInput, readInstant, SettingRules, type SettingCheck } from '../../simulation/control.js';
import type { Elsewhere } from '../company/elsewhere.js';
import type { ClientCredentials, Entra } from '../auth/entra.js';
import type { Fault, Faults } from '../faults/faults.js';
import type { ForeignPlan, ForeignReport } from '../limits/foreign-client.js';
import { defaultSettings, REQUEST_CLASSES, type TenantSettings } from '../settings.js';
import { plainJson, type Answer, type Call } from './message.js';

/** What the control endpoints can do to the sandbox; the same operations the API object has. */
export interface Controls {
  readonly settings: TenantSettings;
  readonly faults: Faults;
  readonly entra: Entra;
  readonly jobErrors: readonly unknown[];
  stats(): unknown;
  openRequests(): unknown;
  check(): void;
  now(): Date;
  setClock(instant: Date, held: boolean): void;
  elsewhere(companyId?: string): Elsewhere;
  closePostingRange(): void;
  startForeignClient(plan: ForeignPlan): void;
  foreignReport(): ForeignReport | null;
  stopForeignClient(): void;
  deliverNotifications(): Promise<void>;
}

type Input = Readonly<Record<string, unknown>>;

/** `/_control/...`: no vendor authentication, loopback only. Every endpoint is listed in README.md. */
export async function answerControl(controls: Controls, call: Call): Promise<Answer> {
  try {
    const input = readInput(call.body);
    const [area = '', key] = call.path.slice(CONTROL_PATH.length + 1).split('/');
    const handler = HANDLERS[`${call.method} ${area}`];
    if (handler === undefined) return plainJson(404, { error: `no control ${call.method} ${call.path}` });
    return plainJson(call.method === 'POST' && area === 'faults' ? 201 : 200, await handler(controls, input, key, call) ?? {});
  } catch (error) {
    return plainJson(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

type Handler = (controls: Controls, input: Input, key: string | undefined, call: Call) => unknown;

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET stats': (controls) => controls.stats(),
  'GET faults': (controls) => controls.faults.list(),
  'POST faults': (controls, input) => ({ id: controls.faults.add(input as unknown as Fault) }),
  'DELETE faults': (controls, _input, key) => { if (key === undefined) controls.faults.clear(); else controls.faults.remove(Number(key)); },
  'POST seed': (controls, input) => { controls.faults.reseed(Number(input['seed'])); },
  'GET settings': (controls) => controls.settings,
  'PATCH settings': (controls, input) => SETTING_RULES.change(controls.settings, input),
  'GET clock': (controls) => ({ now: controls.now().toISOString() }),
  'POST clock': (controls, input) => {
    const advance = Number(input['advanceMs'] ?? Number.NaN);
    const instant = Number.isFinite(advance) ? new Date(controls.now().getTime() + advance) : readInstant(input['now']);
    controls.setClock(instant, input['held'] === true);
    return { now: controls.now().toISOString() };
  },
  'POST check': (controls) => { controls.check(); return { holds: true }; },
  'POST secret': (controls): ClientCredentials => controls.entra.rotateSecret(),
  'POST secret-expiry': (controls) => { controls.entra.expireSecret(); },
  'POST token-revocation': (controls) => { controls.entra.revokeTokens(); },
  'POST application': (controls): ClientCredentials => controls.entra.registerApplication(),
  'POST close-posting-range': (controls) => { controls.closePostingRange(); },
  'POST foreign-client': (controls, input) => {
    const number = (name: string, otherwise: number): number => Number(input[name] ?? otherwise);
    controls.startForeignClient({ concurrency: number('concurrency', 1), holdMs: number('holdMs', 20), pauseMs: number('pauseMs', 0), backOffMs: number('backOffMs', 100) });
  },
  'GET foreign-client': (controls) => controls.foreignReport() ?? {},
  'DELETE foreign-client': (controls) => { controls.stopForeignClient(); return controls.foreignReport() ?? {}; },
  'POST notifications': async (controls) => { await controls.deliverNotifications(); },
  'GET open-requests': (controls) => controls.openRequests(),
  'GET job-errors': (controls) => controls.jobErrors,
  'GET open-amounts': (controls, _input, _key, call) => controls.elsewhere(call.query.get('company') ?? undefined).openAmounts(),
  'GET payments': (controls, _input, _key, call) => controls.elsewhere(call.query.get('company') ?? undefined).paymentsOf(call.query.get('externalDocumentNumber') ?? ''),
  'POST elsewhere': (controls, input, key) => elsewhere(controls.elsewhere(input['company'] === undefined ? undefined : String(input['company'])), key ?? '', input),
};

/** A change by somebody else, by name. @throws ControlError for a name that is not known */
function elsewhere(people: Elsewhere, name: string, input: Input): unknown {
  const text = (field: string): string => {
    const value = input[field];
    if (typeof value !== 'string') throw new ControlError(`${field} must be a text`);
    return value;
  };
  switch (name) {
    case 'addCustomer': return people.addCustomer({ ...input, name: text('name') });
    case 'addInvoice': return people.addInvoice({ ...input, customerNumber: text('customerNumber'), amount: text('amount') });
    case 'addCreditMemo': return people.addCreditMemo({ ...input, customerNumber: text('customerNumber'), amount: text('amount') });
    case 'receivePayment': return people.receivePayment({ ...input, customerNumber: text('customerNumber'), amount: text('amount') });
    case 'settleInvoice': return people.settleInvoice(text('number'), input['amount'] === undefined ? undefined : text('amount'));
    case 'cancelInvoice': return people.cancelInvoice(text('number'));
    case 'unapply': return people.unapply(text('number'));
    case 'reverse': return people.reverse(text('number'));
    case 'edit': return people.edit(text('table'), text('number'), input['changes'] as Record<string, string | number>, input['modifiedAt'] === undefined ? undefined : readInstant(input['modifiedAt']).toISOString());
    case 'addOpeningBalance': return { entryNumber: people.addOpeningBalance({ ...input, customerNumber: text('customerNumber'), amount: text('amount'), documentNumber: text('documentNumber') }) };
    case 'remove': return people.remove(text('table'), text('number'));
    case 'blockCustomer': return people.blockCustomer(text('number'), text('blocked') as ' ');
    case 'setPostingRange': return people.setPostingRange(text('from'), text('to'));
    case 'addHiddenLine': return { id: people.addHiddenLine(text('batchId'), { customerNumber: text('customerNumber'), amount: text('amount'), documentNumber: text('documentNumber') }) };
    case 'setBatchBank': return people.setBatchBank(text('batchId'), text('bankNumber'));
    default: throw new ControlError(`no change elsewhere is called ${name}`);
  }
}

const positive: SettingCheck = { expected: 'a positive integer', holds: (value) => Number.isInteger(value) && Number(value) >= 1 };
const day: SettingCheck = { expected: 'a day (YYYY-MM-DD) or empty', holds: (value) => typeof value === 'string' && /^(\d{4}-\d{2}-\d{2})?$/.test(value) };

const CHECKS: Readonly<Record<string, SettingCheck>> = {
  variableFieldFilter: { expected: 'error or ignore', holds: (value) => value === 'error' || value === 'ignore' },
  analyticsDateWindow: { expected: 'null or {from, to}', holds: (value) => value === null || ['from', 'to'].every((name) => typeof (value as Record<string, unknown>)[name] === 'string') },
  forbiddenEntitySets: { expected: 'a list of entity sets', holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string') },
  webhookRetryMinutes: { expected: 'a list of minutes', holds: (value) => Array.isArray(value) && value.every((minutes) => typeof minutes === 'number' && minutes >= 0) },
  latencyMs: {
    expected: `milliseconds by request class (${REQUEST_CLASSES.join(', ')})`,
    holds: (value) => typeof value === 'object' && value !== null && Object.entries(value).every(([name, delay]) => REQUEST_CLASSES.some((known) => known === name) && typeof delay === 'number' && delay >= 0),
  },
  pageSizeMax: positive, requestsMax: positive, requestWindowMs: positive, concurrencyMax: positive, postingAllowedFrom: day, postingAllowedTo: day,
};

export const SETTING_RULES = new SettingRules<TenantSettings>(defaultSettings, CHECKS, new Set(['tenantId', 'environment']));
