#!/usr/bin/env node
import { Ended, Lifetime } from './lifetime.js';
import { openLog } from './log.js';
import { readSettings, SettingsError } from './settings.js';
import { startHub } from './start-hub.js';

/** `node main.js [--role both|api|worker]`. Ends with 0 on SIGTERM or SIGINT after finishing what is under way. */
async function main(): Promise<void> {
  const roleAt = process.argv.indexOf('--role');
  const settings = readSettings(process.env, roleAt < 0 ? 'both' : process.argv[roleAt + 1] ?? '');
  const log = openLog(settings.logLevel);
  const life = new Lifetime();
  life.endOnSignal((signal) => { log.info({ signal }, 'stopping'); }, (error) => {
    log.error({ err: error }, 'did not stop cleanly');
    process.exitCode = 1;
  });
  const hub = await life.started(startHub(settings, log), (running) => running.stop());
  process.stdout.write(`Tributary (${settings.role}) is running at ${hub.url ?? 'no port: a worker only'}${hub.url === null ? '' : `, API documentation at ${hub.url}/docs`}\n`);
}

main().catch((error: unknown) => {
  if (error instanceof Ended) return;
  const text = error instanceof SettingsError || error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(`Tributary cannot start.\n${text}\n`);
  process.exitCode = 1;
});
