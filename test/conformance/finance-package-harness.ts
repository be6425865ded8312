import type { AnyConnector, PlanTools } from '#connector-kit';
import { layoutOf, type ConnectorHarness, type FileHarness } from '#connector-kit/testing';
import { financePackage } from '#connectors/dynamics365';
import { keyOf } from './finance-book.js';
import { FinanceConnectionHarness, type FinanceVariant } from './finance-harness.js';

/** An import runs when the environment's clock has moved on by so much; journals are posted by a person. */
const IMPORT_MS = 1_000;
const DATA_PROJECT = 'Tributary customer payments';

/** The connector whose postings travel in packages, against the same environment. */
export class FinancePackageHarness extends FinanceConnectionHarness {
  readonly connector: AnyConnector = financePackage;
  readonly skips: ConnectorHarness['skips'] = [];
  readonly files: FileHarness;
  /** Customer of each posting, by key: what is refused is its business. */
  private readonly payers = new Map<string, string>();

  constructor(variant: FinanceVariant = {}) {
    super({ ...variant, environment: { packageDurationMs: IMPORT_MS, postingJobEveryMs: null, ...variant.environment } });
    this.files = this.makeFiles();
  }

  override async start(): Promise<void> {
    await super.start();
    this.world.sandbox.addDataProject({ name: DATA_PROJECT, entities: ['Customer payment journal header', 'Customer payment journal line'] });
  }

  private makeFiles(): FileHarness {
    const plans = (): PlanTools => this.planTools(this.world.probe);
    return {
      get plans() { return plans(); },
      tools: { get config() { return plans().config; }, layout: (name) => layoutOf(new Map(), name) },
      intent: async (shape) => {
        const intent = this.intentOf(shape, this.world.book.createCustomer());
        this.payers.set(intent.idempotencyKey, intent.customerExternalId);
        return intent;
      },
      deliveredFiles: async () => new Map([...this.world.line.imported].map(([executionId, bytes]) => [`${executionId}.zip`, bytes])),
      answer: async (_fileName, problem) => { await this.work(problem); },
    };
  }

  /** The first posting's customer is taken away before the import runs; what is taken is then posted by a person. */
  private async work(problem: string): Promise<void> {
    const { sandbox, line } = this.world;
    const [payer] = this.payers.values();
    if (payer !== undefined) sandbox.mutations.removeCustomer({ account: keyOf(payer) });
    line.errorsSay = problem;
    await this.passTime(IMPORT_MS);
    this.postJournals();
  }

  postJournals(): void {
    const { sandbox } = this.world;
    for (const { batch, posted } of sandbox.mutations.documents({ text: '' })) if (!posted) sandbox.mutations.postJournal({ batch });
  }
}
