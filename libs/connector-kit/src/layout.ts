import type { JsonObject } from '#canonical';

/** A flat file's shape as data (`mappings/<target>/*.layout.yaml`), ready to read and to write. Pure; made by the room `layouts`. */
export interface Layout {
  readonly name: string;
  /** Detail groups one file takes at most; null where the layout sets no bound. What {@link FileDoor.batchPostingsMax} must respect. */
  readonly detailsMax: number | null;
  /**
   * Reads a file of any size without holding it. Every data row of the file is exactly one part, a row or a problem, in its place;
   * nothing is dropped. What is wrong with the file as a whole comes as further problems, and then there is no `end`.
   * `skipRows`: data rows (rows and problems) that were taken before, to resume after a crash. They are read again, for the totals, and
   * not handed out; headers and trailers always are.
   */
  read(bytes: AsyncIterable<Uint8Array>, options?: { readonly skipRows?: number }): AsyncIterable<LayoutPart>;
  /** @throws LayoutError naming the record, the field and the value that does not fit. */
  render(content: LayoutContent): Uint8Array;
}

export type LayoutPart =
  /**
   * `record`: the layout's name for the kind of row, `detail`. `fields`: by the layout's field names, trimmed as the layout says; text as
   * it stands, but amounts as plain decimal text, days as `YYYY-MM-DD` and codes as the hub's words where the layout says they are.
   */
  | { readonly kind: 'row'; readonly record: string; readonly line: number; readonly fields: Readonly<Record<string, string>> }
  /** `column`: 1-based, a cell of a delimited row or a position of a fixed one; null where the row or the file as a whole is meant. */
  | { readonly kind: 'problem'; readonly line: number; readonly column: number | null; readonly value: string; readonly problem: string }
  /**
   * Once, at the end of a file that is whole: control totals agreed. A file without trailer is whole when its last row is.
   * `rows`: data rows of the whole file, skipped and unreadable ones too.
   */
  | { readonly kind: 'end'; readonly rows: number };

export interface LayoutContent {
  /** For header and trailer records. */
  readonly file: JsonObject;
  /** One for each detail group, in order. Nested lists become the group's own rows. */
  readonly details: readonly JsonObject[];
}

/** A content that does not fit its layout. The message names layout, record, field, value and what is wrong. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';

  /** `detail`: which of the content's details, from 1; 0 where it is not one of them or not known. Null when no single field is at fault. */
  constructor(message: string, readonly at: { readonly record: string; readonly field: string; readonly value: string; readonly detail: number } | null = null) {
    super(message);
  }
}
