import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { usage } from './cli-error.js';
import { answerAs, impliedSettings, nextQuestion, type Question } from './questions.js';
import { readText, type Settings } from './settings-input.js';

/** Answers that do not fit, before we give up on a person. */
const TRIES_MAX = 5;
/** An answer that begins so names a file with the value: keys and certificates have many lines. */
const FROM_FILE = '@';

/** Puts questions to a person. A double stands in for a terminal in tests. */
export interface Asker {
  ask(prompt: string, hidden: boolean): Promise<string>;
  close(): void;
}

/** A person at a terminal; null when there is none, and then everything has to be given. */
export function openAsker(): Asker | null {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null;
  let hides = false;
  const screen = new Writable({ write: (chunk, _encoding, done) => { if (!hides) process.stderr.write(chunk as Buffer); done(); } });
  const lines = createInterface({ input: process.stdin, output: screen, terminal: true });
  return {
    ask: async (prompt, hidden) => {
      process.stderr.write(prompt);
      hides = hidden;
      try {
        return await lines.question('');
      } finally {
        if (hidden) process.stderr.write('\n');
        hides = false;
      }
    },
    close: () => { lines.close(); },
  };
}

/** Settings completed by asking for whatever the schema requires and is not given. @throws CliError when nobody answers sensibly. */
export async function askFor(asker: Asker, schema: object, given: Settings, secret: boolean): Promise<Settings> {
  let settings: Settings = { ...given, ...impliedSettings(schema, given) };
  for (let question = nextQuestion(schema, settings, secret); question !== null; question = nextQuestion(schema, settings, secret)) {
    settings = { ...settings, [question.name]: await answerTo(asker, question) };
  }
  return settings;
}

async function answerTo(asker: Asker, question: Question): Promise<unknown> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const typed = await asker.ask(promptOf(question), question.secret);
    const answer = answerAs(question, typed.startsWith(FROM_FILE) ? readText(typed.slice(FROM_FILE.length).trim()) : typed);
    if (answer !== null) return answer;
  }
  throw usage(`${question.name}: no answer that fits; give it with --config ${question.name}=... or in the file of --secrets`);
}

function promptOf({ name, help, choices, byDefault, secret }: Question): string {
  const notes = [...(choices.length > 0 ? [choices.join(' | ')] : []), ...(byDefault === null ? [] : [`default ${byDefault}`]), ...(secret ? ['not shown; @file to read it from a file'] : [])];
  return `${help === '' ? '' : `${help}\n`}${name}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}: `;
}
