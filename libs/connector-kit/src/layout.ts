import type { JsonObject } from '#canonical';

/** A flat file's shape as data (`mappings/<target>/*.layout.yaml`), ready to read and to write. Pure; made by the room `layouts`. */
export interface Layout {
  readonly name: string;
  /**
   * Reads a file of any size without holding it. Rows that cannot be read come as problems in their place; nothing is dropped.
   * `skipRows`: data rows that were taken before, to resume after a crash.
   */
  read(bytes: AsyncIterable<Uint8Array>, options?: { readonly skipRows?: number }): AsyncIterable<LayoutPart>;
  /** @throws LayoutError naming the record, the field and the value that does not fit. */
  render(content: LayoutContent): Uint8Array;
}

export type LayoutPart =
  /** `record`: the layout's name for the kind of row, `detail`. `fields`: text as it stands, by the layout's field names; trimmed as the layout says. */
  | { readonly kind: 'row'; readonly record: string; readonly line: number; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'problem'; readonly line: number; readonly column: number | null; readonly value: string; readonly problem: string }
  /** Once, at the end of a file that is whole: control totals agreed. A file without trailer is whole when its last row is. */
  | { readonly kind: 'end'; readonly rows: number };

export interface LayoutContent {
  /** For header and trailer records. */
  readonly file: JsonObject;
  /** One for each detail group, in order. Nested lists become the group's own rows. */
  readonly details: readonly JsonObject[];
}
