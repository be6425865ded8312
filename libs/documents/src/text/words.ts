/** The words by which payers explain a payment: English, German, French, Spanish, Dutch. Data; the longest phrase wins. */
export const PHRASES = {
  invoice: [
    'invoices?', 'invs?\\.?', 'bills?', 'rechnung(?:en)?', 'rechn\\.?', 'rg\\.?', 'rechnungsnummern?', 'rechnungs-?nr\\.?', 'rg-?nr\\.?', 're-?nr\\.?', 'faktura', 'factures?', 'fact\\.?',
    'facturas?', 'fras?\\.?', 'factu(?:ur|ren)', 'factuurnummers?', 'factuurnr\\.?',
  ],
  credit: [
    'credit (?:notes?|memos?)', 'credits?', 'gutschrift(?:en)?', 'gutschriftsnummern?', 'avoirs?', 'notes? de crédit', 'notas? de (?:crédito|abono)', 'abonos?',
    "creditnota['’]?s?", 'creditfactu(?:ur|ren)',
  ],
  debit: ['debit (?:notes?|memos?)', 'belastungsanzeigen?', 'notes? de débit', 'notas? de (?:débito|cargo)', "debetnota['’]?s?"],
  order: [
    'purchase orders?', 'orders?', 'p\\.?o\\.?', 'bestellung(?:en)?', 'bestellnummern?', 'bestell-?nr\\.?', 'auftrag', 'commandes?', 'bons? de commande', 'pedidos?', 'bestelling(?:en)?',
    'bestelnummers?', 'ordernummers?',
  ],
  cheque: ['che(?:que|ck)(?: (?:number|no|nr))?', 'scheck(?:nummer|-?nr)?', 'chèque', 'cheque'],
  trace: ['payment (?:reference|ref|number|no|id)', 'trace(?: (?:number|no))?', 'zahlungsreferenz', 'référence (?:de |du )?paiement', 'referencia de pago', 'betalingskenmerk'],
  stranger: [
    '(?:customer|client|vendor|supplier|account|acct|contract|debtor) (?:number|no|nr|id|code)', 'account', 'acct', 'konto', 'kunden-?(?:nummer|nr)', 'lieferanten-?(?:nummer|nr)', 'konto-?(?:nummer|nr)',
    'n(?:o|°|uméro) (?:de )?client', 'code client', 'número de cliente', 'klantnummer', 'debiteur(?:en)?nummer', 'rekening(?:nummer)?', 'vat(?: (?:number|no|id))?', 'ust-?id(?:nr)?',
    'steuernummer', 'tva', 'nif', 'cif', 'btw(?:-nummer)?', 'kvk', 'hrb', 'siret', 'siren', 'blz', 'bic', 'suite', 'room', 'floor', 'street', 'p\\.o\\. box', 'po box', 'postfach', 'boîte postale', 'apartado', 'postbus',
  ],
  number: ['numbers?', 'numéros?', 'números?', 'nummern?', 'nummers?', 'n\\s?[°º]', '№', '#', 'nrn?\\.?', 'nos?\\.?(?=[.:]?\\s*[#\\p{Lu}]{0,6}-?\\d)', 'núm\\.?', 'num\\.?'],
  payment: [
    'payments?', 'paid', 'pay(?:s|ing)?', 'remit(?:s|ted|tance|ting)?', 'transfer(?:s|red)?', 'wire[ds]?', 'sent', 'settle[sd]?', 'settlement', 'cover(?:s|ing|ed)?', 'zahlung(?:en)?', 'zahl(?:en|ten|t)', 'gezahlt',
    'bezahl(?:t|en|ung)', 'überwies(?:en)?', 'überweis(?:ung|en)', 'beglichen', 'begleichen', 'paiements?', 'payée?s?', 'pay(?:er|ons)', 'règl(?:ements?|ons|e)', 'réglée?s?', 'virements?', 'viré', 'pagos?',
    'paga(?:do|mos|das?|dos|r)', 'transferencia', 'transferi(?:do|mos)', 'betaling(?:en)?', 'betaald', 'betalen', 'betaalden', 'overgemaakt', 'overmaking', 'voldaan', 'overboeking',
  ],
  total: [
    'totals?', 'amounts?', 'total (?:amount|paid|payment)', 'amount (?:paid|remitted|transferred)', 'net amount', 'sum', 'gesamt(?:betrag|summe)?', 'summe', 'zahl(?:ungs)?betrag', 'überweisungsbetrag', 'betrag',
    'montants?', 'montant total', 'somme', 'importe', 'importe total', 'suma', 'totaal(?:bedrag)?', 'bedrag',
  ],
  less: [
    'less', 'minus', 'net of', 'after deduct(?:ing|ion of)', 'abzüglich', 'abzgl\\.?', 'unter abzug (?:von|der|des)', 'moins', 'déduction faite (?:de|du|des)', 'menos', 'descontando', 'verminderd met', 'onder aftrek van', 'min',
  ],
  deducted: [
    'short[- ]?pa(?:id|ying|yments?)', 'underpaid', 'underpayment', 'deduct(?:ed|ing|ions?)?', 'withh(?:eld|olding|old)', 'charge[- ]?backs?', 'charged back', 'took off', 'gekürzt', 'kürz(?:en|ung|ten)', 'abgezogen', 'abzug', 'abzüge', 'einbehalten',
    'déduite?s?', 'déductions?', 'déduisons', 'retenue?s?', 'dedu(?:cido|cción|jimos|cimos)', 'deducciones', 'descontado', 'descontamos', 'reten(?:ido|ción)', 'ingehouden', 'afgetrokken', 'in mindering(?: gebracht)?',
    'aftrek', 'te weinig betaald', 'gekort', 'zu wenig (?:be|ge)?zahlt',
  ],
  discount: ['(?:cash |early[- ]payment |prompt[- ]payment )?discounts?', 'skonto', 'rabatt', 'escompte', 'remise', 'descuento(?: por pronto pago)?', '(?:betalings)?korting'],
  negated: [
    'not', "(?:do|does|did|have|has|is|are|was|were|will|ca|could)n['’]t", "won['’]t", 'cannot', 'except(?:ing)?', 'excluding', 'without', 'disputed?', 'on hold', 'unpaid', 'outstanding', 'remains? open', 'still open', 'overdue', 'nicht', 'keine?r?', 'außer', 'ausgenommen', 'ohne', 'strittig', 'offen', 'noch offen',
    'pas', 'sauf', 'hors', 'impayée?s?', 'contestée?s?', 'en litige', 'excepto', 'salvo', 'sin', 'no (?:hemos|se|está|incl)', 'pendientes?', 'niet', 'geen', 'behalve', 'exclusief', 'openstaande?', 'betwist',
  ],
  request: ['cop(?:y|ies) of', '(?:re)?send (?:us|me)', 'please (?:re)?send', 'kopien?', '(?:zu)?schicken', 'zusenden', 'copies? d[eu]', 'envoyer', 'copias? de', 'enviar', 'sturen', 'kopie van'],
  onAccount: ['on account', 'advance payment', 'prepayment', 'down[- ]?payment', 'a ?konto', 'anzahlung', 'vorauszahlung', 'acompte', 'à valoir', 'a cuenta', 'anticipo', 'vooruitbetaling', 'aanbetaling'],
  because: ['due to', 'because of', 'owing to', 'on account of', 'wegen', 'auf ?grund', 'en raison d[eu]s?', 'à cause d[eu]s?', 'suite à', 'debido al?', 'a causa del?', 'vanwege', 'wegens', 'i\\.?v\\.?m\\.?'],
  list: ['and', 'und', 'sowie', 'et', 'ainsi que', 'y', 'e', 'en', 'plus', 'as well as'],
  range: ['through', 'thru', 'to', 'bis', 'hasta', 'tot', 't/m', 'au', 'à'],
  link: [
    'for', 'of', 'on', 'against', 'towards?', 'to', 'from', 'by', 'with', 'at', 'in the amount of', 'amounting to', 'for the amount of', 'the', 'our', 'your', 'über', 'für', 'auf', 'von', 'um', 'mit', 'in höhe von', 'i\\.?h\\.?v\\.?', 'zu', 'der', 'die', 'das', 'ihre[rn]?', 'unsere[rn]?',
    'pour', 'sur', 'de', 'du', 'des', 'la', 'le', 'les', 'votre', 'vos', "d['’]un montant de", 'pour un montant de', 'd', 'l', 'para', 'por', 'del', 'sobre', 'el', 'los', 'las', 'su', 'sus', 'por (?:un )?importe de', 'voor', 'op', 'van', 'met', 'ter waarde van', 'uw', 'het',
    'dated', 'vom', 'datée? du', 'fechada', 'gedateerd', 'ad', 'is', 'was',
  ],
} as const;
export type PhraseKind = keyof typeof PHRASES;

