import { formatMistake, type MappingMistake } from '#mapping';

/** Raised for a layout that cannot be used. Carries every mistake, each with file, line and what to do. */
export class LayoutFileError extends Error {
  override readonly name = 'LayoutFileError';

  constructor(readonly mistakes: readonly MappingMistake[]) {
    super(mistakes.map(formatMistake).join('\n'));
  }
}
