import { SyntaxProblem, textOf, type Word } from './command-reader.js';
import type { MailFolder, StoredMessage } from './mail-store.js';
import { fieldOf } from './message-text.js';
import { sequenceSet } from './sequence-set.js';

/** Whether a message, with its place in the folder, is sought. */
export type Sought = (message: StoredMessage, place: number) => boolean;

const FLAGS: Readonly<Record<string, string>> = { DELETED: '\\Deleted', SEEN: '\\Seen', FLAGGED: '\\Flagged', ANSWERED: '\\Answered', DRAFT: '\\Draft' };

/** Search keys (RFC 3501, 6.4.4): flags, numbers, sizes, header fields, ALL, NOT, OR, lists; all must hold. @throws SyntaxProblem */
export function searchKeys(words: readonly Word[], folder: MailFolder): Sought {
  const left = [...words];
  const keys: Sought[] = [];
  while (left.length > 0) keys.push(nextKey(left, folder));
  return (message, place) => keys.every((key) => key(message, place));
}

function nextKey(left: Word[], folder: MailFolder): Sought {
  const word = left.shift();
  if (word?.kind === 'list') return searchKeys(word.words, folder);
  const name = textOf(word).toUpperCase();
  const value = (): string => textOf(left.shift());
  const flag = FLAGS[name] ?? FLAGS[name.replace(/^UN/, '')];
  if (flag !== undefined) return ({ flags }) => flags.has(flag) !== name.startsWith('UN');
  switch (name) {
    case 'ALL': return () => true;
    case 'CHARSET': value(); return () => true;
    case 'NOT': { const key = nextKey(left, folder); return (message, place) => !key(message, place); }
    case 'OR': { const [one, other] = [nextKey(left, folder), nextKey(left, folder)]; return (message, place) => one(message, place) || other(message, place); }
    case 'UID': { const has = sequenceSet(value(), folder.messages.at(-1)?.uid ?? 0); return ({ uid }) => has(uid); }
    case 'LARGER': { const size = Number(value()); return ({ bytes }) => bytes.length > size; }
    case 'SMALLER': { const size = Number(value()); return ({ bytes }) => bytes.length < size; }
    case 'HEADER': return holdsField(value(), value());
    case 'FROM': case 'TO': case 'SUBJECT': return holdsField(name, value());
    default: return byPlace(name, folder);
  }
}

function holdsField(name: string, text: string): Sought {
  return ({ bytes }) => fieldOf(bytes, name)?.toLowerCase().includes(text.toLowerCase()) === true;
}

function byPlace(set: string, folder: MailFolder): Sought {
  if (!/^[\d*]/.test(set)) throw new SyntaxProblem(`SEARCH ${set} is not known here`);
  const has = sequenceSet(set, folder.messages.length);
  return (_message, place) => has(place);
}
