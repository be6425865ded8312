import { z } from 'zod';
import { FOLDER_SETTINGS, PGP_SECRETS } from '../flat-file-settings.js';

const PORT_MAX = 65_535;
const MS_MAX = 600_000;

export const SFTP_SETTINGS = z.strictObject({
  host: z.string().min(1).describe('Name or address of the SFTP server.'),
  port: z.int().min(1).max(PORT_MAX).default(22).describe('Its port.'),
  user: z.string().min(1).describe('Login name.'),
  hostKeys: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must look like SHA256:… with 43 characters, as ssh-keygen -lf prints it')).min(1)
    .describe('Fingerprints of the server\'s host key, `SHA256:…`. Ask the server\'s operator; two while a key is being exchanged.'),
  connectTimeoutMs: z.int().min(100).max(MS_MAX).default(20_000).describe('Longest wait for connection and login, in milliseconds.'),
  requestTimeoutMs: z.int().min(100).max(MS_MAX).default(60_000).describe('Longest wait for one answer of the server, in milliseconds.'),
  keepaliveMs: z.int().min(0).max(MS_MAX).default(10_000).describe('Sign of life to the server every so many milliseconds; 0 sends none.'),
  ...FOLDER_SETTINGS,
});

export const SFTP_SECRETS = z.strictObject({
  password: z.string().min(1).optional().describe('Password; leave out when a key is used.'),
  privateKey: z.string().min(1).optional().describe('Private key in OpenSSH or PEM form; leave out when a password is used.'),
  passphrase: z.string().min(1).optional().describe('Passphrase of the private key, where it has one.'),
  ...PGP_SECRETS,
}).refine(({ password, privateKey }) => password !== undefined || privateKey !== undefined, { message: 'give a password or a private key', path: ['password'] });

export type SftpSettings = z.infer<typeof SFTP_SETTINGS>;
export type SftpSecrets = z.infer<typeof SFTP_SECRETS>;