/** Letters before the digits of a number that say what it is, where no word does. */
export const REFERENCE_PREFIXES: Readonly<Record<'invoice' | 'credit' | 'debit' | 'purchaseOrder', readonly string[]>> = {
  invoice: ['INV', 'IN', 'SI', 'SINV', 'BILL', 'RE', 'RG', 'RNR', 'RECH', 'FA', 'FAC', 'FACT', 'FC', 'FT', 'FV', 'VF', 'F', 'R', 'I'],
  credit: ['CM', 'CN', 'CR', 'CRN', 'CRED', 'GS', 'GU', 'AV', 'AVO', 'NC', 'SCR'],
  debit: ['DM', 'DN', 'ND', 'DB'],
  purchaseOrder: ['PO', 'ORD', 'SO', 'BE', 'BC', 'CMD'],
};

/** Names of currencies in prose. Words of several countries are left out: a `$` or a `dollar` proves nothing. */
export const CURRENCY_NAMES: Readonly<Record<string, string>> = { euro: 'EUR', euros: 'EUR', 'us dollars': 'USD', 'us dollar': 'USD', 'us-dollar': 'USD', 'pounds sterling': 'GBP', 'us$': 'USD', 'c$': 'CAD', 'ca$': 'CAD', 'a$': 'AUD', 'au$': 'AUD', 'hk$': 'HKD', 'nz$': 'NZD', 's$': 'SGD', '€': 'EUR', '£': 'GBP' };
