import type { PageCell, PageRow } from './page-rows.js';

/** What a label on a remittance advice introduces. */
export type AdviceFact = 'reference' | 'paidOn' | 'total' | 'payee' | 'payer' | 'vendorNumber' | 'currency' | 'method';

/** Labels by meaning: English, German, French, Spanish, Dutch. The first that fits counts. */
const LABELS: readonly (readonly [AdviceFact, RegExp])[] = [
  ['vendorNumber', /^(?:our |your )?(?:vendor|supplier|creditor)(?: (?:no|nr|number|id|code|account))|^(?:lieferanten|kreditoren)-?(?:nummer|nr)|^(?:code|n°|numéro) (?:de )?fournisseur|^(?:código|n\.?º|número) (?:de )?proveedor|^leveranciersnummer|^crediteurnummer/],
  ['paidOn', /^(?:payment|check|cheque|pay|value|remittance|settlement|transfer) ?date|^date (?:of payment|paid|de paiement|du règlement|de virement)|^paid on|^zahlungs?datum|^zahldatum|^valuta(?:datum)?$|^wertstellung|^fecha (?:de )?(?:pago|valor)|^betaaldatum|^betalingsdatum|^date$|^datum$|^fecha$/],
  ['total', /^(?:grand |payment |check |cheque |remittance |net |amount )?totals?(?: (?:amount|paid|payment|amount paid|remitted|net|eur|usd|gbp|chf|cad))*$|^(?:total )?(?:amount paid|payment amount|check amount|cheque amount|amount remitted|remittance amount|amount transferred)|^gesamt(?:betrag|summe)?$|^zahl(?:ungs)?betrag|^überweisungsbetrag|^auszahlungsbetrag|^summe$|^(?:montant )?total(?: (?:payé|réglé|du règlement|général|à payer))?$|^montant (?:du paiement|payé|réglé)|^importe total|^total (?:pagado|pago|importe)|^importe (?:del pago|pagado)|^totaal(?:bedrag)?(?: betaald)?$|^betalingsbedrag|^betaald bedrag/],
  ['reference', /^(?:payment|check|cheque|remittance(?: advice)?|advice|eft|ach|wire|trace|transfer|document)(?: (?:no|nr|number|ref|reference|id|#))|^(?:check|cheque) ?#|^zahlungs?-?(?:nummer|nr|referenz|beleg)|^avis-?(?:nummer|nr)|^scheck-?(?:nummer|nr)|^(?:n°|numéro|référence|réf) (?:de |du )?(?:paiement|règlement|virement|chèque)|^(?:n\.?º|número|referencia) (?:de |del )?(?:pago|cheque|transferencia)|^betalings(?:nummer|kenmerk|referentie)/],
  ['method', /^payment (?:method|type|mode)|^method of payment|^zahlungs(?:art|weg)|^mode de (?:paiement|règlement)|^(?:forma|método) de pago|^betaal(?:wijze|methode)/],
  ['currency', /^currency|^währung|^devise|^moneda|^divisa|^valuta|^munt/],
  ['payee', /^payee|^pay(?:able)? to|^paid to|^to the order of|^(?:vendor|supplier)(?: name)?$|^(?:zahlungs)?empfänger|^lieferant$|^bénéficiaire|^fournisseur$|^beneficiario|^proveedor$|^begunstigde|^leverancier$/],
  ['payer', /^payer|^payor|^remitter|^paid by|^ordering party|^zahler|^auftraggeber|^zahlungspflichtiger|^donneur d['’]ordre|^payeur|^ordenante|^pagador|^opdrachtgever|^betaler/],
];

/** A labelled value and where it stands. */
export interface LabelledValue {
  readonly fact: AdviceFact;
  readonly value: string;
  readonly row: PageRow;
  readonly cell: PageCell;
}

/** Points by which a value may stand left or right of the label above it. */
const BELOW_TOLERANCE = 6;

/** Labels with their values: in the same cell behind a colon, in the next cell, or right below. */
export function labelledValues(rows: readonly PageRow[], index: number): LabelledValue[] {
  const row = rows[index];
  if (row === undefined) return [];
  return row.cells.flatMap((cell, place): LabelledValue[] => {
    const colon = cell.text.search(/[:：]/);
    const head = colon === -1 ? cell.text : cell.text.slice(0, colon);
    const fact = factOf(head) ?? factOf(head.replace(/\s[\p{Sc}A-Z]{0,4}\s?[\d.,'’ ()-]+$/u, ''));
    if (fact === null) return [];
    const inside = colon === -1 ? /^.*?[\p{L}#.]\s+((?:[\p{Sc}]|[A-Z]{3}\s)?\s?[-(]?\d[\d.,'’ ]*[)-]?)$/u.exec(cell.text)?.[1] ?? '' : cell.text.slice(colon + 1).trim();
    if (inside !== '') return [{ fact, value: inside, row, cell }];
    const next = row.cells[place + 1];
    if (next !== undefined && factOf(next.text.replace(/[:：].*$/, '')) === null) return [{ fact, value: next.text, row, cell: next }];
    const below = rows[index + 1];
    const under = below?.page === row.page ? below.cells.find(({ x, right }) => x <= cell.right + BELOW_TOLERANCE && right >= cell.x - BELOW_TOLERANCE) : undefined;
    if (below === undefined || under === undefined || factOf(under.text) !== null) return [];
    return [{ fact, value: under.text, row: below, cell: under }];
  });
}

export function factOf(text: string): AdviceFact | null {
  const label = text.toLowerCase().replace(/[\s.:：]+/g, ' ').trim();
  if (label === '' || label.length > 60) return null;
  return LABELS.find(([, pattern]) => pattern.test(label))?.[0] ?? null;
}
