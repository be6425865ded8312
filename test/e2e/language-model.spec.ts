import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { ReceivedDocumentRecord } from '#storage';
import { readSettings, SettingsError } from '../../apps/hub/src/settings.js';
import { type RunningHub, startHub } from '../../apps/hub/src/start-hub.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'tributary.js');
/** Nothing here is worded so that rules would see an item. */
const LETTER = 'Hello, the transfer for A-77 and B-78 went out: 400.00 EUR and 50.00 EUR, so 450.00 EUR came in.';
const mail = (letter: string): Buffer => Buffer.from(`From: Ann <ann@payer.example>\r\nTo: ar@house.example\r\nSubject: transfer\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n${letter}\r\n`);
const line = (reference: string, amount: string): object => ({ reference, kind: 'invoice', amount });
const TRUE_ANSWER = { total: '450.00', reference: null, lines: [line('A-77', '400.00'), line('B-78', '50.00')] };

/** A double of an OpenAI-compatible interface, which answers what it is told and keeps what it was asked. */
class ModelDouble {
  readonly asked: { readonly authorization: string | undefined; readonly body: string }[] = [];
  answer: object = TRUE_ANSWER;
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => { body += piece.toString(); });
    request.on('end', () => {
      this.asked.push({ authorization: request.headers.authorization, body });
      response.end(JSON.stringify({ choices: [{ message: { content: JSON.stringify(this.answer) } }] }));
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => { this.#server.close(resolve); });
  }
}

describe('the language-model reader', () => {
  let test: TestDatabase;
  let folder: string;
  let url: string;
  const double = new ModelDouble();
  beforeAll(async () => {
    test = await openTestDatabase();
    folder = mkdtempSync(join(tmpdir(), 'tributary-model-'));
    url = await double.open();
  });
  beforeEach(() => {
    double.asked.length = 0;
    double.answer = TRUE_ANSWER;
  });
  afterAll(async () => {
    await double.close();
    await test.close();
    rmSync(folder, { recursive: true });
  });

  /** A hub with these settings of the environment, for one act. */
  async function withHub<Result>(environment: Record<string, string>, act: (hub: RunningHub) => Promise<Result>): Promise<Result> {
    const hub = await startHub(readSettings({ DATABASE_URL: test.url, TRIBUTARY_PORT: '0', TRIBUTARY_DATA_DIRECTORY: folder, TRIBUTARY_MIGRATE: 'false', ...environment }, 'api'), pino({ level: 'silent' }));
    try {
      return await act(hub);
    } finally {
      await hub.stop();
    }
  }

  const imported = async (hub: RunningHub, letter: string): Promise<ReceivedDocumentRecord> => (await hub.services.receivedDocuments.importFile(test.tenantId, { name: 'mail.eml', bytes: mail(letter), source: 'upload', uploadedBy: 'ann' })).file;

  it('is off unless somebody names an address: what rules cannot read is refused, and nobody is asked', async () => {
    const real = globalThis.fetch;
    const fetched: unknown[] = [];
    globalThis.fetch = (...call) => { fetched.push(call[0]); return real(...call); };
    try {
      const file = await withHub({}, (hub) => imported(hub, `${LETTER} First.`));
      expect(file).toMatchObject({ status: 'invalid', counts: { remittances: 0 } });
    } finally {
      globalThis.fetch = real;
    }
    expect([fetched, double.asked]).toEqual([[], []]);
  });

  it('switched on, is asked what rules cannot read, and its name stands at what was taken', async () => {
    await withHub({ TRIBUTARY_MODEL_URL: url, TRIBUTARY_MODEL_NAME: 'double-1', TRIBUTARY_MODEL_KEY: 'secret' }, async (hub) => {
      const file = await imported(hub, `${LETTER} Second.`);
      expect(file).toMatchObject({ status: 'processed', counts: { remittances: 1, remittanceLines: 2 } });
      expect(file.findings.map(({ severity, problem }) => `${severity} ${problem}`)).toContainEqual(expect.stringContaining('warning read by the language model double-1'));
      expect([double.asked.length, double.asked[0]?.authorization]).toEqual([1, 'Bearer secret']);
      expect(JSON.parse(double.asked[0]?.body ?? '')).toMatchObject({ model: 'double-1', messages: [{ content: expect.stringContaining('Second.') as string }] });
      // Looking at a document costs no question.
      await hub.services.receivedDocuments.reading(test.tenantId, file.id);
      expect(double.asked).toHaveLength(1);
    });
  });

  it('is not asked what rules read', async () => {
    await withHub({ TRIBUTARY_MODEL_URL: url, TRIBUTARY_MODEL_NAME: 'double-1' }, async (hub) => {
      expect(await imported(hub, 'Payment of EUR 10.00 for invoice INV-7')).toMatchObject({ status: 'processed', counts: { remittances: 1 } });
    });
    expect(double.asked).toEqual([]);
  });

  it('is believed only as far as the document: an invented number or a sum that does not come out takes nothing', async () => {
    await withHub({ TRIBUTARY_MODEL_URL: url, TRIBUTARY_MODEL_NAME: 'double-1' }, async (hub) => {
      double.answer = { ...TRUE_ANSWER, lines: [line('A-77', '400.00'), line('C-79', '50.00')] };
      const invented = await imported(hub, `${LETTER} Third.`);
      expect(invented).toMatchObject({ status: 'invalid', counts: { remittances: 0 } });
      expect(invented.findings.filter(({ severity }) => severity === 'error').map(({ value }) => value)).toContain('C-79');
      double.answer = { ...TRUE_ANSWER, lines: [line('A-77', '400.00')] };
      const short = await imported(hub, `${LETTER} Fourth.`);
      expect(short).toMatchObject({ status: 'invalid', counts: { remittances: 0 } });
      expect(short.findings.map(({ problem }) => problem)).toContainEqual(expect.stringContaining('not proven by a stated total'));
    });
  });

  it('is never asked by tributary parse, whatever the environment says', async () => {
    writeFileSync(join(folder, 'mail.eml'), mail(LETTER));
    const out = await new Promise<string>((resolve) => {
      execFile(process.execPath, [PROGRAM, 'parse', 'mail.eml'], { cwd: folder, env: { TRIBUTARY_MODEL_URL: url, TRIBUTARY_MODEL_NAME: 'double-1' } }, (_error, text) => { resolve(text); });
    });
    expect([out.includes('refused: '), double.asked]).toEqual([true, []]);
  });

  it('does not start half configured', () => {
    expect(() => readSettings({ TRIBUTARY_MODEL_URL: url }, 'both')).toThrow(new SettingsError('TRIBUTARY_MODEL_URL, TRIBUTARY_MODEL_NAME: give both or neither'));
    expect(() => readSettings({ TRIBUTARY_MODEL_KEY: 'x' }, 'both')).toThrow(SettingsError);
    expect(() => readSettings({ TRIBUTARY_MODEL_URL: 'file:///etc', TRIBUTARY_MODEL_NAME: 'x' }, 'both')).toThrow('TRIBUTARY_MODEL_URL');
  });
});
