import { createHash } from 'node:crypto';
import { CURSOR_LENGTH_MAX } from '../settings.js';

/** A place in the feed of an Item: between loops (`offset` 0) or inside one, at a page of the changes from `after` to `head`. */
export interface Cursor {
  readonly itemId: string;
  /** The stream of one account; null for that of the Item. */
  readonly accountId: string | null;
  readonly after: number;
  readonly head: number;
  readonly offset: number;
  /** The page of the loop this cursor asks for, from 1. */
  readonly page: number;
}

const SEAL_LENGTH = 8;

function seal(text: string): string {
  return createHash('sha256').update(`cursor ${text}`).digest('hex').slice(0, SEAL_LENGTH);
}

/** Opaque base64, at most 256 characters; equal places give equal texts, so the same question has the same answer. */
export function cursorText(cursor: Cursor): string {
  const text = [cursor.itemId, cursor.accountId ?? '', cursor.after, cursor.head, cursor.offset, cursor.page].join('|');
  return Buffer.from(`${text}|${seal(text)}`).toString('base64');
}

/** @returns null for a text this vendor never gave out */
export function readCursor(text: string): Cursor | null {
  if (text.length > CURSOR_LENGTH_MAX) return null;
  const plain = Buffer.from(text, 'base64').toString('utf8');
  const parts = plain.split('|');
  const [itemId = '', accountId = '', ...rest] = parts;
  const [after = Number.NaN, head = Number.NaN, offset = Number.NaN, page = Number.NaN] = rest.slice(0, 4).map(Number);
  if (parts.length !== 7 || seal(parts.slice(0, 6).join('|')) !== parts[6]) return null;
  return { itemId, accountId: accountId === '' ? null : accountId, after, head, offset, page };
}
