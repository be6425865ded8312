import { createHash } from 'node:crypto';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { FileBatch, RenderedFile } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import type { PackageSettings } from '../settings.js';
import { plannedJournal } from '../write/words.js';
import { csvTable, csvText } from './csv.js';
import { HEADER_FILE, headerTable, LINE_FILE, lineTable } from './journal-file.js';
import { manifestXml, packageHeaderXml } from './manifest.js';

/** Times in an archive are those of the place it is made in; this one reads the same everywhere. */
const ARCHIVE_TIME = new Date(1980, 0, 1);
const SEQUENCE_DIGITS = 9;
const PROJECT_LENGTH_MAX = 26;
const DIGEST_CHARACTERS = 12;

/** What a package says of itself, read from its bytes: what delivery, look-up and acknowledgement go by. */
export interface PackageFacts {
  readonly company: string;
  /** Name and digest of the content; it stands in the journal's description. */
  readonly description: string;
  /** The file's name without its ending: the description without its digest, and what the import is called in Finance. */
  readonly name: string;
  /** Lines of each posting, by key. */
  readonly lines: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;
}

/** A package of one journal. The same batch gives the same bytes, on every machine and on every day. */
export function renderPackage(batch: FileBatch, settings: PackageSettings): RenderedFile {
  const lines = csvText(lineTable(batch.sequence, batch.steps));
  const { company, header } = plannedJournal(batch.steps[0]);
  const name = packageName(batch.sequence, company, settings);
  const digest = createHash('sha256').update(`${company}\n${lines}`).digest('hex').slice(0, DIGEST_CHARACTERS);
  const headers = csvText(headerTable(batch.sequence, textOf(header['JournalName']) ?? '', `${name} ${digest}`));
  const files = {
    'Manifest.xml': manifestXml(settings.dataProject, [HEADER_FILE, LINE_FILE]), 'PackageHeader.xml': packageHeaderXml(settings.dataProject),
    [`${HEADER_FILE}.csv`]: headers, [`${LINE_FILE}.csv`]: lines,
  };
  return { name: `${name}.zip`, bytes: zipSync(Object.fromEntries(Object.entries(files).map(([file, text]) => [file, strToU8(text)])), { mtime: ARCHIVE_TIME, level: 6 }) };
}

/** One data project is one connection's, so its name and the sequence are unique in the environment. The company is what it is imported into. */
function packageName(sequence: number, company: string, { dataProject }: PackageSettings): string {
  const project = dataProject.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, PROJECT_LENGTH_MAX) || 'package';
  return `${project}-${company}-${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** @throws RangeError when the bytes are no package of ours. */
export function packageFacts(file: RenderedFile): PackageFacts {
  const files = unzipSync(file.bytes);
  const text = (name: string): string => {
    const bytes = files[name];
    if (bytes === undefined) throw new RangeError(`package ${file.name} holds no ${name}`);
    return strFromU8(bytes);
  };
  const [header] = csvTable(text(`${HEADER_FILE}.csv`)).rows;
  const description = header?.['DESCRIPTION'] ?? '';
  const lines = new Map<string, Readonly<Record<string, string>>[]>();
  for (const row of csvTable(text(`${LINE_FILE}.csv`)).rows) {
    const key = row['PAYMENTID'] ?? '';
    lines.set(key, [...lines.get(key) ?? [], row]);
  }
  const name = file.name.replace(/\.zip$/, '');
  return { company: name.split('-').at(-2) ?? '', description, name, lines };
}
