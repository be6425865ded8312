import { ENTITY_NAMES } from '#canonical';
import { z } from 'zod';
import { PAGE_SIZE_MAX } from './page-size.js';

const SOURCES_MAX = 50;
const SETTLE_SECONDS_MAX = 86_400;
const POSTINGS_MAX = 100_000;
const LAYOUT_CHARACTERS_MAX = 100_000;

const folder = z.string().max(500).refine((path) => !path.split('/').includes('..'), 'must not hold ".."');
const pattern = z.string().min(1).max(200);
const name = z.string().min(1).max(200);

/** What rows of a file become. */
export const ROWS = {
  entity: z.enum(ENTITY_NAMES as readonly [typeof ENTITY_NAMES[number], ...typeof ENTITY_NAMES[number][]]).describe('What the rows are: invoice, customer, ….'),
  layout: name.describe('Name of the layout the files have.'),
  record: name.default('detail').describe('The layout\'s name for the rows that are records.'),
  idField: name.default('externalId').describe('Field of the layout that names a record for good; the mapping must give the same.'),
  content: z.enum(['changes', 'snapshot']).default('changes').describe('`snapshot`: every file lists all there is, so what is missing is gone. `changes`: files bring what is new.'),
};

const READ = z.strictObject({ ...ROWS, folder: folder.describe('Folder the files arrive in.'), pattern: pattern.default('*').describe('Which names count: `*` any text, `?` one character.') });

const INBOX = z.strictObject({
  folder: folder.describe('Folder the files arrive in.'), pattern: pattern.default('*').describe('Which names count.'),
  purpose: z.enum(['bankStatement', 'remittance']).default('bankStatement').describe('What the files are.'),
});

const ACKNOWLEDGEMENTS = z.strictObject({
  folder: folder.describe('Folder the target answers in.'),
  pattern: pattern.refine((text) => /\{(name|stem)\}/.test(text), 'must hold {name} or {stem}').default('{name}.ack').describe('Name of an answer: `{name}` is our file\'s, `{stem}` the same without its ending.'),
  layout: name.describe('Name of the layout of the answers.'),
  record: name.default('detail').describe('The layout\'s name for the rows that answer.'),
  keyField: name.default('stepKey').describe('Field with the posting\'s key.'),
  statusField: name.default('status').describe('Field with the outcome.'),
  booked: z.array(name).min(1).default(['booked', 'accepted', 'ok']).describe('Outcomes that mean booked, in any case of letters.'),
  refused: z.array(name).min(1).default(['refused', 'rejected', 'error']).describe('Outcomes that mean refused.'),
  externalIdField: name.default('externalId').describe('Field with the target\'s id of what it booked.'),
  reasonField: name.default('reason').describe('Field with the reason of a refusal.'),
  echoes: z.record(name, name).default({ total: 'total', receivedOn: 'receivedOn' }).describe('What the answer repeats of the booking: field of the plan (`total`) to field of the layout.'),
});

/** Everything about files that leave; the folder is the store's. */
export const OUTBOUND = {
  layout: name.describe('Name of the layout of the posting file.'),
  fileName: name.refine((text) => text.includes('{sequence}'), 'must hold {sequence}').default('postings-{sequence}.csv')
    .describe('Name of a file: `{sequence}` (eight digits), `{closedOn}`, `{closedAt}`, `{currency}`, `{company}`.'),
  batchBy: z.array(z.enum(['currency', 'company', 'postedOn', 'bankAccount'])).default(['currency', 'company', 'postedOn']).describe('Postings that differ in one of these never share a file.'),
  batchPostingsMax: z.int().min(1).max(POSTINGS_MAX).default(1_000).describe('Postings in one file at most.'),
  carries: z.array(z.enum(['credits', 'writeOffs', 'onAccount'])).default(['onAccount']).describe('What the layout has fields for. A posting with more is refused before it is sent.'),
};

const OUTBOUND_FOLDER = z.strictObject({
  ...OUTBOUND,
  folder: folder.describe('Folder the target takes files from.'),
  pickedUp: z.enum(['stays', 'moved', 'deleted']).default('stays').describe('What becomes of a file the target has taken.'),
  takenFolder: folder.nullable().default(null).describe('Where the target moves it to, when it does.'),
  acknowledgements: ACKNOWLEDGEMENTS.nullable().default(null).describe('Where the target answers; null where it never does.'),
}).refine(({ pickedUp, takenFolder }) => pickedUp !== 'moved' || takenFolder !== null, { message: 'is needed when files are moved', path: ['takenFolder'] });

