import { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findHub } from './hub-address.js';
import { openHub, type HubClient } from './hub-client.js';
import { openProgress, type Progress } from './progress.js';

/** What every command can be given. */
export interface CommonOptions {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** What a command came to: the document for programs, the text for people, and whether it is good news. */
export interface Outcome {
  readonly document: unknown;
  readonly text: string;
  readonly exitCode?: ExitCode;
}

/** What a command works with. */
export interface Session {
  readonly hub: HubClient;
  readonly progress: Progress;
  pause(durationMs: number): Promise<void>;
}

/** Runs a command's work and prints its outcome: with `--json` exactly one JSON document on stdout, else the text. */
export async function perform(command: Command, work: (session: Session) => Promise<Outcome>): Promise<void> {
  const options = command.optsWithGlobals<CommonOptions>();
  const progress = openProgress(process.stderr);
  const session: Session = { hub: openHub(findHub(options, process.env, process.cwd())), progress, pause: (durationMs) => sleep(durationMs) };
  const outcome = await work(session).finally(() => { progress.end(); });
  process.stdout.write(`${options.json === true ? JSON.stringify(outcome.document, null, 2) : outcome.text}\n`);
  process.exitCode = outcome.exitCode ?? EXIT.done;
}

/** Every command takes these, behind its own name too. */
export function commonOptions(command: Command): Command {
  return command.option('--url <url>', 'where the hub is (TRIBUTARY_URL)').option('--key <key>', 'API key (TRIBUTARY_API_KEY)').option('--json', 'one JSON document on stdout, for programs');
}
