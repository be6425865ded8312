/** The three tables open documents live in, as proposals and shares name them. */
export type DocumentKind = 'invoice' | 'creditMemo' | 'payment';

export interface DocumentReference {
  readonly document: DocumentKind;
  readonly documentId: string;
}

/** One id over three tables: `invoice:12`, `creditMemo:5`, `payment:7`. Opaque to the rules. */
export function documentKey(document: DocumentKind, documentId: string): string {
  return `${document}:${documentId}`;
}

/** The way back of {@link documentKey}. @throws RangeError for anything else. */
export function documentOfKey(key: string): DocumentReference {
  const [document, documentId, ...rest] = key.split(':');
  const known = document === 'invoice' || document === 'creditMemo' || document === 'payment';
  if (!known || documentId === undefined || rest.length > 0) throw new RangeError(`"${key}" is not the key of a document`);
  return { document, documentId };
}
