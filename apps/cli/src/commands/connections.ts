import { Command } from 'commander';
import { askFor, openAsker } from '../asking.js';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';
import { commonOptions, perform, type Outcome } from '../session.js';
import { readSettings, readSettingsFile, type Settings } from '../settings-input.js';
import { findConnection, type Connection } from './find-connection.js';

type Probe = components['schemas']['ProbeBody'];

export function connectCommand(): Command {
  return commonOptions(new Command('connect'))
    .description('connect a system, then check it; asks for the settings that are not given')
    .argument('<connector>', 'id of the connector, e.g. netsuite')
    .requiredOption('--name <name>', 'a name of your own')
    .option('--config <setting...>', 'a file (JSON or YAML) or name=value; as often as wanted', [])
    .option('--secrets <file>', 'credentials, JSON or YAML; - for standard input')
    .option('--every <minutes>', 'read by itself this often')
    .option('--no-check', 'do not ask the system yet')
    .action(async (connector: string, options: { name: string; config: string[]; secrets?: string; every?: string; check: boolean }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const given = { config: readSettings(options.config), secrets: options.secrets === undefined ? {} : readSettingsFile(options.secrets) };
        const { config, secrets } = options.secrets === '-' ? given : await completed(hub, connector, given);
        const connection = await answerOf(hub.POST('/v1/connections', {
          body: {
            name: options.name, connector, config, ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
            ...(options.every === undefined ? {} : { syncEveryMinutes: minutesOf(options.every) }),
          },
        }));
        const made = `connection ${connection.name} (${connection.id}) to ${connection.connector} is made`;
        if (!options.check) return { document: { connection, probe: null }, text: `${made}; check it with: tributary check ${connection.name}` };
        const probe = await check(hub, connection);
        const outcome = checked(connection, probe);
        return { ...outcome, document: { connection, probe }, text: `${made}\n${outcome.text}` };
      });
    });
}

interface GivenSettings {
  readonly config: Settings;
  readonly secrets: Settings;
}

/** Asks a person at a terminal for exactly what the connector requires and was not given. Elsewhere the hub says what is missing. */
async function completed(hub: HubClient, connector: string, given: GivenSettings): Promise<GivenSettings> {
  const asker = openAsker();
  if (asker === null) return given;
  try {
    const { items } = await answerOf(hub.GET('/v1/connectors'));
    const known = items.find(({ id }) => id === connector);
    if (known === undefined) return given;
    const config = await askFor(asker, known.config, given.config, false);
    return { config, secrets: await askFor(asker, known.secrets, given.secrets, true) };
  } finally {
    asker.close();
  }
}

interface Changes {
  readonly name?: string;
  readonly config: string[];
  readonly secrets?: string;
  readonly every?: string;
  readonly check: boolean;
}

export function configureCommand(): Command {
  return commonOptions(new Command('configure'))
    .description('change the settings or the credentials of a connection, then check it')
    .argument('<connection>', 'name or id')
    .option('--name <name>', 'another name')
    .option('--config <setting...>', 'a file (JSON or YAML) or name=value; what is not named stays as it is', [])
    .option('--secrets <file>', 'all credentials anew, JSON or YAML; - for standard input')
    .option('--every <minutes>', 'read by itself this often; 0: only when asked')
    .option('--no-check', 'do not ask the system yet')
    .action(async (given: string, options: Changes, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const { data: stored, response } = await read(hub, id);
        const connection = await answerOf(hub.PATCH('/v1/connections/{id}', {
          params: { path: { id }, header: { 'If-Match': response.headers.get('etag') ?? '' } }, body: changesOf(options, stored.config),
        }));
        const changed = `connection ${connection.name} (${id}) is changed`;
        if (!options.check) return { document: { connection, probe: null }, text: `${changed}; check it with: tributary check ${connection.name}` };
        const probe = await check(hub, connection);
        const outcome = checked(connection, probe);
        return { ...outcome, document: { connection, probe }, text: `${changed}\n${outcome.text}` };
      });
    });
}

/** The connection as it is, and the answer that carries its ETag. */
async function read(hub: HubClient, id: string): Promise<{ data: Connection; response: Response }> {
  const answering = hub.GET('/v1/connections/{id}', { params: { path: { id } } });
  return { data: await answerOf(answering), response: (await answering).response };
}

/** The hub takes settings as a whole: those that are not named are sent back as they are stored. @throws CliError when nothing is to be changed */
function changesOf({ name, config, secrets, every }: Changes, stored: Settings): components['schemas']['ConnectionChangesBody'] {
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(config.length === 0 ? {} : { config: { ...stored, ...readSettings(config) } }),
    ...(secrets === undefined ? {} : { secrets: readSettingsFile(secrets) }),
    ...(every === undefined ? {} : { syncEveryMinutes: minutesOf(every) === 0 ? null : minutesOf(every) }),
  };
  if (Object.keys(changes).length === 0) throw usage('nothing to change: give --name, --config, --secrets or --every');
  return changes;
}

/** Without this a slip of the finger would be sent as null, which means "only when asked". @throws CliError */
function minutesOf(given: string): number {
  if (!/^\d{1,9}$/.test(given)) throw usage(`--every takes whole minutes, not "${given}"`);
  return Number(given);
}

export function checkCommand(): Command {
  return commonOptions(new Command('check'))
    .description('prove the credentials and find out what the account has')
    .argument('<connection>', 'name or id')
    .action(async (given: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const connection = await findConnection(hub, given);
        return checked(connection, await check(hub, connection));
      });
    });
}

function check(hub: HubClient, { id }: Connection): Promise<Probe> {
  return answerOf(hub.POST('/v1/connections/{id}/check', { params: { path: { id } } }));
}

function checked(connection: Connection, probe: Probe): Outcome {
  const features = Object.entries(probe.features).map(([name, value]) => `  ${name}: ${String(value)}`);
  const missing = [...probe.missing.map((what) => `  missing: ${what}`), ...probe.expiries.map(({ what, at, cure }) => `  ends on ${at.slice(0, 10)}: ${what}; ${cure}`)];
  const verdict = probe.missing.length === 0 ? 'is sound' : 'works, but not for everything';
  return {
    document: probe, text: [`${connection.name} ${verdict}; its days are counted in ${probe.timeZone}`, ...missing, ...features].join('\n'),
    exitCode: probe.missing.length === 0 ? EXIT.done : EXIT.badNews,
  };
}

/** Neither reads nor posts from now on; what is under way ends. */
export function pauseCommand(): Command {
  return commonOptions(new Command('pause'))
    .description('stop reading from a connection and posting into it')
    .argument('<connection>', 'name or id')
    .requiredOption('--because <reason>', 'shown wherever the connection is')
    .action(async (given: string, options: { because: string }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const connection = await answerOf(hub.POST('/v1/connections/{id}/pause', { params: { path: { id } }, body: { because: options.because } }));
        return { document: connection, text: `${connection.name} is paused: ${options.because}; let it go on with: tributary resume ${id}` };
      });
    });
}

export function resumeCommand(): Command {
  return commonOptions(new Command('resume'))
    .description('read and post again; what waits in line goes on at once')
    .argument('<connection>', 'name or id')
    .action(async (given: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const connection = await answerOf(hub.POST('/v1/connections/{id}/resume', { params: { path: { id } } }));
        return { document: connection, text: `${connection.name} is ${connection.status}` };
      });
    });
}
