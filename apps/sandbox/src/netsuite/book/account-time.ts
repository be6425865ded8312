/**
 * Time as a NetSuite account keeps it: text of the account's own zone (`2026-03-29 01:30:00`), never UTC. Queries compare and show this text;
 * only the record service turns it into UTC. In the hour that happens twice in autumn the text is ambiguous, as it is in the real thing;
 * reading it back as UTC takes the earlier instant.
 */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('sv-SE', {
      timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** `YYYY-MM-DD HH:MM:SS` in the zone. */
export function accountTimeText(instant: Date, timeZone: string): string {
  return formatterOf(timeZone).format(instant);
}

/** The earliest UTC instant at which the zone's clock shows the text. Text inside a spring gap gives the instant just after the gap. */
export function instantOfAccountTime(text: string, timeZone: string): Date {
  const asIfUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
  const offsetAt = (instant: number): number => Date.parse(`${accountTimeText(new Date(instant), timeZone).replace(' ', 'T')}Z`) - instant;
  const guesses = [asIfUtc - offsetAt(asIfUtc - 86_400_000), asIfUtc - offsetAt(asIfUtc + 86_400_000)].sort((left, right) => left - right);
  for (const guess of guesses) if (guess + offsetAt(guess) === asIfUtc) return new Date(guess);
  return new Date(guesses[1] ?? asIfUtc);
}

/** How an account shows days when a query does not say TO_CHAR: a user preference, date only even for date-times. */
export type AccountDateFormat = 'M/D/YYYY' | 'D/M/YYYY' | 'DD.MM.YYYY' | 'YYYY-MM-DD';

/** `2026-01-31 10:00:00` or `2026-01-31` in the account's format: `1/31/2026`. */
export function accountDateText(stored: string, format: AccountDateFormat): string {
  const year = stored.slice(0, 4);
  const month = stored.slice(5, 7);
  const day = stored.slice(8, 10);
  switch (format) {
    case 'M/D/YYYY': return `${Number(month)}/${Number(day)}/${year}`;
    case 'D/M/YYYY': return `${Number(day)}/${Number(month)}/${year}`;
    case 'DD.MM.YYYY': return `${day}.${month}.${year}`;
    case 'YYYY-MM-DD': return `${year}-${month}-${day}`;
  }
}

/** The stored day of a text in the account's format, or null when it does not parse. */
export function parseAccountDate(text: string, format: AccountDateFormat): string | null {
  const parts = /^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})$/.exec(text.trim());
  if (parts === null) return null;
  const [, first = '', second = '', third = ''] = parts;
  const separator = text.trim().charAt(first.length);
  const [year, month, day] = format === 'YYYY-MM-DD' ? [first, second, third] : format === 'M/D/YYYY' ? [third, first, second] : [third, second, first];
  const expected = format === 'YYYY-MM-DD' ? '-' : format === 'DD.MM.YYYY' ? '.' : '/';
  if (separator !== expected || year.length !== 4 || Number(month) > 12 || Number(day) > 31) return null;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
