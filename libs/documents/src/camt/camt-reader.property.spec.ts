import fc from 'fast-check';
import { formatMinorUnits } from '#canonical';
import { parseDocument } from '../parse-document.js';

interface Written {
  readonly cents: bigint;
  readonly credit: boolean;
  readonly booked: boolean;
  readonly parts: readonly bigint[];
  readonly memo: string;
}

/** Text as XML may hold it; blanks at the ends are padding, a carriage return is a line end. */
const memo = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/[\p{Cc}\ufffe\uffff]/gu, '').trim());
const written: fc.Arbitrary<Written> = fc.record({ credit: fc.boolean(), booked: fc.boolean(), memo, parts: fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { maxLength: 4 }), whole: fc.bigInt({ min: 0n, max: 10n ** 15n }) })
  .map(({ whole, ...rest }) => ({ ...rest, cents: rest.parts.length === 0 ? whole : rest.parts.reduce((sum, part) => sum + part, 0n) }));

function render(entries: readonly Written[], opening: bigint): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&#62;');
  const amount = (cents: bigint): string => `<Amt Ccy="EUR">${formatMinorUnits(cents < 0n ? -cents : cents, 2)}</Amt>`;
  const direction = (credit: boolean): string => `<CdtDbtInd>${credit ? 'CRDT' : 'DBIT'}</CdtDbtInd>`;
  const balance = (code: string, cents: bigint): string => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(cents)}${direction(cents >= 0n)}<Dt><Dt>2026-03-02</Dt></Dt></Bal>`;
  const closing = entries.reduce((sum, { cents, credit, booked }) => sum + (booked ? (credit ? cents : -cents) : 0n), opening);
  const sum = (list: readonly Written[]): string => `<NbOfNtries>${list.length}</NbOfNtries><Sum>${formatMinorUnits(list.reduce((total, { cents }) => total + cents, 0n), 2)}</Sum>`;
  const text = entries.map(({ cents, credit, booked, parts, memo: note }) => `<Ntry>${amount(cents)}${direction(credit)}<Sts>${booked ? 'BOOK' : 'PDNG'}</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>`
    + `<NtryDtls>${parts.map((part) => `<TxDtls>${amount(part)}<RmtInf><Ustrd>${escape(note)}</Ustrd></RmtInf></TxDtls>`).join('')}</NtryDtls>${parts.length === 0 ? `<AddtlNtryInf>${escape(note)}</AddtlNtryInf>` : ''}</Ntry>`);
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.06"><BkToCstmrStmt><Stmt><Id>S</Id><CreDtTm>2026-03-02T10:00:00Z</CreDtTm><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>EUR</Ccy></Acct>`
    + `${balance('OPBD', opening)}${balance('CLBD', closing)}<TxsSummry><TtlNtries>${sum(entries)}</TtlNtries><TtlCdtNtries>${sum(entries.filter(({ credit }) => credit))}</TtlCdtNtries></TxsSummry>${text.join('\n')}</Stmt></BkToCstmrStmt></Document>`;
}

describe('camt, for every statement', () => {
  it('reads back exactly what was written, and finds nothing to say about sums that agree', async () => {
    await fc.assert(fc.asyncProperty(fc.array(written, { maxLength: 8 }), fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), async (entries, opening) => {
      const { statements, findings, refused } = await parseDocument(Buffer.from(render(entries, opening)));
      expect([findings, refused]).toEqual([[], null]);
      expect(statements[0]?.transactions.map(({ amount, pending, memo: note }) => [amount.minor, pending, note])).toEqual(entries.flatMap(({ cents, parts, credit, booked, memo: note }) => (parts.length === 0 ? [cents] : parts)
        .map((part) => [credit ? part : -part, !booked, note])));
    }), { numRuns: 150, seed: 20_260_302 });
  });

  it('sees a changed amount: money differs only when a balance, a sum or an entry says so', async () => {
    await fc.assert(fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 4 }), fc.nat(), fc.integer({ min: 0, max: 9 }), async (entries, place, digit) => {
      const text = render(entries, 100n);
      const digits = [...text.matchAll(/(?<=<Amt Ccy="EUR">[\d.]*)\d/g)];
      const at = digits[place % digits.length];
      if (at === undefined || at[0] === String(digit)) return;
      const { findings } = await parseDocument(Buffer.from(`${text.slice(0, at.index)}${digit}${text.slice(at.index + 1)}`));
      expect(findings.length).toBeGreaterThan(0);
    }), { numRuns: 150, seed: 7 });
  });
});
