import { ConnectorError, type Context } from '#connector-kit';
import { rowsOf } from '../service.js';
import { companyOf, equalsText, field, type Row } from '../words.js';
import { HEADER_ENTITY, LINE_ENTITY } from '../write/words.js';
import type { PackageFacts } from './archive.js';

/** The journal a package became. */
export interface PackageJournal {
  readonly company: string;
  readonly batchNumber: string;
  readonly posted: boolean;
}

/**
 * The journal of a package, by its description; null while there is none.
 * @throws ConnectorError `conflict` where another content stands under the package's name
 */
export async function journalOfPackage(context: Context, facts: PackageFacts): Promise<PackageJournal | null> {
  // A star stands for any text in a comparison of Finance (reference 3.1).
  const filter = `${equalsText('dataAreaId', facts.company)} and ${equalsText('Description', `${facts.name} *`)}`;
  const rows = await rowsOf(context, { entity: HEADER_ENTITY, filter, select: ['dataAreaId', 'JournalBatchNumber', 'Description', 'IsPosted'], order: ['JournalBatchNumber'] });
  const named = rows.filter((row) => companyOf(row) === facts.company && field(row, 'Description').startsWith(`${facts.name} `));
  const own = named.find((row) => field(row, 'Description') === facts.description);
  const [other] = named;
  if (own === undefined && other !== undefined) throw otherContent(facts, other);
  return own === undefined ? null : { company: facts.company, batchNumber: field(own, 'JournalBatchNumber'), posted: field(own, 'IsPosted') === 'Yes' };
}

function otherContent({ name, company }: PackageFacts, row: Row): ConnectorError {
  const batchNumber = field(row, 'JournalBatchNumber');
  return new ConnectorError(`Finance holds journal ${batchNumber} of package ${name} with another content`, { kind: 'conflict', externalId: `${company}/${batchNumber}`, differsIn: ['content'] });
}

/** The lines of each posting the journal holds, by key. */
export async function linesOfJournal(context: Context, { company, batchNumber }: PackageJournal): Promise<ReadonlyMap<string, readonly Row[]>> {
  const filter = `${equalsText('dataAreaId', company)} and ${equalsText('JournalBatchNumber', batchNumber)}`;
  const rows = await rowsOf(context, { entity: LINE_ENTITY, filter, select: ['dataAreaId', 'JournalBatchNumber', 'LineNumber', 'PaymentId', 'MarkedInvoice', 'CreditAmount'], order: ['LineNumber'] });
  const byKey = new Map<string, Row[]>();
  for (const row of rows) byKey.set(field(row, 'PaymentId'), [...byKey.get(field(row, 'PaymentId')) ?? [], row]);
  return byKey;
}
