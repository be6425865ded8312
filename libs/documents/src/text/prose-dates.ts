import type { LocalDate } from '#canonical';
import { dateEvidence, parseCsvDate } from '../csv/csv-dates.js';

/** Spanish months that begin otherwise than the English ones, by their first three letters. */
const SPANISH: Readonly<Record<string, string>> = { ene: 'jan', abr: 'apr', ago: 'aug', dic: 'dec' };

/** A day written in prose (`3rd of March 2026`, `15.03.2026`, `3 de marzo de 2026`); `open` for `03/04/2026`, which two countries read differently. */
export function readProseDate(text: string): LocalDate | 'open' | null {
  const plain = text
    .toLowerCase()
    .replace(/(\d)(?:st|nd|rd|th|er)\b/g, '$1')
    .replace(/(?<=\s)(?:de|of)\s+/g, '')
    .replace(/\b(ene|abr|ago|dic)\p{L}*/u, (name) => SPANISH[name.slice(0, 3)] ?? name)
    .trim();
  const evidence = dateEvidence(plain);
  if (evidence === 'undecided') return 'open';
  return parseCsvDate(plain, evidence === 'monthDayYear' ? 'monthDayYear' : 'dayMonthYear');
}
