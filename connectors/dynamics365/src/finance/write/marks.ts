import { addMoney, formatMoney, parseMoney, subtractMoney, zeroMoney, type JsonObject, type Money } from '#canonical';
import { dayOf, field, noonOf, type Row } from '../words.js';
import { openRowsOf } from '../read/ledger.js';
import { amountText, type PlannedJournal, type PlannedMark } from './words.js';

/** A mark as it is sent: the row without the journal it goes to. */
export type MarkRow = JsonObject;

/** An instalment of an invoice that still has something open. */
interface Instalment {
  readonly dueOn: string;
  left: Money;
}

/** Raised when what is open cannot take what is settled; the path is into the step's body. */
export class MarkError extends Error {
  override readonly name = 'MarkError';
  constructor(message: string, readonly path: string, readonly value: string) {
    super(message);
  }
}

/**
 * The rows of a journal's marks. Their key needs the due day of what they settle (reference 3.5), which is a matter of the moment: an invoice's
 * share is spread over its open instalments, the earliest first, unless it names one. Pure.
 * @param open the transactions with their open rows, by external id
 * @throws MarkError when an invoice is gone or has too little open
 */
export function markRows(journal: PlannedJournal, currency: string, open: ReadonlyMap<string, Row>): readonly MarkRow[] {
  const instalments = new Map<string, Instalment[]>();
  return journal.marks.flatMap((mark, index) => {
    const path = `marks[${index}]`;
    const row = open.get(mark.document);
    if (row === undefined) throw new MarkError(`invoice ${field(mark.row, 'InvoiceNumber')} is not in Finance any more`, `${path}.InvoiceNumber`, field(mark.row, 'InvoiceNumber'));
    const known = instalments.get(mark.document) ?? instalmentsOf(row, currency);
    instalments.set(mark.document, known);
    return spread(mark, currency, known, path);
  });
}

function instalmentsOf(row: Row, currency: string): Instalment[] {
  const rows = openRowsOf(row).map((open) => ({ dueOn: dayOf(open['DueDate']) ?? dayOf(row['DueDate']) ?? dayOf(row['TransDate']) ?? '', left: parseMoney(amountText(field(open, 'AmountCur'), currency), currency) }));
  const byDay = new Map<string, Instalment>();
  for (const { dueOn, left } of rows) byDay.set(dueOn, { dueOn, left: addMoney(byDay.get(dueOn)?.left ?? zeroMoney(currency), left) });
  return [...byDay.values()].toSorted((one, other) => (one.dueOn < other.dueOn ? -1 : 1));
}

function spread(mark: PlannedMark, currency: string, instalments: Instalment[], path: string): readonly MarkRow[] {
  let wanted = parseMoney(mark.amount, currency);
  const rows: MarkRow[] = [];
  for (const instalment of instalments.filter(({ dueOn }) => mark.dueOn === null || dueOn === mark.dueOn)) {
    const taken = instalment.left.minor < wanted.minor ? instalment.left : wanted;
    if (taken.minor <= 0n) continue;
    instalment.left = subtractMoney(instalment.left, taken);
    wanted = subtractMoney(wanted, taken);
    rows.push({ ...mark.row, InvoiceDueDate: noonOf(instalment.dueOn), SettlementAmountInInvoiceCurrency: { $number: formatMoney(taken) } });
  }
  if (wanted.minor === 0n) return rows;
  const problem = `invoice ${field(mark.row, 'InvoiceNumber')} has too little open for ${mark.amount} ${currency}: ${formatMoney(wanted)} more than there is`;
  throw new MarkError(problem, `${path}.SettlementAmountInInvoiceCurrency`, mark.amount);
}
