import { Command, CommanderError } from 'commander';
import { CliError, problemText, type Problem } from './cli-error.js';
import { batchCommand } from './commands/batch.js';
import { bankCommand, matchCommand } from './commands/cash.js';
import { checkCommand, configureCommand, connectCommand, pauseCommand, resumeCommand } from './commands/connections.js';
import { discoverCommand, testReadCommand } from './commands/onboarding.js';
import { documentCommand } from './commands/documents.js';
import { invoiceCommand } from './commands/invoice.js';
import { listCommands } from './commands/lists.js';
import { mappingCommand } from './commands/mapping.js';
import { parseCommand } from './commands/parse.js';
import { postCommand, reverseCommand, settleCommand } from './commands/post.js';
import { quarantineCommand } from './commands/quarantine.js';
import { statusCommand } from './commands/status.js';
import { syncCommand, tieOutCommand } from './commands/sync.js';
import { EXIT, type ExitCode } from './exit-codes.js';

const EXIT_CODES = `
Exit codes: 0 done; 1 done, and the answer is bad news; 2 the command line makes no sense; 3 the hub refused; 4 no hub or no key; 70 a mistake of ours.
The hub: --url and --key, else TRIBUTARY_URL and TRIBUTARY_API_KEY, else the one \`npm start\` runs in this folder.`;

function makeProgram(): Command {
  const program = new Command('tributary').description('Accounts receivable of every ERP, from the command line').addHelpText('after', EXIT_CODES);
  const commands = [
    statusCommand(), connectCommand(), configureCommand(), pauseCommand(), resumeCommand(), checkCommand(), discoverCommand(), testReadCommand(),
    syncCommand(), tieOutCommand(), quarantineCommand(), mappingCommand(), parseCommand(), documentCommand(), bankCommand(), matchCommand(), postCommand(), reverseCommand(),
    settleCommand(), batchCommand(), invoiceCommand(),
    ...listCommands(),
  ];
  for (const command of commands) program.addCommand(command);
  return endInsteadOfExit(program);
}

/** Commander ends the process by itself unless told otherwise, subcommand by subcommand. */
function endInsteadOfExit(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: (text, write) => { if (!wantsJson()) write(text); } });
  for (const child of command.commands) endInsteadOfExit(child);
  return command;
}

const wantsJson = (): boolean => process.argv.includes('--json');

async function main(): Promise<void> {
  try {
    await makeProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) endOfCommander(error);
    else if (error instanceof CliError) fail(error.problem, error.exitCode);
    else fail({ type: '/problems/internal', title: 'A mistake in tributary', detail: error instanceof Error ? error.stack ?? error.message : String(error) }, EXIT.broken);
  }
}

/** Help was asked for, or the command line makes no sense: Commander has said so already, but not as JSON. */
function endOfCommander(error: CommanderError): void {
  if (error.exitCode === 0) return;
  process.exitCode = EXIT.usage;
  if (wantsJson()) printJson({ type: '/problems/usage', title: 'Cannot do that', detail: error.message });
}

/** With `--json` the problem is the one document on stdout, so that programs read one place. */
function fail(problem: Problem, exitCode: ExitCode): void {
  process.exitCode = exitCode;
  if (wantsJson()) printJson(problem);
  else process.stderr.write(`${problemText(problem)}\n`);
}

function printJson(problem: Problem): void {
  process.stdout.write(`${JSON.stringify(problem, null, 2)}\n`);
}

await main();
