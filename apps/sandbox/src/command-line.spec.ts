import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommand, startVendor, VENDORS, type Started, type VendorName } from './command-line.js';

let directory: string;
let started: Started | null = null;

beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'sandbox-spec-')); });
afterEach(async () => {
  await started?.stop();
  started = null;
  rmSync(directory, { recursive: true, force: true });
});

interface Start {
  readonly line: Record<string, unknown>;
  readonly credentials: Record<string, string>;
  readonly mode: number;
}

/** Starts a vendor and reads what it says and what it wrote. */
async function start(vendor: VendorName, ...words: string[]): Promise<Start> {
  const path = join(directory, 'credentials.json');
  started = await startVendor(readCommand(['--vendor', vendor, '--credentials', path, ...words]));
  const line = JSON.parse(started.line) as Record<string, unknown>;
  expect(line['credentialsPath']).toBe(path);
  return { line, credentials: JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>, mode: statSync(path).mode & 0o777 };
}

describe('the command line of the sandbox', () => {
  it('starts NetSuite unless another vendor is named', () => {
    expect(readCommand([])).toEqual({ vendor: 'netsuite', values: {} });
    expect(readCommand(['--profile', 'tiny', '--vendor=finance', '--seed', '7'])).toEqual({ vendor: 'finance', values: { 'profile': 'tiny', 'vendor': 'finance', 'seed': '7' } });
  });

  it.each([
    ['a vendor', ['--vendor', 'sap'], 'unknown vendor sap; known: netsuite, business-central, finance, plaid, sftp, imap'],
    ['an option of another vendor', ['--vendor', 'plaid', '--book', 'x.csv'], /Unknown option '--book'.*options of plaid: --vendor --host --port --credentials --seed --settings --clock --history-rows-per-day$/],
    ['a word that belongs to no option', ['finance'], /Unexpected argument 'finance'.*options of netsuite: /],
    ['an option without its value', ['--seed'], /--seed.*argument missing; options of netsuite: /],
  ])('names what it knows when it is given %s it does not', (_what, words, message) => {
    expect(() => readCommand(words)).toThrow(message);
  });

  it.each<[VendorName, string[], string | RegExp]>([
    ['netsuite', ['--profile', 'huge'], 'unknown profile huge; known: bare, tiny, demo, large'],
    ['business-central', ['--profile', 'large'], 'unknown profile large; known: bare, tiny, demo'],
    ['finance', ['--clock', 'yesterday'], '--clock must be an instant such as 2026-11-20T10:00:00Z, not "yesterday"'],
    ['plaid', ['--seed', '1.5'], /^--seed must be a whole number from 0 to \d+, not "1.5"$/],
    ['sftp', ['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000"'],
    ['finance', ['--settings', '[1]'], '--settings must be a JSON object of switches and their values, not [1]'],
    ['finance', ['--settings', '{"pageSize":5}'], /^unknown setting pageSize; known: .*pageSizeMax/],
    ['business-central', ['--settings', '{"pageSizeMax":"many"}'], 'pageSizeMax must be a positive integer, not "many"'],
    ['netsuite', ['--settings', '{nonsense'], '--settings must be a JSON object of switches and their values, not {nonsense'],
  ])('does not start %s with %j', async (vendor, words, message) => {
    await expect(startVendor(readCommand(['--vendor', vendor, ...words]))).rejects.toThrow(message);
  });
});

describe('a vendor that was started', () => {
  it.each(Object.keys(VENDORS) as VendorName[])('tells no secret of %s but in a file for its owner alone', async (vendor) => {
    const { line, credentials, mode } = await start(vendor, ...(vendor === 'plaid' || vendor === 'sftp' || vendor === 'imap' ? [] : ['--profile', 'bare']));
    expect(mode).toBe(0o600);
    expect(line).toMatchObject({ vendor });
    expect(credentials).toMatchObject({ vendor });
    expect(JSON.stringify(line)).not.toMatch(/secret|password|PRIVATE|tokenKey/i);
    expect(JSON.stringify(credentials)).toMatch(/secret|password|PRIVATE/i);
  });

  it('closes a credentials file that others could read before', async () => {
    writeFileSync(join(directory, 'credentials.json'), 'old', { mode: 0o644 });
    expect((await start('plaid')).mode).toBe(0o600);
  });

  it.each<[VendorName, (credentials: Record<string, string>) => string]>([
    ['business-central', () => 'https://api.businesscentral.dynamics.com/.default'], ['finance', ({ url }) => `${url}/.default`],
  ])('lets a client of %s in by its file', async (vendor, scopeOf) => {
    const { credentials } = await start(vendor, '--profile', 'bare');
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: credentials['clientId'] ?? '', client_secret: credentials['clientSecret'] ?? '', scope: scopeOf(credentials) });
    const answer = await fetch(credentials['tokenUrl'] ?? '', { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer' });
  });

  it('obeys the settings and the clock it was given', async () => {
    const { credentials: { url } } = await start('finance', '--profile', 'bare', '--settings', '{"pageSizeMax":7}', '--clock', '2026-11-20T10:00:00Z');
    expect(await (await fetch(`${url}/_control/settings`)).json()).toMatchObject({ pageSizeMax: 7 });
  });

  it.each<VendorName>(['netsuite', 'business-central', 'finance', 'plaid'])('takes the control calls all have in common: %s', async (vendor) => {
    const { credentials: { url } } = await start(vendor, ...(vendor === 'plaid' ? [] : ['--profile', 'bare']));
    const control = async (method: string, path: string, body?: unknown): Promise<number> => (await fetch(`${url}/_control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).status;
    expect(await control('GET', 'stats')).toBe(200);
    expect(await control('POST', 'faults', { kind: 'failBefore', count: 1 })).toBeLessThan(300);
    expect(await control('POST', 'faults', { kind: 'earthquake' })).toBe(400);
    expect(await control('GET', 'faults')).toBe(200);
    expect(await control('DELETE', 'faults')).toBe(200);
    expect(await control('POST', 'seed', { seed: 3 })).toBe(200);
    expect(await control('PATCH', 'settings', { noSuchSwitch: true })).toBe(400);
    expect(await control('POST', 'clock', { now: '2026-11-21T10:00:00Z', held: true })).toBe(200);
    expect(await control('POST', 'clock', { now: 'soon' })).toBe(400);
    expect(await control('PUT', 'stats')).toBe(404);
  });
});
