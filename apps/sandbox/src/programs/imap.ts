import { randomBytes } from 'node:crypto';
import { ImapSandbox } from '../imap/index.js';
import { addressOf, type Program } from './program.js';

const USER = 'ar@hub.example';

/** An IMAP server with one mailbox, let in by a password and a token made at start, and the folders of `--folders A,B` beside INBOX. */
export const imap: Program = {
  options: ['user', 'folders'],
  async start(values) {
    const { host, port: wanted } = addressOf(values);
    const [password, accessToken] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
    const user = values['user'] ?? USER;
    const sandbox = new ImapSandbox({ users: [{ name: user, password, accessToken, readOnly: false }], now: () => new Date() });
    for (const folder of (values['folders'] ?? '').split(',')) if (folder.trim() !== '') sandbox.makeFolder(folder.trim());
    const port = await sandbox.start(wanted, host);
    return { announcement: { host, port, user }, credentials: { host, port, user, password, accessToken }, stop: () => sandbox.stop() };
  },
};
