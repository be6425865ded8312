import { defineConnector, settingsForm, settingsProblems, type AnyConnector, type Context } from '#connector-kit';
import { STORE_CAPABILITIES } from '../capabilities.js';
import { folderProblems } from '../flat-file-settings.js';
import { folderFileDoor, folderReaders, inboxOf } from '../folder-doors.js';
import { probeFolders } from '../folder-probe.js';
import type { FolderConnection } from '../opened-folders.js';
import { S3_SECRETS, S3_SETTINGS } from './s3-settings.js';
import { S3Store } from './s3-store.js';

function connectionOf({ config, secrets: given }: Context): FolderConnection {
  const [settings, secrets] = [S3_SETTINGS.parse(config), S3_SECRETS.parse(given)];
  return { settings, secrets, open: (context) => Promise.resolve(new S3Store(context, settings, secrets)) };
}

function problems(config: unknown, secrets: unknown): readonly string[] {
  const found = [...settingsProblems('config', S3_SETTINGS, config), ...settingsProblems('secrets', S3_SECRETS, secrets)];
  return found.length > 0 ? found : folderProblems(S3_SETTINGS.parse(config), S3_SECRETS.parse(secrets));
}

/** Files in a bucket of Amazon S3 or of any service that speaks its API. */
export const s3: AnyConnector = defineConnector({
  id: 's3',
  title: 'Files in S3',
  capabilities: STORE_CAPABILITIES,
  mappings: 'flat-files',
  settings: problems,
  form: settingsForm(S3_SETTINGS, S3_SECRETS),
  booksOf: (config) => {
    const { endpoint = null, bucket = '', outbound = null } = S3_SETTINGS.partial().safeParse(config).data ?? {};
    return `${endpoint ?? 's3'}/${bucket}/${outbound?.folder ?? ''}`;
  },
  probe: (context) => probeFolders(context, connectionOf(context), STORE_CAPABILITIES),
  read: folderReaders(connectionOf),
  inbox: inboxOf(connectionOf),
  fileDoor: folderFileDoor(connectionOf, (config) => S3_SETTINGS.parse(config).outbound),
});
