/** Rows of an RFC 4180 file: quoted fields, doubled quotes, CRLF or LF. An unclosed quote ends with the file. */
export function* csvRows(text: string): Generator<{ readonly line: number; readonly cells: readonly string[] }> {
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let startLine = 1;
  for (let index = text.charCodeAt(0) === 0xfeff ? 1 : 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(index + 1) === '"') { cell += '"'; index += 1; } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') { cells.push(cell); cell = ''; } else if (character === '\n') {
      cells.push(cell);
      yield { line: startLine, cells };
      cells = [];
      cell = '';
      startLine = line;
    } else if (character !== '\r') cell += character;
  }
  if (cell !== '' || cells.length > 0) yield { line: startLine, cells: [...cells, cell] };
}
