import type { DocumentFormat } from '#canonical';
import { XML_BEGINNING, type XmlAttributes } from '../xml/index.js';

export type CamtFormat = Extract<DocumentFormat, `camt.${string}`>;

/** The newest version of ISO 20022 this reader was written against. */
const NEWEST_VERSION = 13;
const NAMESPACE = /camt\.05([234])\.(\d{3})\.(\d{2,3})/;

/** The three messages by the element that holds them, and the name of a statement in each. */
export const MESSAGES: ReadonlyMap<string, { readonly format: CamtFormat; readonly statement: string }> = new Map([
  ['BkToCstmrAcctRpt', { format: 'camt.052', statement: 'Rpt' }], ['BkToCstmrStmt', { format: 'camt.053', statement: 'Stmt' }], ['BkToCstmrDbtCdtNtfctn', { format: 'camt.054', statement: 'Ntfctn' }],
]);
/** Version 1 put the version into the element's name. */
const ROOT = /<(?:[\w.-]{1,40}:)?(BkToCstmr(?:AcctRpt|Stmt|DbtCdtNtfctn))(?:V\d{2})?[\s>/]/;

/** The message a file holds, by its namespace or the element of the message; files without a namespace exist. */
export function recogniseCamt(text: string): CamtFormat | null {
  // A mail may hold a statement; it is not one.
  if (!XML_BEGINNING.test(text)) return null;
  const root = MESSAGES.get(ROOT.exec(text)?.[1] ?? '');
  if (root !== undefined) return root.format;
  const digit = NAMESPACE.exec(text)?.[1];
  return digit === undefined || !/<(?:[\w.-]{1,40}:)?Document[\s>]/.test(text) ? null : `camt.05${digit}` as CamtFormat;
}

/** What the namespace of a file says: `camt.053` and `001.08`. */
export interface CamtNamespace {
  readonly format: string;
  readonly version: string;
  /** Newer than what this reader was written against. */
  readonly unknown: boolean;
}

/** The first camt namespace among the attributes of an element. */
export function namespaceOf(attributes: XmlAttributes): CamtNamespace | null {
  for (const value of attributes.values()) {
    const match = NAMESPACE.exec(value);
    if (match !== null) return { format: `camt.05${match[1]}`, version: `${match[2]}.${match[3]}`, unknown: match[2] !== '001' || Number(match[3]) > NEWEST_VERSION };
  }
  return null;
}
