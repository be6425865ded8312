/** A piece of text on a page, in points (1/72 inch) from its upper left corner. */
export interface TextRun {
  readonly text: string;
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How sure its reader is, 0 to 100, where it was read from a picture. */
  readonly confidence?: number;
}

/** A page as the program gives it. */
export interface PageText {
  readonly page: number;
  readonly runs: readonly TextRun[];
  /** Runs that are not written from left to right: their order in a row is unknown. */
  readonly slanted: number;
}
