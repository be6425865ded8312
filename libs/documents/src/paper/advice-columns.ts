import type { PageRow } from './page-rows.js';

/** What a column of an advice can mean. */
export type AdviceColumn = 'reference' | 'day' | 'gross' | 'discount' | 'deduction' | 'paid' | 'memo' | 'order' | 'currency';

/** Header words; the first that fits counts. `amount` is what a bare word for money is before the other columns are known. */
const WORDS: readonly (readonly [AdviceColumn | 'amount', RegExp])[] = [
  ['day', /\bdate\b|datum|\bfecha\b|échéance|\bdue\b|fällig/],
  ['discount', /\bdisc|skonto|rabatt|escompte|remise|descuento|korting/],
  ['deduction', /deduct|adjust|charge ?back|withh|abzug|abzüge|kürzung|einbehalt|retenue|déduction|deducci|ajuste|retenci|inhouding|aftrek/],
  ['order', /purchase order|\bpo\b|\border\b|bestell|commande|pedido/],
  ['currency', /currency|^curr?$|^ccy$|währung|devise|moneda|valuta/],
  ['gross', /gross|brutto|\bbrut\b|\bbruto\b|original|open amount|(?:invoice|inv\.?|document|doc\.?|rechnungs|beleg)\s?-?(?:amount|amt|value|betrag)|montant (?:de la )?facture|importe (?:de la )?factura|factuurbedrag/],
  ['paid', /\bpaid\b|\bnet\b|\bnetto|payment|remitted|zahl(?:ungs)?betrag|gezahlt|bezahlt|payé|réglé|\bnet à payer|pagado|\bneto\b|betaald/],
  ['amount', /amount|\bamt\b|betrag|montant|importe|bedrag|\btotal\b|\beur\b|\busd\b|\bgbp\b/],
  ['reference', /invoice|\binv\b|document|\bdoc\b|\bbill\b|rechnung|beleg|facture|factura|factuur|reference|\bref|referenz|référence|referencia|kenmerk|\bnumber\b|^n[o°º]\.?$/],
  ['memo', /description|\btext\b|reason|comment|memo|bemerkung|beschreibung|libellé|motif|descripción|concepto|omschrijving/],
];

/** The header of an advice's table. */
export interface AdviceHeader {
  readonly row: PageRow;
  /** Meaning of each header cell; null where it is not known. */
  readonly roles: readonly (AdviceColumn | null)[];
}

/** A row that names an item and an amount; null for any other. */
export function adviceHeader(row: PageRow): AdviceHeader | null {
  if (row.cells.length < 2 || row.cells.some(({ text }) => /\d{3}/.test(text) || text.length > 60)) return null;
  const meanings = row.cells.map(({ text }) => WORDS.find(([, pattern]) => pattern.test(text.toLowerCase()))?.[0] ?? null);
  const amounts = meanings.filter((meaning) => meaning === 'amount' || meaning === 'gross' || meaning === 'paid').length;
  if (!meanings.includes('reference') && !meanings.includes('order')) return null;
  if (amounts === 0) return null;
  const roles: (AdviceColumn | null)[] = [];
  const seen = new Set<AdviceColumn>();
  const hasPaid = meanings.includes('paid');
  for (const [index, meaning] of meanings.entries()) {
    const role = meaning === 'amount' ? amountRole(meanings, index, hasPaid) : meaning === 'order' && !meanings.includes('reference') ? 'reference' : meaning;
    // The first of two columns of one meaning counts, the second is a text.
    roles.push(role !== null && seen.has(role) ? 'memo' : role);
    if (role !== null) seen.add(role);
  }
  // One amount alone is what is paid.
  return { row, roles: seen.has('paid') ? roles : roles.map((role) => (role === 'gross' && !seen.has('discount') && !seen.has('deduction') ? 'paid' : role)) };
}

/** A bare `Amount`: what is paid, unless another column says that better. */
function amountRole(meanings: readonly (AdviceColumn | 'amount' | null)[], index: number, hasPaid: boolean): AdviceColumn {
  if (hasPaid) return 'gross';
  const others = meanings.flatMap((meaning, place) => (meaning === 'amount' ? [place] : []));
  return others.length > 1 && others.at(-1) !== index ? 'gross' : 'paid';
}
