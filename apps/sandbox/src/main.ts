import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CompanyProfile } from './netsuite/company/generate.js';
import { startNetSuiteSandbox } from './netsuite/sandbox.js';

const PROFILES: readonly string[] = ['bare', 'tiny', 'demo', 'large'] satisfies CompanyProfile[];

function isProfile(text: string): text is CompanyProfile {
  return PROFILES.includes(text);
}

/** Other numbers than the profile's. */
function sizeOf(customers: string | undefined, openInvoices: string | undefined): { customers?: number; openInvoices?: number } {
  return { ...(customers === undefined ? {} : { customers: Number(customers) }), ...(openInvoices === undefined ? {} : { openInvoices: Number(openInvoices) }) };
}

/** Runs the NetSuite sandbox as a process of its own; prints one JSON line when it listens. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '0' }, profile: { type: 'string', default: 'demo' }, seed: { type: 'string', default: '1' }, book: { type: 'string' },
      customers: { type: 'string' }, invoices: { type: 'string' }, database: { type: 'string' }, credentials: { type: 'string' }, settings: { type: 'string', default: '{}' },
    },
  });
  if (!isProfile(values.profile)) throw new RangeError(`unknown profile ${values.profile}; known: ${PROFILES.join(', ')}`);
  const sandbox = await startNetSuiteSandbox({
    host: values.host, port: Number(values.port), seed: Number(values.seed), profile: values.profile, company: sizeOf(values.customers, values.invoices), settings: JSON.parse(values.settings) as Record<string, never>,
    ...(values.book === undefined ? {} : { openItems: { csvText: readFileSync(values.book, 'utf8') } }), ...(values.database === undefined ? {} : { databasePath: values.database }),
  });
  const credentialsPath = values.credentials ?? join(mkdtempSync(join(tmpdir(), 'netsuite-sandbox-')), 'credentials.json');
  writeFileSync(credentialsPath, JSON.stringify({ url: sandbox.url, accountId: sandbox.accountId, ...sandbox.credentials }, null, 2), { mode: 0o600 });
  const findings = sandbox.openItemsReport?.findings.length;
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, accountId: sandbox.accountId, credentialsPath, ...(findings === undefined ? {} : { openItemFindings: findings }) })}\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void sandbox.stop().then(() => { process.exit(0); });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // A program that keeps a channel to this one and is killed must not leave it behind on its book.
  process.once('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
