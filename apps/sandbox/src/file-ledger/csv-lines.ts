/** Fields of every line of a CSV text by RFC 4180; quotes may hold line ends. */
export function csvLines(text: string): string[][] {
  const lines: string[][] = [];
  let fields: string[] = [];
  for (let at = 0; at < text.length;) {
    const { value, end } = text[at] === '"' ? quoted(text, at) : plain(text, at);
    fields.push(value);
    at = end + 1;
    if (text[end] === ',') continue;
    if (text[end] === '\r') at = end + 2;
    lines.push(fields);
    fields = [];
  }
  if (fields.length > 0) lines.push([...fields, '']);
  return lines;
}

/** One line, ended as spreadsheets end it. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
}

function plain(text: string, from: number): { value: string; end: number } {
  let end = from;
  while (end < text.length && !',\r\n'.includes(text[end] ?? '')) end += 1;
  return { value: text.slice(from, end), end };
}

function quoted(text: string, from: number): { value: string; end: number } {
  let end = from + 1;
  while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
  return { value: text.slice(from + 1, end).replaceAll('""', '"'), end: end + 1 };
}
