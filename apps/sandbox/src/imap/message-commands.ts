import { listOf, SyntaxProblem, textOf, type Word } from './command-reader.js';
import type { Conversation } from './conversation.js';
import { fetched, fetchPlan } from './fetch-items.js';
import { folderNamed } from './folder-commands.js';
import type { MailFolder, StoredMessage } from './mail-store.js';
import { searchKeys } from './search-keys.js';
import { sequenceSet } from './sequence-set.js';

/** Commands about messages of the open folder (RFC 3501, 6.4; RFC 6851; RFC 4315). `byUid`: named by UID. */
export function messageCommand(talk: Conversation, command: string, words: readonly Word[], byUid: boolean): string | null {
  switch (command) {
    case 'SEARCH': return search(talk, words, byUid);
    case 'FETCH': return fetchMessages(talk, words, byUid);
    case 'STORE': return store(talk, words, byUid);
    case 'COPY': return `${copy(talk, words, byUid)}copied`;
    case 'MOVE': return talk.offers('MOVE') ? move(talk, words, byUid) : null;
    case 'EXPUNGE': return expunge(talk, words, byUid);
    default: return null;
  }
}

interface Place {
  readonly message: StoredMessage;
  /** Number in the folder, from 1. */
  readonly place: number;
}

function placesOf(folder: MailFolder, word: Word | undefined, byUid: boolean): readonly Place[] {
  const largest = byUid ? folder.messages.at(-1)?.uid ?? 0 : folder.messages.length;
  const has = sequenceSet(textOf(word), largest);
  return folder.messages.map((message, index) => ({ message, place: index + 1 })).filter(({ message, place }) => has(byUid ? message.uid : place));
}

function search(talk: Conversation, words: readonly Word[], byUid: boolean): string {
  const folder = talk.selected(false);
  const sought = searchKeys(words, folder);
  const found = folder.messages.flatMap((message, index) => (sought(message, index + 1) ? [byUid ? message.uid : index + 1] : []));
  talk.untagged(['SEARCH', ...found].join(' '));
  return 'SEARCH done';
}

function fetchMessages(talk: Conversation, words: readonly Word[], byUid: boolean): string {
  const folder = talk.selected(false);
  const plan = fetchPlan(words[1], byUid);
  for (const { message, place } of placesOf(folder, words[0], byUid)) {
    if (plan.marks) message.flags.add('\\Seen');
    talk.untaggedParts([`${place} FETCH (`, ...fetched(message, plan), ')']);
  }
  return 'FETCH done';
}

function store(talk: Conversation, words: readonly Word[], byUid: boolean): string {
  const folder = talk.selected(true);
  const [, sign = '', silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(words[1])) ?? [];
  const flags = listOf(words[2]).map(textOf);
  for (const { message, place } of placesOf(folder, words[0], byUid)) {
    if (sign === '') message.flags.clear();
    for (const flag of flags) if (sign === '-') message.flags.delete(flag); else message.flags.add(flag);
    if (silent === undefined) talk.untagged(`${place} FETCH (${byUid ? `UID ${message.uid} ` : ''}FLAGS (${[...message.flags].join(' ')}))`);
  }
  return 'STORE done';
}

/** @returns the COPYUID code of RFC 4315 with a space, or nothing. */
function copy(talk: Conversation, words: readonly Word[], byUid: boolean): string {
  const folder = talk.selected(true);
  const target = folderNamed(talk.world.store, words[1], 'TRYCREATE');
  const places = placesOf(folder, words[0], byUid);
  const copies = places.map(({ message }) => talk.world.store.add(target, message.bytes, message.internalDate, message.flags));
  if (!talk.offers('UIDPLUS') || copies.length === 0) return '';
  return `[COPYUID ${target.uidValidity} ${places.map(({ message }) => message.uid).join(',')} ${copies.map(({ uid }) => uid).join(',')}] `;
}

function move(talk: Conversation, words: readonly Word[], byUid: boolean): string {
  const folder = talk.selected(true);
  const places = placesOf(folder, words[0], byUid);
  talk.untagged(`OK ${copy(talk, words, byUid)}moved`);
  remove(talk, folder, (message) => places.some((place) => place.message === message));
  return 'MOVE done';
}

function expunge(talk: Conversation, words: readonly Word[], byUid: boolean): string {
  const folder = talk.selected(true);
  if (byUid && !talk.offers('UIDPLUS')) throw new SyntaxProblem('UID EXPUNGE is not known here');
  const named = byUid ? new Set(placesOf(folder, words[0], true).map(({ message }) => message)) : null;
  remove(talk, folder, (message) => message.flags.has('\\Deleted') && named?.has(message) !== false);
  return 'EXPUNGE done';
}

/** Each removal moves the numbers of those behind it (RFC 3501, 7.4.1). */
function remove(talk: Conversation, folder: MailFolder, goes: (message: StoredMessage) => boolean): void {
  for (let index = 0; index < folder.messages.length;) {
    const message = folder.messages[index];
    if (message === undefined || !goes(message)) {
      index += 1;
      continue;
    }
    folder.messages.splice(index, 1);
    talk.untagged(`${index + 1} EXPUNGE`);
  }
}
