import { CONTROL_PATH, ControlError, readInput, readInstant } from '../../simulation/control.js';
import type { BankChange, BankUpdate } from '../book/bank.js';
import type { Client } from '../book/book.js';
import type { Institution } from '../book/institutions.js';
import type { Stage } from '../book/item.js';
import type { LinkSession } from '../endpoints/link.js';
import type { Fault } from '../faults/faults.js';
import type { PlaidSettings } from '../settings.js';
import { SETTING_RULES } from './setting-rules.js';
import { json, type Answer, type Call } from './message.js';

/** What the control endpoints can do to the sandbox; the same operations the API object has. */
export interface Controls {
  readonly settings: PlaidSettings;
  stats(): unknown;
  truth(itemId: string): readonly Record<string, unknown>[];
  items(): unknown;
  update(itemId: string, changes: readonly BankChange[]): BankUpdate;
  reveal(itemId: string, stage: Exclude<Stage, 'NOT_READY'>): void;
  breakItem(itemId: string, code: string, reason?: string): void;
  repairItem(itemId: string): void;
  setConsentExpiry(itemId: string, at: Date): void;
  completeLink(session: LinkSession): unknown;
  registerClient(): Client;
  addInstitution(institution: Institution): void;
  rotateKeys(expireOthers: boolean): string;
  webhooks(): unknown;
  fireWebhook(itemId: string, code: string): boolean;
  releaseWebhooks(order: 'asHeld' | 'reversed', copies: number): Promise<number>;
  webhooksIdle(): Promise<void>;
  addFault(fault: Fault): number;
  removeFault(id: number): void;
  clearFaults(): void;
  listFaults(): unknown;
  reseedFaults(seed: number): void;
  setClock(instant: Date, held: boolean): void;
  setAuthenticationClock(instant: Date): void;
}

type Input = Readonly<Record<string, unknown>>;
type Handler = (controls: Controls, input: Input, key: string, call: Call) => unknown;

/** `/_control/...`: no vendor authentication, loopback only. Every endpoint is listed in the README. */
export async function answerControl(controls: Controls, call: Call): Promise<Answer> {
  const [area = '', key = '', act = ''] = call.path.slice(CONTROL_PATH.length + 1).split('/');
  const handler = ROUTES[`${call.method} ${act === '' ? area : `${area}/${act}`}`];
  if (handler === undefined) return json(404, { error: `no control ${call.method} ${call.path}; known: ${Object.keys(ROUTES).join(', ')}` });
  try {
    return json(200, await handler(controls, readInput(call.body.toString('utf8')), decodeURIComponent(key), call) ?? {});
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** `items/ID/ACT` acts on one Item. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'GET stats': (controls) => controls.stats(),
  'GET items': (controls) => controls.items(),
  'GET items/truth': (controls, _input, item) => ({ transactions: controls.truth(item) }),
  'POST items/update': (controls, input, item) => controls.update(item, changesIn(input)),
  'POST items/reveal': (controls, input, item) => controls.reveal(item, oneOf(input['stage'], ['INITIAL_UPDATE_COMPLETE', 'HISTORICAL_UPDATE_COMPLETE'])),
  'POST items/break': (controls, input, item) => controls.breakItem(item, String(input['code']), input['reason'] === undefined ? undefined : String(input['reason'])),
  'POST items/repair': (controls, _input, item) => controls.repairItem(item),
  'POST items/consent': (controls, input, item) => controls.setConsentExpiry(item, readInstant(input['expiresAt'])),
  'POST items/webhook': (controls, input, item) => ({ sent: controls.fireWebhook(item, String(input['code'])) }),
  'POST link': (controls, input) => controls.completeLink(input as unknown as LinkSession),
  'POST clients': (controls) => controls.registerClient(),
  'POST institutions': (controls, input) => controls.addInstitution(institutionIn(input)),
  'POST keys': (controls, input) => ({ kid: controls.rotateKeys(input['expireOthers'] === true) }),
  'GET webhooks': (controls) => controls.webhooks(),
  'POST webhooks': async (controls, input) => {
    const sent = await controls.releaseWebhooks(oneOf(input['order'] ?? 'asHeld', ['asHeld', 'reversed']), Number(input['copies'] ?? 1));
    return { sent };
  },
  'POST webhooks-idle': async (controls) => controls.webhooksIdle(),
  'GET faults': (controls) => ({ faults: controls.listFaults() }),
  'POST faults': (controls, input) => ({ id: controls.addFault(input as unknown as Fault) }),
  'DELETE faults': (controls, _input, key) => (key === '' ? controls.clearFaults() : controls.removeFault(Number(key))),
  'POST seed': (controls, input) => controls.reseedFaults(Number(input['seed'])),
  'GET settings': (controls) => controls.settings,
  'PATCH settings': (controls, input) => SETTING_RULES.change(controls.settings, input),
  'POST clock': (controls, input) => controls.setClock(readInstant(input['now']), input['held'] === true),
  'POST authentication-clock': (controls, input) => controls.setAuthenticationClock(readInstant(input['now'])),
};

function changesIn(input: Input): readonly BankChange[] {
  const { changes } = input;
  if (!Array.isArray(changes) || changes.length === 0) throw new ControlError('changes must be a list: [{op: add | modify | remove | post | churn, ...}]');
  return changes as readonly BankChange[];
}

function institutionIn(input: Input): Institution {
  const { id, name } = input;
  if (typeof id !== 'string' || typeof name !== 'string') throw new ControlError('an institution has id, name, and may have country, consentDays, tokenised');
  return { id, name, country: String(input['country'] ?? 'US'), consentDays: typeof input['consentDays'] === 'number' ? input['consentDays'] : null, tokenised: input['tokenised'] === true };
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new ControlError(`${JSON.stringify(value)} is none of ${known.join(', ')}`);
  return found;
}
