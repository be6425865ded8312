import { formatMoney, type Money } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { htmlLines } from './html-lines.js';
import { EMAIL_NESTING_MAX } from './limits.js';
import { mail, type MailPart } from './testing/mail-builder.js';

const text = (content: string): MailPart => ({ type: 'text/plain; charset=utf-8', content });
const file = (name: string, content: string | Uint8Array, type = 'text/plain'): MailPart => ({ type, content, name: `filename="${name}"` });

function money(amount: Money | null | undefined): string | null {
  return amount === null || amount === undefined ? null : formatMoney(amount);
}

function told({ remittances }: ReadDocument): [total: string | null, lines: string[]][] {
  return remittances.map(({ total, lines }) => [money(total), lines.map(({ reference, kind, paid }) => `${reference === '' ? kind : reference} ${money(paid) ?? '-'}`)]);
}

describe('an e-mail', () => {
  it('is recognised by its header lines and read whatever its encodings: sender, quoted-printable, windows-1252', async () => {
    const raw = Buffer.concat([
      Buffer.from('From: =?iso-8859-1?Q?J=F6rg_M=FCller?= <Joerg@Customer.example>\r\nSubject: Zahlung\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'),
      Buffer.from('Wir haben Rechnung 4711 (65,44 =80) =FCberwiesen.\r\n'),
    ]);
    const parsed = await parseDocument(raw);
    expect(parsed.format).toBe('email');
    expect(parsed.remittances).toMatchObject([{ payer: { name: 'Jörg Müller', id: 'joerg@customer.example' }, currency: 'EUR', lines: [{ reference: '4711', where: { line: 1, record: 'body' } }] }]);
    expect(parsed.findings).toEqual([]);
  });

  it('reads the tables of an HTML body, not its scripts, and not what is hidden', async () => {
    const html = '<style>invoice 1</style><p>Payment of &euro;150.00</p><table><tr><td>INV-1</td><td>100.00</td></tr><tr><td>INV-2</td><td>50.00</td></tr></table><div style="display:none">invoice 9 (9.00)</div><blockquote>invoice 8 (8.00)</blockquote>';
    const parsed = await parseDocument(mail([{ type: 'text/html; charset=utf-8', content: html }]));
    expect([told(parsed), parsed.findings]).toEqual([[['150.00', ['INV-1 100.00', 'INV-2 50.00']]], []]);
    expect(htmlLines('a<br>b<table><tr><td>1</td><td> <b>2</b> &amp; 3</td></tr></table>&#8364;')).toBe('a\nb\n1\t2 & 3\n€');
  });

  it('makes one remittance of body and attachment: the same payment told twice is not doubled', async () => {
    const parsed = await parseDocument(mail([text('Dear all,\nwe paid USD 150.00, see the advice. Invoice INV-2 is short paid by 5.00 USD due to damage.'), file('advice.txt', 'Payment USD 150.00\nINV-1 100.00\nINV-2 50.00')]));
    expect(told(parsed)).toEqual([['150.00', ['INV-1 100.00', 'INV-2 50.00']]]);
    expect(parsed.remittances[0]?.lines[1]).toMatchObject({ adjustments: [{ text: 'damage' }], where: { line: 3, record: 'advice.txt' } });
    expect(parsed.findings).toEqual([]);
  });

  it('names both values where body and attachment contradict', async () => {
    const parsed = await parseDocument(mail([text('Payment of USD 160.00 for INV-1 (110.00) and INV-2 (50.00)'), file('advice.txt', 'Payment USD 150.00\nINV-1 100.00\nINV-2 50.00')]));
    expect(told(parsed)).toEqual([['150.00', ['INV-1 100.00', 'INV-2 50.00']]]);
    expect(parsed.findings.map(({ problem }) => problem)).toEqual([
      'total: advice.txt says 150.00, body says 160.00; 150.00 was kept', 'amount of INV-1: advice.txt says 100.00, body says 110.00; 100.00 was kept',
    ]);
  });

  it('keeps the payments of several attachments apart, and knows a body that only sums them up', async () => {
    const parsed = await parseDocument(mail([text('Total USD 30.00'), file('a.txt', 'Payment of USD 10.00 for INV-1'), file('b.txt', 'Payment of USD 20.00 for INV-2'), file('b-again.txt', 'Payment of USD 20.00 for INV-2')]));
    expect(told(parsed)).toEqual([['10.00', ['INV-1 10.00']], ['20.00', ['INV-2 20.00']]]);
  });

  it('keeps two cheques of one amount apart, and knows one advice sent in two forms', async () => {
    const table = (name: string, ...rows: string[]): MailPart => ({ type: 'text/csv', content: `Invoice,Amount Paid,Currency\n${rows.join('\n')}\n`, name: `filename="${name}"` });
    const cheques = await parseDocument(mail([text('attached'), table('a.csv', '1001,100.00,USD', 'Total,100.00,'), table('b.csv', '2001,100.00,USD', 'Total,100.00,')]));
    expect([told(cheques), cheques.findings]).toEqual([[['100.00', ['1001 100.00']], ['100.00', ['2001 100.00']]], []]);
    const forms = await parseDocument(mail([text('attached'), table('a.csv', 'INV-1001,100.00,USD', 'Total,100.00,'), table('b.csv', '1001,100.00,USD', 'Total,100.00,')]));
    expect(forms.remittances).toHaveLength(1);
  });

  it('asks what a table among its attachments leaves open, takes nothing before, and passes the answer on to the one it is of', async () => {
    const message = mail([text('Payment of USD 30.00'), { type: 'text/csv', content: 'Invoice,Amount Paid\n1001,10.00\n1002,20.00\n', name: 'filename="a.csv"' }, file('note.txt', 'Invoice 1002 is short paid by 5.00 USD due to damage.')]);
    const asked = await parseDocument(message);
    expect([asked.refused, asked.remittances, asked.remittanceLayout?.questions, asked.findings.filter(({ severity }) => severity === 'error').map(({ value, where }) => [value, where.record])]).toEqual([null, [], ['currency'], [['currency', 'a.csv > header']]]);
    const layout = asked.remittanceLayout?.layout;
    if (layout === undefined) throw new Error('no layout');
    const answered = await parseDocument(message, { remittanceLayout: { ...layout, currency: 'USD' } });
    expect([told(answered), answered.remittanceLayout?.questions, answered.remittances[0]?.lines[1]?.adjustments[0]?.text]).toEqual([[['30.00', ['1001 10.00', '1002 20.00']]], [], 'damage']);
  });

  it('passes statements on, with the attachment in every place, its name decoded (RFC 2231)', async () => {
    const csv = 'Date,Description,Amount,Currency,Account\n2026-03-20,ACME INV-7,125.50,USD,991\n';
    const parsed = await parseDocument(mail([text('see attached'), { type: 'text/csv', content: csv, name: "filename*=utf-8''Ausz%C3%BCge.csv" }]));
    expect(parsed.statements[0]?.transactions[0]?.where).toMatchObject({ line: 2, record: expect.stringMatching(/^Auszüge\.csv/) as string });
  });

  it('reads forwarded messages, in the text and as attachments, down to a limit', async () => {
    const inner = mail([text('Payment of USD 10.00 for INV-1')]);
    expect(told(await parseDocument(mail([text('FYI'), { type: 'message/rfc822', content: inner }])))).toEqual([['10.00', ['INV-1 10.00']]]);
    let deep = inner;
    for (let depth = 0; depth < EMAIL_NESTING_MAX; depth += 1) deep = mail([file('inner.eml', deep, 'application/octet-stream')]);
    const parsed = await parseDocument(deep);
    expect(parsed.refused).not.toBeNull();
    expect(parsed.findings[0]?.problem).toContain(`read ${EMAIL_NESTING_MAX} deep`);
  });

  it.each([
    ['a forward with its mark', 'Fwd: payment', 'FYI\n\n---------- Forwarded message ---------\nFrom: "Doe, Jane" <Jane@Payer.example>\nDate: Mon, 2 Mar 2026 at 10:00\nSubject: payment\nTo: <sales@house.example>\n\nPayment of USD 10.00 for INV-1', 'Doe, Jane'],
    ['a forward without a mark', 'WG: Zahlung', 'Zur Info\n\nVon: Jane Doe [mailto:jane@payer.example]\nGesendet: Montag, 2. März 2026 10:00\nAn: Vertrieb\nBetreff: Zahlung\n\nPayment of USD 10.00 for INV-1\n\nVon: Mahnwesen <ar@house.example>\nGesendet: 1. März 2026\nAn: Jane Doe\n\nPlease pay INV-1', 'Jane Doe'],
    ['a forward of a forward, whose subject was changed', 'please book', 'see below\n---- Forwarded message ----\nFrom: Sales <sales@house.example>\nDate: 3 March 2026\n\n---- Forwarded message ----\nFrom: jane@payer.example\nDate: 2 March 2026\n\nPayment of USD 10.00 for INV-1', null],
  ])('takes the inner sender of %s, and no day of a mail for the day of the payment', async (_case, subject, content, name) => {
    const parsed = await parseDocument(Buffer.from(mail([text(content)]).toString().replace('Subject: remittance', `Subject: ${subject}`)));
    expect([told(parsed), parsed.remittances.map(({ payer, paidOn }) => [payer, paidOn])]).toEqual([[['10.00', ['INV-1 10.00']]], [[{ name, id: 'jane@payer.example' }, null]]]);
  });

  it('names no payer where a forward does not say who wrote it, and takes the day of a payment from the text alone', async () => {
    const forward = await parseDocument(Buffer.from(mail([text('Begin forwarded message:\n\nPayment of USD 10.00 for INV-1')]).toString()));
    expect(forward.remittances[0]?.payer).toEqual({ name: null, id: null });
    const plain = await parseDocument(mail([text('Payment of USD 10.00 for INV-1')]));
    expect(plain.remittances[0]).toMatchObject({ payer: { id: 'joerg@customer.example' }, paidOn: null });
    const dated = await parseDocument(mail([text('Payment of USD 10.00 for INV-1, paid on 14 March 2026')]));
    expect(dated.remittances[0]?.paidOn).toBe('2026-03-14');
  });

  it('ignores logos, and says what it cannot read: winmail.dat, an unknown file, an empty one', async () => {
    const parsed = await parseDocument(mail([
      text('Payment of USD 10.00 for INV-1'), { type: 'image/png; name=logo.png', content: 'tiny', headers: ['Content-ID: <logo>', 'Content-Disposition: inline; filename=logo.png'] },
      file('winmail.dat', 'x', 'application/ms-tnef'), file('mystery.bin', Uint8Array.of(0, 1, 2, 3), 'application/octet-stream'), file('empty.txt', ''),
    ]));
    expect(told(parsed)).toEqual([['10.00', ['INV-1 10.00']]]);
    expect(parsed.findings.map(({ severity, where }) => `${severity} ${where.record ?? ''}`)).toEqual(['error winmail.dat', 'error mystery.bin', 'warning empty.txt']);
  });

  it('is refused when it is an automatic reply', async () => {
    const parsed = await parseDocument(mail([text('I am away until 3 March. For invoice 7 call Jo.')], ['Auto-Submitted: auto-replied']));
    expect(parsed).toMatchObject({ refused: { problem: expect.stringContaining('automatic reply') as string }, remittances: [] });
  });
});
