import { parseDocument } from '#documents';
import { atLeast, type BenchFigure, expectEqual } from '../figure.js';

const PAGES = 200;
const ROWS = 45;

/** A printed advice of 9,000 items, read in a process of its own: the process's start is part of the figure. */
export async function run(): Promise<BenchFigure[]> {
  const bytes = advice();
  const start = performance.now();
  const { remittances, findings } = await parseDocument(bytes);
  const seconds = (performance.now() - start) / 1000;
  expectEqual('findings', findings.length, 0);
  expectEqual('items read', remittances[0]?.lines.length ?? 0, PAGES * ROWS);
  return [atLeast('PDF advice, columns and total checked', PAGES / seconds, 'pages/s', 30, `${PAGES} pages, ${PAGES * ROWS} items; wall time, the reading process included`)];
}

/** Pages as a program prints them: labels on the first, a header on each, the total on the last. */
function advice(): Uint8Array {
  let cents = 0;
  const pages = Array.from({ length: PAGES }, (_, page) => {
    const runs = [[50, 750, 'Invoice'], [250, 750, 'Date'], [450, 750, 'Net paid']] as [number, number, string][];
    if (page === 0) runs.unshift([50, 780, 'Payment number: 4711'], [250, 780, 'Currency: USD']);
    for (let row = 0; row < ROWS; row += 1) {
      const amount = 1000 + ((page * ROWS + row) * 7919) % 90_000;
      cents += amount;
      runs.push([50, 735 - row * 15, `INV-${100_000 + page * ROWS + row}`], [250, 735 - row * 15, '2026-03-01'], [450, 735 - row * 15, decimal(amount)]);
    }
    if (page === PAGES - 1) runs.push([50, 40, 'Total'], [450, 40, decimal(cents)]);
    return runs.map(([x, y, text]) => `BT /F1 9 Tf ${x} ${y} Td (${text}) Tj ET`).join('\n');
  });
  const objects = ['<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>', '', ...pages.flatMap((content, index) => [
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`, `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${3 + 2 * index} 0 R /Resources << /Font << /F1 1 0 R >> >> >>`,
  ])];
  objects[1] = `<< /Type /Pages /Kids [${pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')}] /Count ${PAGES} >>`;
  objects.push('<< /Type /Catalog /Pages 2 0 R >>');
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(`${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root ${objects.length} 0 R >>\nstartxref\n${file.length}\n%%EOF\n`, 'latin1');
}

function decimal(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
