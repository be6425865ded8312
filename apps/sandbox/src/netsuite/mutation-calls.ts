import { MutationError, type Mutations } from './company/mutations.js';

type Input = Readonly<Record<string, unknown>>;

function numberOf(input: Input, name: string): number {
  const value = input[name];
  if (typeof value !== 'number') throw new MutationError(`${name} must be a number`);
  return value;
}

function textOf(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== 'string') throw new MutationError(`${name} must be a text`);
  return value;
}

function modifiedOf(input: Input): [string] | [] {
  return input['modified'] === undefined ? [] : [textOf(input, 'modified')];
}

function flagOf(input: Input, name: string): boolean | undefined {
  const value = input[name];
  if (value !== undefined && typeof value !== 'boolean') throw new MutationError(`${name} must be true or false`);
  return value;
}

function setPeriod(mutations: Mutations, input: Input): void {
  const closed = flagOf(input, 'closed');
  const arLocked = flagOf(input, 'arLocked');
  const allowNonGl = flagOf(input, 'allowNonGl');
  mutations.setPeriod(textOf(input, 'day'), { ...(closed === undefined ? {} : { closed }), ...(arLocked === undefined ? {} : { arLocked }), ...(allowNonGl === undefined ? {} : { allowNonGl }) });
}

/** The mutations by name, as `POST /_control/mutate/NAME` calls them. @throws MutationError */
const CALLS: Readonly<Record<string, (mutations: Mutations, input: Input) => unknown>> = {
  touchInvoices: (mutations, input) => ({ touched: mutations.touchInvoices(numberOf(input, 'percent'), ...modifiedOf(input)) }),
  editCustomer: (mutations, input) => { mutations.editCustomer(numberOf(input, 'id'), textOf(input, 'companyName'), ...modifiedOf(input)); },
  editTransaction: (mutations, input) => { mutations.editTransaction(numberOf(input, 'id'), textOf(input, 'memo'), ...modifiedOf(input)); },
  deleteTransaction: (mutations, input) => { mutations.deleteTransaction(numberOf(input, 'id')); },
  setPeriod,
  lockRecord: (mutations, input) => { mutations.lockRecord(input['table'] === 'customer' ? 'customer' : 'transaction', numberOf(input, 'id'), flagOf(input, 'locked') ?? true); },
  depositPayment: (mutations, input) => { mutations.depositPayment(numberOf(input, 'id')); },
  approveJournal: (mutations, input) => { mutations.approveJournal(numberOf(input, 'id')); },
};

export function runMutation(mutations: Mutations, name: string, input: Input): unknown {
  const call = CALLS[name];
  if (call === undefined) throw new MutationError(`unknown mutation ${name}; known: ${Object.keys(CALLS).join(', ')}`);
  return call(mutations, input);
}
