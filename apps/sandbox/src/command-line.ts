import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { businessCentral } from './programs/business-central.js';
import { finance } from './programs/finance.js';
import { imap } from './programs/imap.js';
import { netsuite } from './programs/netsuite.js';
import { plaid } from './programs/plaid.js';
import { COMMON_OPTIONS, oneOf, textOptions, type Program, type Running, type Values } from './programs/program.js';
import { sftp } from './programs/sftp.js';

/** Every vendor that can be started, by the name `--vendor` gives it. */
export const VENDORS = { netsuite, 'business-central': businessCentral, finance, plaid, sftp, imap } as const satisfies Record<string, Program>;
export type VendorName = keyof typeof VENDORS;

const NAMES = Object.keys(VENDORS) as VendorName[];

export interface Command {
  readonly vendor: VendorName;
  readonly values: Values;
}

/**
 * Which vendor, with which options.
 * @throws RangeError for a vendor or an option that is not known, naming those that are, and for an option without a value
 */
export function readCommand(words: readonly string[]): Command {
  const { values: { vendor: named } } = parseArgs({ args: [...words], options: { vendor: { type: 'string' } }, strict: false, allowPositionals: true });
  const vendor = oneOf({ vendor: named === undefined ? undefined : String(named) }, 'vendor', NAMES, 'netsuite');
  const options = [...COMMON_OPTIONS, ...VENDORS[vendor].options];
  try {
    const { values } = parseArgs({ args: [...words], options: textOptions(options) });
    return { vendor, values: values as Values };
  } catch (error) {
    throw new RangeError(`${error instanceof Error ? error.message : String(error)}; options of ${vendor}: ${options.map((name) => `--${name}`).join(' ')}`);
  }
}

export interface Started {
  /** The line that says where it listens: one JSON object, `credentialsPath` in it. */
  readonly line: string;
  stop(): Promise<void>;
}

/** Starts the vendor and writes what a client needs into a file only its owner can read. */
export async function startVendor({ vendor, values }: Command): Promise<Started> {
  const running: Running = await VENDORS[vendor].start(values);
  const credentialsPath = values['credentials'] ?? join(mkdtempSync(join(tmpdir(), `${vendor}-sandbox-`)), 'credentials.json');
  writeSecret(credentialsPath, { vendor, ...running.credentials });
  return { line: JSON.stringify({ vendor, ...running.announcement, credentialsPath }), stop: () => running.stop() };
}

function writeSecret(path: string, content: object): void {
  // A mode is given to new files alone: an old one, readable by everybody, would stay so.
  rmSync(path, { force: true });
  writeFileSync(path, JSON.stringify(content, null, 2), { mode: 0o600 });
}
