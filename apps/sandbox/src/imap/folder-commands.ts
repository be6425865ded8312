import { listOf, SyntaxProblem, textOf, type Word } from './command-reader.js';
import type { MailFolder, MailStore } from './mail-store.js';
import { stringOf } from './message-text.js';
import { Refused, type Conversation } from './conversation.js';

/** Commands about folders (RFC 3501, 6.3): each answers the words of its OK. */
export function folderCommand(talk: Conversation, command: string, words: readonly Word[]): string | null {
  const { store } = talk.world;
  switch (command) {
    case 'NAMESPACE': talk.untagged(`NAMESPACE ((${stringOf(store.prefix)} ${stringOf(store.delimiter)})) NIL NIL`); return 'NAMESPACE done';
    case 'LIST': case 'LSUB': list(talk, command, textOf(words[0]), textOf(words[1])); return `${command} done`;
    case 'SUBSCRIBE': case 'UNSUBSCRIBE': folderNamed(store, words[0]); return `${command} done`;
    case 'CREATE': create(talk, textOf(words[0])); return 'CREATE done';
    case 'STATUS': status(talk, folderNamed(store, words[0]), words[1]); return 'STATUS done';
    case 'SELECT': case 'EXAMINE': return select(talk, folderNamed(store, words[0]), command === 'EXAMINE');
    case 'APPEND': return append(talk, words);
    default: return null;
  }
}

/** @throws Refused NONEXISTENT */
export function folderNamed(store: MailStore, word: Word | undefined, code = 'NONEXISTENT'): MailFolder {
  const folder = store.folder(textOf(word));
  if (folder === null) throw new Refused(code, 'there is no such folder');
  return folder;
}

/** `%` stands for anything within a level, `*` for anything at all (RFC 3501, 6.3.8). */
function list(talk: Conversation, command: string, reference: string, pattern: string): void {
  const { store } = talk.world;
  const delimiter = stringOf(store.delimiter);
  if (pattern === '') {
    talk.untagged(`${command} (\\Noselect) ${delimiter} ""`);
    return;
  }
  const escaped = `${reference}${pattern}`.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('%', `[^${store.delimiter === '/' ? '/' : '.'}]*`);
  const fits = new RegExp(`^${escaped}$`, 'i');
  for (const { name } of store.folders()) if (fits.test(name)) talk.untagged(`${command} () ${delimiter} ${stringOf(name)}`);
}

function create(talk: Conversation, name: string): void {
  if (talk.user?.readOnly === true) throw new Refused('NOPERM', 'you may not make folders');
  const { store } = talk.world;
  if (!name.startsWith(store.prefix)) throw new Refused('CANNOT', `folders begin with "${store.prefix}" here`);
  if (!store.create(name)) throw new Refused('ALREADYEXISTS', 'the folder is there');
}

function status(talk: Conversation, folder: MailFolder, items: Word | undefined): void {
  const figures: Readonly<Record<string, number>> = {
    MESSAGES: folder.messages.length, RECENT: 0, UIDNEXT: folder.uidNext, UIDVALIDITY: folder.uidValidity, UNSEEN: folder.messages.filter(({ flags }) => !flags.has('\\Seen')).length,
  };
  const shown = listOf(items).map((word) => textOf(word).toUpperCase()).map((item) => {
    if (figures[item] === undefined) throw new SyntaxProblem(`STATUS ${item} is not known here`);
    return `${item} ${figures[item]}`;
  });
  talk.untagged(`STATUS ${stringOf(folder.name)} (${shown.join(' ')})`);
}

const FLAGS = '\\Answered \\Flagged \\Deleted \\Seen \\Draft';

function select(talk: Conversation, folder: MailFolder, examine: boolean): string {
  const readOnly = examine || talk.user?.readOnly === true;
  talk.select(folder, readOnly);
  talk.untagged(`FLAGS (${FLAGS})`);
  talk.untagged(`${folder.messages.length} EXISTS`);
  talk.untagged('0 RECENT');
  talk.untagged(`OK [PERMANENTFLAGS (${readOnly ? '' : FLAGS})] flags that last`);
  talk.untagged(`OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid`);
  talk.untagged(`OK [UIDNEXT ${folder.uidNext}] next UID`);
  return `[${readOnly ? 'READ-ONLY' : 'READ-WRITE'}] selected`;
}

function append(talk: Conversation, words: readonly Word[]): string {
  const folder = folderNamed(talk.world.store, words[0], 'TRYCREATE');
  if (talk.user?.readOnly === true) throw new Refused('NOPERM', 'you may not add mails');
  const message = words.at(-1);
  if (message?.kind !== 'string') throw new SyntaxProblem('APPEND needs a literal');
  const flags = words.slice(1, -1).find((word) => word.kind === 'list');
  const { uid } = talk.world.store.add(folder, message.bytes, talk.world.now(), flags === undefined ? [] : listOf(flags).map(textOf));
  return `${talk.offers('UIDPLUS') ? `[APPENDUID ${folder.uidValidity} ${uid}] ` : ''}appended`;
}
