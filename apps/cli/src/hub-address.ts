import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

const STATE = z.object({ url: z.string(), apiKey: z.string() });

export interface HubAddress {
  readonly url: string;
  readonly apiKey: string;
}

/**
 * Where the hub is and the key to it: the options, else `TRIBUTARY_URL` and `TRIBUTARY_API_KEY`, else what a hub running in this folder left in
 * `hub.json` of its data directory (`TRIBUTARY_DATA_DIRECTORY`, `var` when unset).
 * @throws CliError when neither is known
 */
export function findHub(options: { readonly url?: string; readonly key?: string }, environment: NodeJS.ProcessEnv, folder: string): HubAddress {
  const given = { url: options.url ?? environment['TRIBUTARY_URL'], apiKey: options.key ?? environment['TRIBUTARY_API_KEY'] };
  const stateFile = resolve(folder, environment['TRIBUTARY_DATA_DIRECTORY'] ?? 'var', 'hub.json');
  const state = given.url !== undefined && given.apiKey !== undefined ? null : readState(stateFile);
  // The local hub's key is for the local hub: it is not sent to another one.
  const apiKey = given.apiKey ?? (given.url === undefined || given.url === state?.url ? state?.apiKey : undefined);
  const url = given.url ?? state?.url;
  if (url === undefined) throw missing(`no hub is known: start one with \`npm start\` in this folder, or give --url or TRIBUTARY_URL (looked for ${stateFile})`);
  if (apiKey === undefined) throw missing(`no API key for ${url} is known: give --key or TRIBUTARY_API_KEY`);
  return { url, apiKey };
}

function readState(file: string): HubAddress | null {
  try {
    return STATE.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Absent, or being written: as if no hub ran here.
    return null;
  }
}

function missing(detail: string): CliError {
  return new CliError({ type: '/problems/no-hub', title: 'No hub', detail }, EXIT.noHub);
}
