import { localDateOfInstant, zeroMoney, type DocumentShare, type EntityName, type JsonObject, type Money, type PostingIntent } from '#canonical';
import { testContext, type ConnectorHarness, type ContextOptions, type Fault, type IntentShape, type SeedOptions, type WriteHarness } from '#connector-kit/testing';
import type { AnyConnector, Context, PlanTools, Probe } from '#connector-kit';
import { createMemoryConnector } from '../index.js';
import { MemoryTarget } from '../target/memory-target.js';
import { MemoryTargets } from '../target/memory-targets.js';
import { openBooks, seedRecord, type MasterData } from '../target/seeding.js';

const TARGET = 'books';
const PAGE_SIZE = 3;
const TOKEN = 'memory-token-5f2c91';
const READ_ONLY_TOKEN = 'memory-read-only-77ab03';
const WRONG_TOKEN = 'memory-wrong-token-e0d4';
const TIME_ZONE = 'America/Los_Angeles';

/** Applies `mappings/memory/<name>.yaml`: the engine's work, handed in because this room knows no mapping engine. */
export type Render = PlanTools['render'];

/** Holds the memory connector, or one wrapped around it, to the contract. */
export class MemoryHarness implements ConnectorHarness {
  readonly connector: AnyConnector;
  readonly pageSize = PAGE_SIZE;
  readonly secrets = [TOKEN, READ_ONLY_TOKEN, WRONG_TOKEN];
  readonly skips = [];
  readonly invoiceTerms = { dueOn: '2026-07-31', promisedOn: '2026-07-15', disputeStatus: 'PRICE' };
  readonly writes: WriteHarness;
  private readonly targets = new MemoryTargets();
  private readonly target = new MemoryTarget({ token: TOKEN, readOnlyToken: READ_ONLY_TOKEN, timeZone: TIME_ZONE, clock: new Date('2026-03-10T15:00:00Z') });
  private readonly log: string[] = [];
  private readonly master: MasterData = openBooks(this.target);
  private intents = 0;

  constructor(render: Render, wrap: (connector: AnyConnector) => AnyConnector = (connector) => connector) {
    this.connector = wrap(createMemoryConnector(this.targets));
    this.writes = this.makeWrites(render);
  }

  async start(): Promise<void> {
    this.targets.put(TARGET, this.target);
  }

  async stop(): Promise<void> {
    this.targets.remove(TARGET);
  }

  context({ credentials = 'good', signal, clockSkewMs = 0, probe = null }: ContextOptions = {}): Context {
    const token = { good: TOKEN, bad: WRONG_TOKEN, limited: READ_ONLY_TOKEN }[credentials];
    return testContext({
      connectionId: 'memory-1', config: { target: TARGET, pageSize: PAGE_SIZE }, secrets: { token }, probe, log: this.log,
      now: () => new Date(this.now().getTime() + clockSkewMs), ...signal === undefined ? {} : { signal },
    });
  }

  logged(): readonly string[] {
    return this.log;
  }

  now(): Date {
    return this.target.book.now();
  }

  async setClock(instant: Date): Promise<void> {
    this.target.book.setClock(instant);
  }

  async passTime(durationMs: number): Promise<void> {
    this.target.book.setClock(new Date(this.now().getTime() + durationMs));
  }

  async seed(entity: EntityName, count: number, { stampedAgoMs = 0 }: SeedOptions = {}): Promise<readonly string[]> {
    const stamp = new Date(this.now().getTime() - stampedAgoMs);
    return Array.from({ length: count }, () => seedRecord(this.target, this.master, entity, {}, stamp).id);
  }

  async change(_entity: EntityName, externalId: string): Promise<void> {
    this.target.book.update(externalId, { memo: `changed ${this.target.book.get(externalId).revision} times` });
  }

  async remove(_entity: EntityName, externalId: string): Promise<void> {
    this.target.book.update(externalId, {}, true);
  }

  async misbehave(fault: Fault): Promise<void> {
    if (fault.kind === 'interruptNextDelivery') throw new Error('the memory target takes no files');
    this.target.misbehave(fault);
  }

  async writtenCount(): Promise<number> {
    return this.target.book.writtenCount;
  }

  openRequests(): number {
    return this.target.openRequests();
  }

  private makeWrites(render: Render): WriteHarness {
    const { target } = this;
    return {
      tools: (probe: Probe): PlanTools => ({ probe, config: this.context().config, render, today: localDateOfInstant(this.now(), probe.timeZone) }),
      intent: async (shape) => this.intentOf(shape),
      bookedCount: async (stepKey) => target.book.withKey(stepKey).length,
      openOf: async (_document, externalId) => target.openAmount(externalId),
      settleElsewhere: async (externalId) => { target.book.update(externalId, { open: '0.00', status: 'PAID' }); },
      closePeriod: async (day) => { target.book.closePeriod(day); },
      tamper: async (externalId) => { target.book.update(externalId, { total: '1.23' }); },
    };
  }

  private intentOf(shape: IntentShape): PostingIntent {
    this.intents += 1;
    const base = {
      idempotencyKey: `pay_${this.intents}`, customerExternalId: this.master.customer, companyExternalId: this.master.company,
      postedOn: localDateOfInstant(this.now(), TIME_ZONE), bankAccountExternalId: this.master.bankAccount,
      receivablesAccountExternalId: this.master.receivablesAccount, reference: `WIRE ${this.intents}`, memo: null,
      credits: [], writeOffs: [], onAccount: zeroMoney('USD'),
    };
    const first = this.document('invoice');
    switch (shape) {
      case 'inFull': return { ...base, amount: usd(10_000n), invoices: [share(first, 10_000n)] };
      case 'several': {
        const second = this.document('invoice');
        return { ...base, amount: usd(17_500n), invoices: [share(first, 10_000n), share(second, 2_500n)], onAccount: usd(5_000n) };
      }
      case 'withCredit': {
        const credit = this.document('creditMemo');
        return { ...base, amount: usd(6_000n), invoices: [share(first, 10_000n)], credits: [share(credit, 4_000n)] };
      }
      case 'withWriteOff': {
        const writeOff = { ...share(first, 25n), accountExternalId: this.master.writeOffAccount, reasonCode: 'small difference' };
        return { ...base, amount: usd(9_975n), invoices: [share(first, 9_975n)], writeOffs: [writeOff] };
      }
    }
  }

  private document(entity: 'invoice' | 'creditMemo'): { readonly id: string; readonly number: string; readonly open: Money } {
    const { id, fields } = seedRecord(this.target, this.master, entity);
    return { id, number: textOf(fields, 'number'), open: usd(entity === 'invoice' ? 10_000n : 4_000n) };
  }
}

function usd(minor: bigint): Money {
  return { minor, currency: 'USD' };
}

function share(document: { readonly id: string; readonly number: string; readonly open: Money }, minor: bigint): DocumentShare {
  return { externalId: document.id, number: document.number, lineExternalId: null, amount: usd(minor), openBefore: document.open };
}

function textOf(fields: JsonObject, name: string): string {
  return String(fields[name] ?? '');
}
