import type { Money, RemittanceLine, TransactionParticulars, Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { XmlElement } from '../xml/index.js';
import { type BankCode, bankCodeOf } from './bank-code.js';
import { amountOf, amountOrFinding, codeOf, directionOf, isTrue, placeOf, signed } from './camt-values.js';
import { type Parties, partiesOf } from './parties.js';
import { joinMemo, joinUnstructured } from './remittance-text.js';
import { creditorReference } from './structured-reference.js';
import { linesOf } from './structured-remittance.js';

export const DETAIL_PATH = 'Ntry/NtryDtls/TxDtls';

/** One `TxDtls`: a payment of an entry. */
export interface TransactionDetail {
  /** Every amount it may stand for in the entry, in the order they are believed. */
  readonly amounts: readonly Money[];
  /** Null where it has the direction of its entry. */
  readonly direction: 1n | -1n | null;
  readonly bankReference: string | null;
  readonly customerReference: string | null;
  readonly endToEndId: string | null;
  readonly checkNumber: string | null;
  readonly bankCode: BankCode | null;
  readonly parties: Parties;
  readonly memo: string;
  readonly structuredReferences: readonly string[];
  readonly lines: readonly RemittanceLine[];
  readonly particulars: TransactionParticulars | null;
  readonly where: Where;
}

export function readDetail(element: XmlElement, findings: FindingList): TransactionDetail {
  const references = element.at('Refs');
  const { memo, structuredReferences, lines } = remittanceOf(element, findings);
  const particulars = particularsOf(element, DETAIL_PATH, findings);
  const code = element.at('BkTxCd');
  return {
    amounts: amountsOf(element, findings), direction: directionOf(element),
    bankReference: references?.textAt('AcctSvcrRef') ?? null,
    customerReference: provided(references?.textAt('InstrId') ?? null) ?? provided(references?.textAt('PmtInfId') ?? null),
    endToEndId: provided(references?.textAt('EndToEndId') ?? null), checkNumber: references?.textAt('ChqNb') ?? null,
    bankCode: code === null ? null : bankCodeOf(code), parties: partiesOf(element.at('RltdPties')),
    memo: joinMemo([memo, element.textAt('AddtlTxInf'), returnedText(particulars)]), structuredReferences, lines, particulars, where: placeOf(element, DETAIL_PATH),
  };
}

/** The standard's word for "there is none". */
export function provided(reference: string | null): string | null {
  return reference === null || /^NOT ?PROVIDED$/i.test(reference) ? null : reference;
}

/** Version 02 has only `AmtDtls`, later ones `Amt` too; which one is in the entry's currency is seen there. */
function amountsOf(element: XmlElement, findings: FindingList): Money[] {
  const places = [['Amt'], ['AmtDtls', 'TxAmt', 'Amt'], ['AmtDtls', 'CntrValAmt', 'Amt'], ['AmtDtls', 'InstdAmt', 'Amt']];
  return places.map((path) => amountOrFinding(element.at(...path), `${DETAIL_PATH}/${path.join('/')}`, findings)).filter((amount) => amount !== null);
}

function remittanceOf(element: XmlElement, findings: FindingList): { readonly memo: string; readonly structuredReferences: readonly string[]; readonly lines: readonly RemittanceLine[] } {
  const information = element.at('RmtInf');
  const structured = information?.all('Strd') ?? [];
  const structuredReferences: string[] = [];
  const others: string[] = [];
  for (const each of structured) {
    const written = each.at('CdtrRefInf', 'Ref') ?? each.at('CdtrRefInf', 'CdtrRef');
    if (written === null || written.text.trim() === '') continue;
    const { text, standing } = creditorReference(written.text.trim());
    if (standing === 'checked') structuredReferences.push(text);
    else others.push(text);
    if (standing === 'wrong') findings.warning(placeOf(written, `${DETAIL_PATH}/RmtInf/Strd/CdtrRefInf/Ref`), text, 'the check digits of this creditor reference do not agree: a digit is wrong; it was kept as text');
  }
  const unstructured = joinUnstructured(information?.all('Ustrd').map(({ text }) => text) ?? []);
  const additional = structured.flatMap((each) => each.all('AddtlRmtInf').map(({ text }) => text));
  return { memo: joinMemo([unstructured, ...others, ...additional]), structuredReferences, lines: structured.flatMap((each) => linesOf(each, findings)) };
}

/** What the bank says beside the payment, of a transaction or of an entry as a whole. */
export function particularsOf(element: XmlElement, path: string, findings: FindingList): TransactionParticulars | null {
  const references = referencesOf(element.at('Refs'));
  const charges = chargesOf(element.at('Chrgs'), `${path}/Chrgs`, findings);
  const original = originalOf(element.at('AmtDtls'));
  const returned = returnedOf(element.at('RtrInf'));
  return references.length === 0 && charges.length === 0 && original === null && returned === null ? null : { references, charges, original, returned };
}

function referencesOf(references: XmlElement | null): TransactionParticulars['references'] {
  const names = [['InstrId', 'instruction'], ['TxId', 'transaction'], ['MndtId', 'mandate'], ['ClrSysRef', 'clearing'], ['UETR', 'uetr']] as const;
  return names.flatMap(([name, kind]) => {
    const value = provided(references?.textAt(name) ?? null);
    return value === null ? [] : [{ kind, value }];
  });
}

/** One charge in version 02, records of charges later; `TtlChrgsAndTaxAmt` alone where the bank gives no more. */
export function chargesOf(charges: XmlElement | null, path: string, findings: FindingList): TransactionParticulars['charges'] {
  if (charges === null) return [];
  const records = charges.all('Rcrd');
  return (records.length > 0 ? records : [charges]).flatMap((record) => {
    const amount = amountOrFinding(record.at('Amt') ?? record.at('TtlChrgsAndTaxAmt'), `${path}/Amt`, findings);
    const included = record.textAt('ChrgInclInd');
    return amount === null ? [] : [{ amount: signed(amount, record.textAt('CdtDbtInd') === 'CRDT' ? 1n : -1n), included: included === null ? null : isTrue(included) }];
  });
}

function originalOf(details: XmlElement | null): TransactionParticulars['original'] {
  const instructed = details?.at('InstdAmt', 'Amt') ?? null;
  const amount = instructed === null ? 'none' : amountOf(instructed);
  if (typeof amount === 'string') return null;
  const exchange = ['InstdAmt', 'TxAmt', 'CntrValAmt'].map((name) => details?.textAt(name, 'CcyXchg', 'XchgRate') ?? null).find((rate) => rate !== null) ?? null;
  return { amount, exchangeRate: exchange !== null && /^\d+(\.\d+)?$/.test(exchange) ? exchange : null };
}

function returnedOf(information: XmlElement | null): TransactionParticulars['returned'] {
  if (information === null) return null;
  const text = information.all('AddtlInf').map((each) => each.text.trim()).join(' ').trim();
  return { code: codeOf(information.at('Rsn')), text: text === '' ? null : text };
}

function returnedText(particulars: TransactionParticulars | null): string | null {
  if (particulars?.returned === null || particulars === null) return null;
  const { code, text } = particulars.returned;
  return ['Returned', code, text].filter((part) => part !== null).join(' ');
}
