import { randomBytes } from 'node:crypto';
import { absolute } from '../sftp/file-tree.js';
import { SftpSandbox } from '../sftp/sftp-sandbox.js';
import { addressOf, type Program } from './program.js';

const USER = 'hub';
const FOLDERS = '/in,/out';

/** An SFTP server with one user, let in by a password made at start, and the folders of `--folders A,B`. */
export const sftp: Program = {
  options: ['user', 'folders'],
  async start(values) {
    const { host, port: wanted } = addressOf(values);
    const user = values['user'] ?? USER;
    const password = randomBytes(24).toString('base64url');
    const sandbox = new SftpSandbox({ users: [{ name: user, password, publicKey: null, denied: [] }], now: () => new Date() });
    for (const folder of withParents((values['folders'] ?? FOLDERS).split(','))) sandbox.makeFolder(folder);
    const port = await sandbox.start(wanted, host);
    const place = { host, port, user, hostKeyFingerprint: sandbox.hostKeyFingerprint() };
    return { announcement: place, credentials: { ...place, password }, stop: () => sandbox.stop() };
  },
};

/** `/a/b` needs `/a` first. */
function withParents(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => {
    const steps = absolute(folder.trim()).split('/').slice(1);
    return steps.map((_step, index) => `/${steps.slice(0, index + 1).join('/')}`).filter((path) => path !== '/');
  });
}
