import { parseLocalDate, type LocalDate } from '#canonical';
import { PostingService, type LaneLimits } from '#posting';
import type { TestDatabase } from '../support/database.js';
import { startErp } from './fleet.js';
import { MockErp, type ErpLedger, type MockErpBehaviour } from './mock-erp.js';
import { mockConnection, type MockSettings } from './mock-connector.js';
import { finalizeAll, makeWorld } from './posting-world.js';

/** A target that a fault run posts into, and how its books are read past the hub. */
export interface FaultTarget {
  /** For the workers; null where they open the connection as it is stored. */
  readonly settings: MockSettings | null;
  /** Longest a request commits after we hung up, where that is less than the vendor's own minutes: the target keeps to it, and the lane is told so. Absent: as the connection has it. */
  readonly processingMsMax?: number;
  /** Of the lane, where the target's pace wants others than the harness's. */
  readonly limits?: Partial<LaneLimits>;
  /** Longer than a lease and the target's processing time together: a worker stopped for so long finds its posting sent by somebody else. */
  readonly stoppedMs: number;
  /** Until every call is answered and every late commit is made. */
  readonly settleMs: number;
  /** Finalizes so many payments of one invoice each. */
  finalize(db: TestDatabase, postings: number): Promise<FinalizedWorld>;
  /** Misbehaves from now on. */
  misbehave(): Promise<void>;
  ledger(): Promise<TargetLedger>;
  stop(): Promise<void>;
}

export interface FinalizedWorld {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly service: PostingService;
  readonly postingIds: readonly string[];
  /** A day of open books. */
  readonly reversedOn: LocalDate;
}

export interface TargetLedger extends Pick<ErpLedger, 'duplicatedKeys' | 'paymentMinor' | 'reversedMinor' | 'keys' | 'rejected'> {
  /** A reversal leaves the payment and books against it, or takes the payment out of the books. */
  readonly reversals: 'counter' | 'remove';
}

/** Small times, so that many leases end in a short run; their order is the product's: time-out < lease, wait > processing. */
export const MOCK_TIMES: Pick<MockSettings, 'sendTimeoutMs' | 'processingMsMax'> = { sendTimeoutMs: 400, processingMsMax: 600 };
/** Of a posting: time-out, margin and turn. */
const MOCK_LEASE_MS = 800;
const STOPPED_BEYOND_MS = 900;

export interface MockTargetOptions {
  readonly behaviour: Partial<MockErpBehaviour>;
  readonly twoSteps: boolean;
  /** Longest a request may commit after we stopped waiting; the target keeps to it. */
  readonly processingMsMax: number;
  /** In this process rather than one of its own: for many short runs, which would spend their time on starting it. No fault of the hub's reaches it either way. */
  readonly here?: boolean;
}

/** The ERP of eighty lines that guards against nothing: what holds here holds by the hub's own safeguards. */
export async function mockTarget({ behaviour, twoSteps, processingMsMax, here = false }: MockTargetOptions): Promise<FaultTarget> {
  const erp = here ? await startErpHere() : await startErp({});
  const settings: MockSettings = { url: erp.url, concurrency: 8, ...MOCK_TIMES, ...(twoSteps ? { twoSteps: true } : {}), processingMsMax };
  return {
    settings, stoppedMs: MOCK_LEASE_MS + processingMsMax + STOPPED_BEYOND_MS, settleMs: processingMsMax,
    finalize: async (db, postings) => {
      const world = await makeWorld(db.database, db.tenantId, postings);
      const connection = mockConnection(settings, world);
      const service = new PostingService({ database: db.database, openConnection: () => Promise.resolve(connection), wake: () => undefined, now: () => new Date() });
      return { ...world, service, postingIds: await finalizeAll(service, world), reversedOn: parseLocalDate('2026-02-01') };
    },
    misbehave: () => erp.behave(behaviour),
    ledger: async () => ({ ...await erp.ledger(), reversals: 'counter' }),
    stop: () => erp.stop(),
  };
}

type StartedErp = Pick<Awaited<ReturnType<typeof startErp>>, 'url' | 'ledger' | 'behave' | 'stop'>;

async function startErpHere(): Promise<StartedErp> {
  const erp = new MockErp();
  const url = await erp.start();
  return {
    url, ledger: () => Promise.resolve(erp.ledger()), stop: () => erp.stop(),
    behave: (behaviour) => {
      erp.behave(behaviour);
      return Promise.resolve();
    },
  };
}
