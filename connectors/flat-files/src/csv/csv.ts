import { ENTITY_NAMES, type EntityName } from '#canonical';
import { ConnectorError, defineConnector, settingsForm, settingsProblems, type AnyConnector, type Context, type EntityReader, type Probe } from '#connector-kit';
import { capabilitiesOf, CSV_CAPABILITIES } from '../capabilities.js';
import type { OutboundSettings } from '../flat-file-settings.js';
import { fileDoorBasis, type Readers } from '../folder-doors.js';
import { missingLayouts } from '../folder-probe.js';
import { fileReader } from '../reading/file-reader.js';
import { repeatedRowsOf } from '../reading/record-rows.js';
import { CSV_SECRETS, CSV_SETTINGS } from './csv-settings.js';
import { UploadIntake } from './upload-intake.js';

const NO_UPLOADS = 'This hub takes no uploads for the connection: use a hub that does, or files over SFTP or S3.';

function readers(): Readers {
  return Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, fileReader(async (context) => {
    const { reads, pageSize } = CSV_SETTINGS.parse(context.config);
    const read = reads.find((each) => each.entity === entity);
    if (read === undefined) return null;
    if (context.uploads === undefined) throw new ConnectorError(NO_UPLOADS, { kind: 'notSupported', capability: `read.${entity}` });
    const { layout, record, idField, content } = read;
    const source = { intake: new UploadIntake(context.uploads, entity), layout: context.layout(layout), record, idField, content, pageSize, repeated: repeatedRowsOf(entity) };
    return { source, end: () => Promise.resolve() };
  })])) as Record<EntityName, EntityReader>;
}

function outboundOf(config: unknown): OutboundSettings | null {
  const { outbound } = CSV_SETTINGS.parse(config);
  return outbound === null ? null : { ...outbound, acknowledgements: null };
}

async function probe(context: Context): Promise<Probe> {
  const { reads, outbound, timeZone } = CSV_SETTINGS.parse(context.config);
  const layouts = [...reads.map(({ layout }) => layout), ...outbound === null ? [] : [outbound.layout]];
  const [first] = reads;
  // Asks for one list, so that a hub that cannot answer is known now.
  if (first !== undefined) await context.uploads?.list(first.entity, 'waiting');
  return {
    at: context.now().toISOString(), missing: [...context.uploads === undefined ? [NO_UPLOADS] : [], ...missingLayouts(context, layouts)], timeZone,
    features: { sends: outbound !== null }, capabilities: capabilitiesOf(CSV_CAPABILITIES, { reads, inbox: [] }, outboundOf(context.config)),
  };
}

function problems(config: unknown, secrets: unknown): readonly string[] {
  const found = [...settingsProblems('config', CSV_SETTINGS, config), ...settingsProblems('secrets', CSV_SECRETS, secrets)];
  if (found.length > 0) return found;
  const entities = CSV_SETTINGS.parse(config).reads.map(({ entity }) => entity);
  return entities.filter((entity, index) => entities.indexOf(entity) !== index).map((entity) => `config.reads: ${entity} is read twice; an entity has one layout`);
}

/** Files that people hand in and take away. */
export const csv: AnyConnector = defineConnector({
  id: 'csv',
  title: 'Files by hand (CSV)',
  capabilities: CSV_CAPABILITIES,
  mappings: 'flat-files',
  handsIn: true,
  settings: problems,
  form: settingsForm(CSV_SETTINGS, CSV_SECRETS),
  booksOf: (config) => CSV_SETTINGS.pick({ books: true }).loose().safeParse(config).data?.books ?? '',
  probe,
  read: readers(),
  fileDoor: {
    ...fileDoorBasis(outboundOf),
    deliver: async () => ({ state: 'byPerson' as const }),
    lookUp: async () => 'unknown' as const,
    acknowledgement: async () => null,
  },
});
