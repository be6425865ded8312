/** Something wrong with a mapping file, found when it is loaded or compiled: before any record is touched. */
export interface MappingMistake {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Where in the mapping: `version`, `lines.amount`. */
  readonly path: string;
  readonly problem: string;
  /** What to do about it. */
  readonly cure: string;
}

/** `file:line path: problem; what to do` */
export function formatMistake(mistake: MappingMistake): string {
  const place = mistake.path === '' ? '' : ` ${mistake.path}`;
  return `${mistake.file}:${mistake.line}${place}: ${mistake.problem}; ${mistake.cure}`;
}

/** Raised for a mapping that cannot be used. Carries every mistake of the file, not the first one. */
export class MappingFileError extends Error {
  override readonly name = 'MappingFileError';

  constructor(readonly mistakes: readonly MappingMistake[]) {
    super(mistakes.map(formatMistake).join('\n'));
  }
}

/** Collects the mistakes of one file while it is being read. */
export class MistakeList {
  readonly mistakes: MappingMistake[] = [];

  constructor(readonly file: string) {}

  add(line: number, path: string, problem: string, cure: string): void {
    this.mistakes.push({ file: this.file, line, path, problem, cure });
  }

  /** @throws MappingFileError with everything collected, in the order of the file. */
  throwIfAny(): void {
    if (this.mistakes.length === 0) return;
    throw new MappingFileError([...this.mistakes].sort((left, right) => left.line - right.line));
  }
}
