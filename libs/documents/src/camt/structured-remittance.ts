import { type Money, type RemittanceAdjustment, type RemittanceLine, type RemittanceLineKind, sumMoney } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { XmlElement } from '../xml/index.js';
import { amountOrFinding, codeOf, placeOf, signed } from './camt-values.js';

/** Document types of ISO 20022's external code set; what is none of them keeps its number and is `other`. */
const KINDS: ReadonlyMap<string, RemittanceLineKind> = new Map([
  ['CINV', 'invoice'], ['MSIN', 'invoice'], ['CREN', 'credit'], ['CNFA', 'credit'], ['DEBN', 'debit'], ['DNFA', 'debit'], ['PUOR', 'purchaseOrder'],
]);
const PATH = 'Ntry/NtryDtls/TxDtls/RmtInf/Strd';

/** Amounts of one `Strd`, in one currency, as the payer wrote them. */
interface ReferredAmounts {
  readonly due: Money | null;
  readonly discount: Money | null;
  readonly creditNote: Money | null;
  readonly remitted: Money | null;
  readonly adjustments: readonly RemittanceAdjustment[];
}

/** The items one `Strd` names. Amounts stand beside its documents, so they are a document's only where there is one. */
export function linesOf(structured: XmlElement, findings: FindingList): RemittanceLine[] {
  const amounts = amountsOf(structured.at('RfrdDocAmt'), findings);
  const documents = structured.all('RfrdDocInf');
  const memo = structured.all('AddtlRmtInf').map((each) => each.text.trim()).filter((text) => text !== '').join('\n');
  if (documents.length === 0) {
    const reference = structured.textAt('CdtrRefInf', 'Ref') ?? structured.textAt('CdtrRefInf', 'CdtrRef') ?? '';
    return amounts === null ? [] : [lineOf(structured, reference, reference === '' ? 'onAccount' : 'other', amounts, memo, findings)];
  }
  if (documents.length > 1 && amounts !== null) {
    findings.warning(placeOf(structured, `${PATH}/RfrdDocAmt`), String(documents.length), `${documents.length} documents share one amount: which part is whose is not said, so they are given without amounts`);
  }
  return documents.map((document) => {
    const kind = KINDS.get(codeOf(document.at('Tp')) ?? '') ?? 'other';
    return lineOf(document, document.textAt('Nb') ?? document.textAt('RfrdDocNb') ?? '', kind, documents.length === 1 ? amounts : null, memo, findings);
  });
}

function amountsOf(element: XmlElement | null, findings: FindingList): ReferredAmounts | null {
  if (element === null) return null;
  const amount = (name: string): Money | null => totalOf(element.all(name), name, findings);
  return {
    due: amount('DuePyblAmt'), discount: amount('DscntApldAmt'), creditNote: amount('CdtNoteAmt'), remitted: amount('RmtdAmt'),
    adjustments: element.all('AdjstmntAmtAndRsn').flatMap((each) => adjustmentOf(each, findings)),
  };
}

/** From version 04 on a discount is repeated and typed (`DscntApldAmt/Amt`), before it was the amount itself. */
function totalOf(elements: readonly XmlElement[], name: string, findings: FindingList): Money | null {
  const path = `${PATH}/RfrdDocAmt/${name}`;
  const amounts = elements.map((element) => amountOrFinding(element.at('Amt') ?? element, path, findings));
  const [first] = amounts;
  if (first === undefined || first === null || amounts.includes(null)) return null;
  const known = amounts.filter((amount) => amount !== null);
  if (known.every(({ currency }) => currency === first.currency)) return sumMoney(known, first.currency);
  if (elements[0] !== undefined) findings.warning(placeOf(elements[0], path), name, 'amounts of two currencies have no sum; they were left out');
  return null;
}

/** ISO 20022: CRDT is added to the total amount, DBIT is subtracted from it. */
function adjustmentOf(element: XmlElement, findings: FindingList): RemittanceAdjustment[] {
  const amount = amountOrFinding(element.at('Amt'), `${PATH}/RfrdDocAmt/AdjstmntAmtAndRsn/Amt`, findings);
  if (amount === null) return [];
  const indicator = element.textAt('CdtDbtInd');
  if (indicator !== 'CRDT' && indicator !== 'DBIT') {
    findings.warning(placeOf(element, `${PATH}/RfrdDocAmt/AdjstmntAmtAndRsn`), indicator ?? '', 'the adjustment does not say whether it adds (CRDT) or takes off (DBIT); it was read as taking off');
  }
  return [{ amount: signed(amount, indicator === 'CRDT' ? 1n : -1n), code: element.textAt('Rsn'), text: element.textAt('AddtlInf'), reference: null }];
}

function lineOf(element: XmlElement, reference: string, kind: RemittanceLineKind, amounts: ReferredAmounts | null, memo: string, findings: FindingList): RemittanceLine {
  const place = placeOf(element, `${PATH}/${element.name === 'Strd' ? 'RfrdDocAmt' : element.name}`);
  const line = { reference, kind, memo: memo === '' ? null : memo, where: place };
  if (amounts === null) return { ...line, paid: null, gross: null, discount: null, adjustments: [] };
  if (kind === 'credit') {
    // A credit note that is taken lowers the payment; camt writes all its amounts without sign.
    const taken = amounts.remitted ?? amounts.creditNote;
    return { ...line, paid: taken === null ? null : signed(taken, -1n), gross: amounts.due === null ? null : signed(amounts.due, -1n), discount: amounts.discount, adjustments: amounts.adjustments };
  }
  const creditNote: RemittanceAdjustment[] = amounts.creditNote === null ? [] : [{ amount: signed(amounts.creditNote, -1n), code: null, text: 'credit note', reference: null }];
  const result: RemittanceLine = { ...line, paid: amounts.remitted, gross: amounts.due, discount: amounts.discount, adjustments: [...amounts.adjustments, ...creditNote] };
  checkLine(result, findings);
  return result;
}

/** What is paid is what is due, less the discount, with the adjustments. */
function checkLine({ reference, paid, gross, discount, adjustments, where }: RemittanceLine, findings: FindingList): void {
  if (paid === null || gross === null) return;
  const parts = [paid, gross, ...discount === null ? [] : [discount], ...adjustments.map(({ amount }) => amount)];
  if (parts.some(({ currency }) => currency !== paid.currency)) return;
  const expected = adjustments.reduce((sum, { amount }) => sum + amount.minor, gross.minor - (discount?.minor ?? 0n));
  if (expected !== paid.minor) findings.warning(where, reference, `the amounts of this document do not add up: ${paid.minor} units of ${paid.currency} are paid, due less discount and adjustments gives ${expected}`);
}
