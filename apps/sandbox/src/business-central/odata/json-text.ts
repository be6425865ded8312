import { amountTextOfNumber } from '../../simulation/book-amounts.js';
import type { Cell } from '../ledger/company-book.js';
import type { Field } from './page.js';

/** `In Review` as the product writes it: `In_x0020_Review`; a blank member is `_x0020_` (2.2). */
export function escapeEnum(member: string): string {
  return member.replace(/[^A-Za-z0-9_]/g, (character) => `_x${character.charCodeAt(0).toString(16).padStart(4, '0')}_`);
}

/** The way back: what a client wrote, escaped or not. */
export function unescapeEnum(text: string): string {
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A cell as JSON text. Amounts are JSON numbers with the digits the ledger holds: `1234.5`, `0`. */
export function cellText(field: Field, cell: Cell | null): string {
  switch (field.kind) {
    case 'decimal': return amountTextOfNumber(Number(cell ?? 0));
    case 'integer': return String(cell ?? 0);
    case 'boolean': return Number(cell) === 0 ? 'false' : 'true';
    case 'enum': return JSON.stringify(escapeEnum(String(cell ?? ' ')));
    default: return JSON.stringify(String(cell ?? ''));
  }
}
