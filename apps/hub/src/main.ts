#!/usr/bin/env node
import { openLog } from './log.js';
import { readSettings, SettingsError } from './settings.js';
import { startHub } from './start-hub.js';

/** `node main.js [--role both|api|worker]`. Ends with 0 on SIGTERM or SIGINT after finishing what is under way. */
async function main(): Promise<void> {
  const roleAt = process.argv.indexOf('--role');
  const settings = readSettings(process.env, roleAt < 0 ? 'both' : process.argv[roleAt + 1] ?? '');
  const log = openLog(settings.logLevel);
  const hub = await startHub(settings, log);
  process.stdout.write(`Tributary (${settings.role}) is running at ${hub.url ?? 'no port: a worker only'}${hub.url === null ? '' : `, API documentation at ${hub.url}/docs`}\n`);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    hub.stop().then(() => { process.exitCode = 0; }, (error: unknown) => {
      log.error({ err: error }, 'did not stop cleanly');
      process.exitCode = 1;
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const text = error instanceof SettingsError || error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(`Tributary cannot start.\n${text}\n`);
  process.exitCode = 1;
});
