/** A piece of text: points from the left and from the lower edge, as PDF counts. */
export type PdfRun = readonly [x: number, y: number, text: string];

/** A PDF of the given pages in Helvetica, as a program would print it. */
export function pdf(pages: readonly (readonly PdfRun[])[], catalog = ''): Buffer {
  return pdfOf(pages.map(printed), catalog);
}

/** A PDF that opens with a password only. Nothing in it is really encrypted: its reader does not get that far. */
export function lockedPdf(): Buffer {
  const key = (byte: string): string => `<${byte.repeat(32)}>`;
  return pdfOf([{ content: Buffer.alloc(0) }], '', `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${key('4f')} /U ${key('55')} >> /ID [${key('1d')} ${key('1d')}]`);
}

/** Pages of text and pages that are pictures, in one file. */
export function mixedPdf(pages: readonly (readonly PdfRun[] | ScannedPage)[]): Buffer {
  return pdfOf(pages.map((page) => ('bytes' in page ? pictured(page) : printed(page))), '');
}

/** A picture over the whole page, JPEG. */
export interface ScannedPage {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

interface PdfPage {
  readonly content: Buffer;
  readonly picture?: ScannedPage;
}

/** A PDF whose pages are pictures: a scan. */
export function scannedPdf(pictures: readonly ScannedPage[]): Buffer {
  return pdfOf(pictures.map(pictured), '');
}

function printed(runs: readonly PdfRun[]): PdfPage {
  return { content: Buffer.from(runs.map(([x, y, text]) => `BT /F1 10 Tf ${x} ${y} Td (${text.replace(/[\\()]/g, '\\$&')}) Tj ET`).join('\n'), 'latin1') };
}

function pictured(picture: ScannedPage): PdfPage {
  return { content: Buffer.from(`q 612 0 0 ${Math.round((612 * picture.height) / picture.width)} 0 0 cm /I1 Do Q`), picture };
}

function pdfOf(pages: readonly PdfPage[], catalog: string, trailer = ''): Buffer {
  const objects: Buffer[] = [];
  const add = (head: string, stream: Buffer | null = null): number => objects.push(stream === null ? Buffer.from(head, 'latin1') : Buffer.concat([Buffer.from(`${head}\nstream\n`, 'latin1'), stream, Buffer.from('\nendstream')]));
  const font = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const tree = add('');
  const kids = pages.map(({ content, picture }) => {
    const stream = add(`<< /Length ${content.length} >>`, content);
    const image = picture === undefined ? null : add(`<< /Type /XObject /Subtype /Image /Width ${picture.width} /Height ${picture.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${picture.bytes.length} >>`, picture.bytes);
    return add(`<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 612 792] /Contents ${stream} 0 R /Resources << /Font << /F1 ${font} 0 R >> ${image === null ? '' : `/XObject << /I1 ${image} 0 R >>`} >> >>`);
  });
  objects[tree - 1] = Buffer.from(`<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /Count ${kids.length} >>`);
  const root = add(`<< /Type /Catalog /Pages ${tree} 0 R ${catalog} >>`);
  return file(objects, root, trailer);
}

function file(objects: readonly Buffer[], root: number, trailer: string): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  let length = 9;
  const offsets = objects.map((object, index) => {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
    return length - part.length;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.concat([...parts, Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root ${root} 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`)]);
}
