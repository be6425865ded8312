import type { StatementTransaction } from '#canonical';
import type { XmlElement } from '../xml/index.js';

type Kind = StatementTransaction['kind'];

/** Families and sub-families of ISO 20022's external code set (bank transaction codes), the most telling first. */
const SUB_FAMILIES: readonly (readonly [Kind, readonly string[]])[] = [
  ['fee', ['CHRG', 'FEES', 'COMM', 'COME', 'COMI', 'COMT', 'TAXE']], ['interest', ['INTR', 'INTP']],
  ['ach', ['ACDT', 'ADBT', 'ACON', 'ACOR', 'APAC', 'ARET', 'AREV', 'ARPD', 'ASET', 'ATXN']], ['wire', ['XBCT', 'SDVA', 'FICT', 'XBST']],
];
const FAMILIES: readonly (readonly [Kind, readonly string[]])[] = [
  ['check', ['RCHQ', 'ICHQ']], ['lockbox', ['LBOX']], ['card', ['CCRD', 'MCRD']], ['ach', ['RDDT', 'IDDT']], ['transfer', ['RCDT', 'ICDT', 'RRCT', 'IRCT', 'RCCN', 'ICCN']],
];
/** The three letters of SWIFT's transaction types, which banks put in proprietary codes: `NTRF+166+9310`. */
const SWIFT_TYPES: readonly (readonly [Kind, readonly string[]])[] = [
  ['transfer', ['TRF', 'STO', 'CLR', 'COL']], ['check', ['CHK', 'TCK', 'ECK']], ['lockbox', ['LBX', 'LDP']], ['fee', ['CHG', 'COM']], ['interest', ['INT', 'DIV']], ['ach', ['DDT', 'DCR']],
];

/** The bank's code of an entry or of a transaction in it. */
export interface BankCode {
  /** `PMNT/RCDT/ESCT`, or the bank's own. */
  readonly code: string | null;
  readonly kind: Kind;
}

/** `BkTxCd`: domain, family and sub-family, and beside or instead of them the bank's own code. */
export function bankCodeOf(element: XmlElement | null): BankCode {
  const domain = element?.at('Domn') ?? null;
  const own = element?.textAt('Prtry', 'Cd') ?? null;
  const codes = domain === null ? [] : [domain.textAt('Cd'), domain.textAt('Fmly', 'Cd'), domain.textAt('Fmly', 'SubFmlyCd')].filter((code) => code !== null);
  const [, family = '', subFamily = ''] = codes;
  const kind = kindIn(SUB_FAMILIES, subFamily) ?? kindIn(FAMILIES, family) ?? kindIn(SWIFT_TYPES, /^[NSF]([A-Z]{3})(?![A-Z])/.exec(own ?? '')?.[1] ?? '');
  return { code: codes.length > 0 ? codes.join('/') : own, kind: kind ?? 'other' };
}

function kindIn(table: readonly (readonly [Kind, readonly string[]])[], code: string): Kind | null {
  return table.find(([, codes]) => codes.includes(code))?.[0] ?? null;
}
