/** Long work tells where it is, on stderr, so that stdout stays one clean answer. */
export interface Progress {
  /** @param total null while it is not known. */
  at(done: number, total: number | null, text: string): void;
  end(): void;
}

const REDRAW_EVERY_MS = 100;
/** Without a terminal a line is a log entry: rarely, and only when something moved. */
const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 24;

/** A bar that is drawn in place on a terminal, and plain lines elsewhere. */
export function openProgress(stream: NodeJS.WriteStream, monotonicMs: () => number = () => performance.now()): Progress {
  let shownAt = -Infinity;
  let shown = '';
  let latest = '';
  const show = (line: string): void => {
    if (line === shown) return;
    stream.write(stream.isTTY ? `\r\u001b[2K${line.slice(0, Math.max(20, stream.columns - 1))}` : `${line}\n`);
    shown = line;
    shownAt = monotonicMs();
  };
  return {
    at(done, total, text) {
      latest = stream.isTTY ? `${bar(done, total)} ${text}` : text;
      if (monotonicMs() - shownAt >= (stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS)) show(latest);
    },
    end() {
      show(latest);
      if (stream.isTTY && shown !== '') stream.write('\n');
    },
  };
}

/** `[########----------------] 1/3`; a moving mark when the end is not known. */
export function bar(done: number, total: number | null): string {
  if (total === null || total === 0) {
    const at = Math.floor(done) % BAR_WIDTH;
    return `[${'-'.repeat(at)}#${'-'.repeat(BAR_WIDTH - at - 1)}]`;
  }
  const filled = Math.min(BAR_WIDTH, Math.floor((done / total) * BAR_WIDTH));
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${done}/${total}`;
}