const PGP = z.strictObject({
  encryptFor: z.string().min(1).nullable().default(null).describe('The target\'s public key, armoured: what leaves is signed by us and encrypted for it. Null sends plain files.'),
  fileSuffix: z.string().regex(/^\.[A-Za-z0-9]{1,10}$/).default('.pgp').describe('Added to the names of encrypted files.'),
  decrypt: z.boolean().default(false).describe('Whether the files that arrive are encrypted for our key.'),
  signedBy: z.string().min(1).nullable().default(null).describe('The sender\'s public key, armoured: what arrives must be signed by it. Null asks for no signature.'),
});

export const TIME_ZONE = z.string().refine(isTimeZone, 'is not a time zone').default('UTC').describe('Zone the target\'s days are counted in.');
export const PAGE_SIZE = z.int().min(1).max(PAGE_SIZE_MAX).default(2_000).describe('Records stored at once.');

export const LAYOUTS = z.record(name, z.string().min(1).max(LAYOUT_CHARACTERS_MAX)).default({})
  .describe('Layouts of this connection alone: name to YAML, whole or with `overlays:` and what differs.');

/** Settings of every connector whose files lie in folders. */
export const FOLDER_SETTINGS = {
  reads: z.array(READ).max(SOURCES_MAX).default([]).describe('Master data and open items that arrive as files.'),
  inbox: z.array(INBOX).max(SOURCES_MAX).default([]).describe('Bank and remittance files that arrive.'),
  outbound: OUTBOUND_FOLDER.nullable().default(null).describe('Where postings go; null for a connection that only reads.'),
  archive: z.string().regex(/^[^/\\]{1,100}$/).default('archive').describe('Folder, within the one a file came in, for files that were taken.'),
  errors: z.string().regex(/^[^/\\]{1,100}$/).default('error').describe('The same for files that were refused; a note beside each says why.'),
  settleSeconds: z.int().min(0).max(SETTLE_SECONDS_MAX).default(30).describe('A file counts as whole when it was not touched for so long, by the store\'s clock. 0 trusts names and markers alone.'),
  temporarySuffixes: z.array(z.string().min(1).max(50)).default(['.tmp', '.part', '.partial', '.filepart', '.writing', '.uploading', '~']).describe('Endings of names that writers use until they are done.'),
  markerSuffix: z.string().min(1).max(50).nullable().default(null).describe('Ending of the empty file a writer leaves when it is done (`.done`); null where it leaves none.'),
  pageSize: PAGE_SIZE,
  timeZone: TIME_ZONE,
  layouts: LAYOUTS,
  pgp: PGP.nullable().default(null).describe('OpenPGP for what leaves and what arrives; null for none.'),
};

export const PGP_SECRETS = {
  pgpPrivateKey: z.string().min(1).optional().describe('Our OpenPGP private key, armoured; signs what leaves and opens what arrives.'),
  pgpPassphrase: z.string().min(1).optional().describe('Its passphrase, where it has one.'),
};

const FOLDERS = z.object(FOLDER_SETTINGS);
export type FolderSettings = z.infer<typeof FOLDERS>;
export type ReadSettings = z.infer<typeof READ>;
export type InboxSettings = z.infer<typeof INBOX>;
export type PgpSettings = z.infer<typeof PGP>;
export type AcknowledgementSettings = z.infer<typeof ACKNOWLEDGEMENTS>;
const OUTBOUND_ANYWHERE = z.object(OUTBOUND);
/** Of a posting file, wherever it goes. */
export type OutboundSettings = z.infer<typeof OUTBOUND_ANYWHERE> & { readonly acknowledgements: AcknowledgementSettings | null };
export type OutboundFolderSettings = z.infer<typeof OUTBOUND_FOLDER>;

/** What schemas of single settings cannot say, as sentences. */
export function folderProblems({ reads, pgp }: Pick<FolderSettings, 'reads' | 'pgp'>, secrets: { readonly pgpPrivateKey?: string | undefined }): readonly string[] {
  const entities = reads.map(({ entity }) => entity);
  const twice = entities.filter((entity, index) => entities.indexOf(entity) !== index);
  return [
    ...twice.map((entity) => `config.reads: ${entity} is read twice; an entity has one folder`),
    ...pgp !== null && secrets.pgpPrivateKey === undefined ? ['secrets.pgpPrivateKey: is missing; OpenPGP signs and opens with it'] : [],
  ];
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
