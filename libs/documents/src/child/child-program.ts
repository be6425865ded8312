import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';

/** What a program may use. */
export interface ChildLimits {
  readonly timeMsMax: number;
  /** Heap of its JavaScript. */
  readonly heapMegabytesMax: number;
}

/** How a program ended. */
export type ChildEnd =
  | { readonly kind: 'done' }
  /** It said itself what is wrong with the file. */
  | { readonly kind: 'problem'; readonly problem: string }
  | { readonly kind: 'time' }
  /** It died: of memory, or of a fault in native code. */
  | { readonly kind: 'died'; readonly detail: string };

/** What a program says last; everything before is a piece of its result. */
interface LastWord {
  readonly end: 'done' | 'problem';
  readonly problem?: string;
}

/** Characters of what a dying program wrote that are kept. */
const LAST_WORDS_MAX = 2_000;

/** The file of a program beside the caller's: `.js` when built, `.ts` when the sources run as they are. */
export function programFile(directory: string, name: string, caller: string): string {
  const own = join(directory, `${name}${extname(caller)}`);
  return existsSync(own) ? own : join(directory, `${name}.js`);
}

/**
 * Runs a program on one file in a process of its own, which can neither take our memory nor our time, and gets no environment: what a file
 * makes it do, it does without our secrets. It is ended by its handle: at its time, and when we end. A program ends itself on `disconnect`, for
 * when we could not end it any more.
 * @param take is given every piece of the result as it comes
 */
export function runChild(file: string, request: unknown, limits: ChildLimits, take: (piece: unknown) => void): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const child = fork(file, [], {
      serialization: 'advanced', env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [`--max-old-space-size=${limits.heapMegabytesMax}`, '--disable-warning=ExperimentalWarning', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    });
    let last: ChildEnd | null = null;
    let detail = '';
    // Whoever ends us while a file is read, by whatever way runs `exit`, ends the reading too.
    const endWithUs = (): void => { child.kill('SIGKILL'); };
    process.once('exit', endWithUs);
    const timer = setTimeout(() => {
      last ??= { kind: 'time' };
      child.kill('SIGKILL');
    }, limits.timeMsMax);
    child.stderr?.on('data', (text: Buffer) => { detail = (detail + text.toString()).slice(-LAST_WORDS_MAX); });
    child.on('message', (message: unknown) => {
      if (!isLastWord(message)) return take(message);
      last ??= message.end === 'done' ? { kind: 'done' } : { kind: 'problem', problem: message.problem ?? 'it says no more' };
      child.kill('SIGKILL');
    });
    const finish = (end: ChildEnd): void => {
      clearTimeout(timer);
      process.off('exit', endWithUs);
      resolve(last ?? end);
    };
    child.on('error', (error) => finish({ kind: 'died', detail: error.message }));
    child.on('close', (code, signal) => finish({ kind: 'died', detail: /heap out of memory/i.test(detail) ? 'it needed more memory than it may have' : `exit ${String(code ?? signal)} ${lastLine(detail)}`.trim() }));
    child.send(request as object, (error) => { if (error !== null) finish({ kind: 'died', detail: error.message }); });
  });
}

function lastLine(text: string): string {
  return /^\w*Error: .*$/m.exec(text)?.[0] ?? '';
}

function isLastWord(message: unknown): message is LastWord {
  return typeof message === 'object' && message !== null && 'end' in message;
}
