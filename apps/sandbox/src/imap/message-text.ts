/** A text as the protocol writes it: quoted where it can be, else as a literal; NIL for none. */
export function stringOf(text: string | null): string {
  if (text === null) return 'NIL';
  const bytes = Buffer.from(text);
  return /^[\x20-\x7e]*$/.test(text) ? `"${text.replace(/(["\\])/g, '\\$1')}"` : `{${bytes.length}}\r\n${text}`;
}

/** The header part of a message, its blank line included, and what follows. */
export function partsOf(bytes: Buffer): { readonly header: Buffer; readonly text: Buffer } {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? { header: bytes, text: Buffer.alloc(0) } : { header: bytes.subarray(0, end + 4), text: bytes.subarray(end + 4) };
}

/** A header field's value, unfolded; null when the message has none of that name. */
export function fieldOf(bytes: Buffer, name: string): string | null {
  const lines = partsOf(bytes).header.toString('utf8').replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const line = lines.find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}

/** ENVELOPE (RFC 3501, 7.4.2): date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id. */
export function envelopeOf(bytes: Buffer): string {
  const text = (name: string): string => stringOf(fieldOf(bytes, name));
  const from = addressesOf(fieldOf(bytes, 'from'));
  // Without a field of its own, the sender and whom to answer are the author.
  const orFrom = (name: string): string => (fieldOf(bytes, name) === null ? from : addressesOf(fieldOf(bytes, name)));
  const others = ['to', 'cc', 'bcc'].map((name) => addressesOf(fieldOf(bytes, name)));
  return `(${[text('date'), text('subject'), from, orFrom('sender'), orFrom('reply-to'), ...others, text('in-reply-to'), text('message-id')].join(' ')})`;
}

function addressesOf(field: string | null): string {
  if (field === null || field.trim() === '') return 'NIL';
  const addresses = field.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((each) => {
    const [, name = '', inside = each.trim()] = /^\s*(.*?)\s*<([^>]*)>\s*$/.exec(each) ?? [];
    const at = inside.lastIndexOf('@');
    const display = name.replace(/^"|"$/g, '');
    return `(${stringOf(display === '' ? null : display)} NIL ${stringOf(at < 0 ? inside : inside.slice(0, at))} ${stringOf(at < 0 ? '' : inside.slice(at + 1))})`;
  });
  return `(${addresses.join('')})`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** INTERNALDATE (RFC 3501, date-time), in UTC. */
export function internalDateText(at: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `"${String(at.getUTCDate()).padStart(2, ' ')}-${MONTHS[at.getUTCMonth()]}-${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000"`;
}
