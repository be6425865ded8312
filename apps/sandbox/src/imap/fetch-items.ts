import { SyntaxProblem, listOf, textOf, type Word } from './command-reader.js';
import type { StoredMessage } from './mail-store.js';
import { envelopeOf, internalDateText, partsOf } from './message-text.js';

const MACROS: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'], FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
};
const SECTION = /^BODY(\.PEEK)?\[(|HEADER|TEXT)\](?:<(\d{1,10})\.(\d{1,10})>)?$/;

/** What a FETCH asks of each message: pieces of the answer, literals as bytes of their own. */
export interface FetchPlan {
  readonly items: readonly string[];
  /** Whether reading it marks a message as seen: a body asked for without PEEK. */
  readonly marks: boolean;
}

/** @throws SyntaxProblem for an item this server does not have: body structures, single parts */
export function fetchPlan(word: Word | undefined, byUid: boolean): FetchPlan {
  const named = listOf(word).map((each) => textOf(each).toUpperCase()).flatMap((item) => MACROS[item] ?? [item]);
  for (const item of named) if (!['UID', 'FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'].includes(item) && !SECTION.test(item)) throw new SyntaxProblem(`FETCH ${item} is not known here`);
  const items = byUid && !named.includes('UID') ? ['UID', ...named] : named;
  return { items, marks: items.some((item) => item.startsWith('BODY[')) };
}

/** The answer's inside: `UID 4 FLAGS () BODY[] {12}` and the literal's bytes, in turn. */
export function fetched(message: StoredMessage, { items }: FetchPlan): readonly (string | Buffer)[] {
  return items.flatMap((item, index) => [...(index === 0 ? [] : [' ']), ...itemOf(message, item)]);
}

function itemOf(message: StoredMessage, item: string): readonly (string | Buffer)[] {
  switch (item) {
    case 'UID': return [`UID ${message.uid}`];
    case 'FLAGS': return [`FLAGS (${[...message.flags].join(' ')})`];
    case 'INTERNALDATE': return [`INTERNALDATE ${internalDateText(message.internalDate)}`];
    case 'RFC822.SIZE': return [`RFC822.SIZE ${message.bytes.length}`];
    case 'ENVELOPE': return [`ENVELOPE ${envelopeOf(message.bytes)}`];
    default: return sectionOf(message.bytes, item);
  }
}

function sectionOf(bytes: Buffer, item: string): readonly (string | Buffer)[] {
  const [, , section = '', start, length] = SECTION.exec(item) ?? [];
  const { header, text } = partsOf(bytes);
  const whole = section === 'HEADER' ? header : section === 'TEXT' ? text : bytes;
  const from = Number(start ?? 0);
  const part = start === undefined ? whole : whole.subarray(from, from + Number(length));
  return [`BODY[${section}]${start === undefined ? '' : `<${from}>`} {${part.length}}\r\n`, part];
}
