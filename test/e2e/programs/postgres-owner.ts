/** A hub in miniature: runs the embedded Postgres on the folder it is given, says where, and waits to be told to stop. */
import { startEmbeddedPostgres, stopOnSignals } from '../../../libs/storage/src/embedded/index.js';

const log = {
  info: (message: string) => { process.stderr.write(`${message}\n`); },
  warn: (message: string) => { process.stderr.write(`${message}\n`); },
  error: (message: string) => { process.stderr.write(`${message}\n`); },
};

const [dataDirectory] = process.argv.slice(2);
if (!dataDirectory) throw new Error('usage: postgres-owner <data directory>');
try {
  const postgres = await startEmbeddedPostgres({ dataDirectory, log });
  stopOnSignals(postgres, log);
  process.stdout.write(`${JSON.stringify({ url: postgres.url, adopted: postgres.adopted })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
  process.exitCode = 1;
}
