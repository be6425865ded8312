/** Rows made at a time. */
const CHUNK_ROWS = 500;

/** A ledger's open items by the plain CSV template, heading and rows, made in pieces; the same number gives the same bytes. */
export async function* openItems(rows: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('Invoice ID,Invoice Number,Customer ID,Company ID,Currency,Invoice Date,Due Date,Total,Open Amount,Status,Purchase Order,Memo\r\n');
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const lines: string[] = [];
    for (let index = start; index < Math.min(rows, start + CHUNK_ROWS); index += 1) {
      const day = `2026-0${1 + (index % 9)}-1${index % 10}`;
      const memo = index % 10 === 0 ? '"Delivery, as agreed"' : `Order ${index}`;
      lines.push(`${1_000_000 + index},INV-${index},C${index % 5000},,USD,${day},2026-12-01,${100 + index}.25,${index % 1000}.25,open,PO${index},${memo}\r\n`);
    }
    yield Buffer.from(lines.join(''));
  }
}
