import { defineConnector, settingsForm, settingsProblems, type AnyConnector, type Context } from '#connector-kit';
import { STORE_CAPABILITIES } from '../capabilities.js';
import { folderProblems } from '../flat-file-settings.js';
import { folderFileDoor, folderReaders, inboxOf } from '../folder-doors.js';
import { probeFolders } from '../folder-probe.js';
import type { FolderConnection } from '../opened-folders.js';
import { SftpConnection } from './sftp-connection.js';
import { SFTP_SECRETS, SFTP_SETTINGS } from './sftp-settings.js';
import { SftpStore } from './sftp-store.js';

function connectionOf({ config, secrets: given }: Context): FolderConnection {
  const [settings, secrets] = [SFTP_SETTINGS.parse(config), SFTP_SECRETS.parse(given)];
  return { settings, secrets, open: async (context) => new SftpStore(context, await SftpConnection.open(settings, secrets, context.signal)) };
}

function problems(config: unknown, secrets: unknown): readonly string[] {
  const found = [...settingsProblems('config', SFTP_SETTINGS, config), ...settingsProblems('secrets', SFTP_SECRETS, secrets)];
  return found.length > 0 ? found : folderProblems(SFTP_SETTINGS.parse(config), SFTP_SECRETS.parse(secrets));
}

/** Files on an SFTP server. */
export const sftp: AnyConnector = defineConnector({
  id: 'sftp',
  title: 'Files over SFTP',
  capabilities: STORE_CAPABILITIES,
  mappings: 'flat-files',
  settings: problems,
  form: settingsForm(SFTP_SETTINGS, SFTP_SECRETS),
  booksOf: (config) => {
    const { host = '', outbound = null } = SFTP_SETTINGS.partial().safeParse(config).data ?? {};
    return `${host}/${outbound?.folder ?? ''}`;
  },
  probe: (context) => probeFolders(context, connectionOf(context), STORE_CAPABILITIES),
  read: folderReaders(connectionOf),
  inbox: inboxOf(connectionOf),
  fileDoor: folderFileDoor(connectionOf, (config) => SFTP_SETTINGS.parse(config).outbound),
});
