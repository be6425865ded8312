import { headerReader } from '../csv/header-words.js';
import type { RemittanceColumns } from './remittance-layout.js';

/** Roles of the layout, and three words that mean one of them only as long as no better word stands beside. */
export type RemittanceWord = keyof RemittanceColumns | 'anyReference' | 'anyAmount' | 'day';

/** Header words of payers' tables as {@link headerReader} wants them: English, German, French, Spanish, Dutch, Italian, Portuguese. */
const WORDS: Readonly<Record<RemittanceWord, string>> = {
  reference: 'invoice invoiceno invoicenumber invoicenr invoicenum invoiceid invoice# invoiceref invoicereference invoices inv invno invnumber inv# document documentno documentnumber document# docno docnumber doc# '
    + 'billno billnumber billreference supplierinvoice supplierinvoiceno vendorinvoice vendorinvoicenumber vendorinvoiceno yourinvoice yourinvoiceno invoicedocument rechnung rechnungsnummer rechnungsnr rechnungnr '
    + 'rechnungno rechnungen renr rgnr belegnummer belegnr beleg belegno dokumentnummer dokumentnr dokument facture factures numerofacture nofacture nfacture numfacture numerodefacture ndefacture nodefacture reffacture '
    + 'referencefacture piece numerodepiece nopiece factura facturas numerofactura nofactura nfactura numfactura numerodefactura ndefactura documento numerodocumento numerodedocumento ndocumento factuur factuurnummer '
    + 'factuurnr facturen documentnummer stuknummer fattura fatture numerofattura nfattura nrfattura fatturan numerodocumentofattura ndoc fatura faturas numerofatura numerodafatura nfatura notafiscal numerodanota ndafatura',
  kind: 'type documenttype doctype invoicetype transactiontype typ belegart dokumentart art typedocument typedepiece typededocument tipo tipodocumento tipodedocumento soort documentsoort tipodoc',
  paid: 'paid amountpaid paidamount amtpaid paidamt net netamount netamt netpaid netpay netpayment netamountpaid payment paymentamt amountremitted remitted amountapplied appliedamount thispayment amountofpayment '
    + 'zahlbetrag zahlungsbetrag gezahlt bezahlt gezahlterbetrag bezahlterbetrag nettobetrag netto auszahlungsbetrag uberweisungsbetrag zahlung montantpaye paye montantregle regle montantnet netapayer netpaye reglement '
    + 'paiement importepagado pagado montopagado neto importeneto netopagado pago betaald betaaldbedrag betaaldbedragen nettobedrag betaling importopagato pagato importonetto nettopagato pagamento valorpago valorliquido '
    + 'liquido montantepago',
  gross: 'gross grossamount grossamt invoiceamount invoiceamt invoicevalue invamount originalamount originalamt amountdue openamount openbalance invoicetotal billedamount documentamount docamount bruttobetrag brutto '
    + 'rechnungsbetrag belegbetrag ursprungsbetrag offenerbetrag montantbrut brut montantfacture montantttc ttc montantdu importebruto bruto importefactura importedelafactura brutobedrag factuurbedrag openstaandbedrag '
    + 'importolordo lordo importofattura totalefattura valorbruto valorfatura valordafatura montantebruto',
  discount: 'discount discounts discounttaken discountamount discountamt disc discamt discamount cashdiscount earlypaymentdiscount termsdiscount skonto skontobetrag rabatt escompte remise escompteobtenu descuento '
    + 'descuentos descuentoprontopago prontopago korting kortingen betalingskorting sconto sconti scontocassa abbuono desconto descontos',
  deduction: 'deduction deductions deductionamount deductionamt adjustment adjustments adjustmentamount adjamount adjamt adj chargeback chargebacks shortpay shortpayment withheld withholding allowance allowances '
    + 'claimamount abzug abzuge abzugsbetrag kurzung kurzungen minderung einbehalt retenue retenues ajustement ajustements deduccion deducciones ajuste ajustes retencion inhouding inhoudingen aftrek correctie '
    + 'deduzione deduzioni trattenuta trattenute rettifica ritenuta detrazione deducao deducoes retencao abatimento',
  deductionCode: 'deductioncode reasoncode adjustmentcode adjcode claimcode code abzugscode grundcode codemotif codigomotivo codigo redencode codicecausale codicemotivo',
  deductionReason: 'reason deductionreason adjustmentreason reasondescription deductiondescription grund abzugsgrund begrundung kurzungsgrund motif raison motifdeduction motivo razon motivodeduccion reden causale motivazione',
  purchaseOrder: 'po ponumber pono po# purchaseorder purchaseorderno purchaseordernumber customerpo order orderno ordernumber bestellung bestellnummer bestellnr auftragsnummer commande numerodecommande nocommande '
    + 'ncommande boncommande bondecommande pedido numerodepedido numeropedido ordendecompra ordencompra bestelling bestelnummer inkooporder ordine numeroordine ordineacquisto encomenda ordemdecompra',
  customer: 'customer customerno customernumber customerid customeraccount accountnumber accountno clientno kunde kundennummer kundennr debitor debitornummer client codeclient numeroclient noclient cliente '
    + 'codigocliente numerocliente klant klantnummer debiteur debiteurnummer codicecliente',
  payerName: 'payer payername remitter remittername customername companyname company paidby payor payorname from zahler auftraggeber firma payeur societe pagador ordenante empresa betaler bedrijf pagante ordinante azienda',
  payment: 'check checkno checknumber check# chk chk# cheque chequeno chequenumber cheque# paymentno paymentnumber payment# paymentid paymentreference paymentref eftnumber eftno eftreference traceno tracenumber trace '
    + 'remittanceno remittancenumber remittanceadvice remittanceadviceno adviceno scheck schecknummer schecknr zahlungsnummer zahlungsreferenz avisnummer avisnr avis numerocheque numerodecheque nocheque numeropaiement '
    + 'referencepaiement referencedepaiement numeropago numerodepago referenciapago referenciadepago betalingsnummer betalingskenmerk betalingsreferentie numeroassegno assegno numeropagamento riferimentopagamento '
    + 'referenciapagamento',
  paidOn: 'paymentdate paydate datepaid paidon checkdate chequedate remittancedate dateofpayment zahlungsdatum zahldatum zahlungstag datepaiement datedepaiement datereglement fechapago fechadepago betaaldatum '
    + 'betalingsdatum datapagamento datadipagamento datadepagamento',
  paymentAmount: 'paymentamount checkamount chequeamount checktotal chequetotal paymenttotal totalpayment totalpaid totalamount totalamountpaid remittanceamount remittancetotal zahlungssumme gesamtbetrag '
    + 'gesamtzahlung avisbetrag montantpaiement montantdupaiement montanttotal totalpaye importepago importedelpago importetotal totalpagado betalingsbedrag totaalbedrag totaalbetaald importopagamento importototale '
    + 'totalepagamento valorpagamento valortotal',
  currency: 'currency currencycode ccy curr cur wahrung wahrg waehrung munt valuta devise moneda divisa moeda',
  memo: 'description descriptions text details comment comments memo notes note remarks remark bemerkung beschreibung buchungstext verwendungszweck libelle commentaire descripcion concepto observaciones omschrijving '
    + 'opmerking opmerkingen descrizione descricao observacao',
  anyReference: 'reference ref referenceno referencenumber refno ref# yourreference yourref referenz referenznummer ihrereferenz ihrzeichen referencia ref vostroriferimento riferimento referentie uwreferentie item '
    + 'itemno itemnumber number nummer numero',
  anyAmount: 'amount amt betrag summe montant importe monto bedrag importo ammontare valor value quantia total',
  day: 'date invoicedate invdate documentdate docdate duedate postingdate datum rechnungsdatum belegdatum falligkeit falligkeitsdatum datefacture datedefacture datedocument dateecheance echeance fecha fechafactura '
    + 'fechadefactura vencimiento factuurdatum vervaldatum data datafattura scadenza datafatura datadafatura vencimento',
};

/** What a header cell of a payer's table means. */
export const remittanceHeaderMeaning = headerReader<RemittanceWord>(WORDS);

/** A row that sums others, by its first words. */
const TOTAL = /^\W*(?:grand |payment |check |cheque |remittance |net |overall )?(?:totals?|sum|sums|summe|gesamt(?:betrag|summe)?|endsumme|somme|totaux|suma|totaal|eindtotaal|totale|totali|soma|total g[eé]n[eé]ral|totale generale|total(?: amount)? paid|amount paid)\b/iu;
const SUBTOTAL = /^\W*(?:sub[- ]?totals?|zwischensumme|sous[- ]?total|subtotaal|subtotale|parziale)\b/iu;
/** `Totals` and a name are a section's; with nothing or figures behind it is the whole's. */
export function totalWord(text: string): 'total' | 'subtotal' | null {
  if (SUBTOTAL.test(text)) return 'subtotal';
  return TOTAL.test(text) ? 'total' : null;
}

const KINDS = [
  [/on account|prepay|advance|unapplied|a conto|akonto|anzahlung|acompte|a cuenta|acconto|por conta|vooruitbetaling/iu, 'onAccount'],
  [/credit|gutschrift|avoir|abono|nota de cr[eé]dito|creditnota|nota di credito|^cr$|^cm$/iu, 'credit'],
  [/debit|lastschrift|belastung|note de d[eé]bit|nota de d[eé]bito|nota di debito|debetnota|^dm$/iu, 'debit'],
  [/deduction|adjust|chargeback|allowance|claim|abz[uü]g|k[uü]rzung|d[eé]duction|retenue|ajust|deduc|inhouding|trattenut|rettific/iu, 'adjustment'],
  [/purchase order|bestellung|commande|pedido|bestelling|ordine/iu, 'purchaseOrder'],
  [/invoice|rechnung|facture|factura|factuur|fattura|fatura|^inv?$|^re$|^rg$/iu, 'invoice'],
] as const;

/** The kind of an item its words name; null when they name none. */
export function kindOf(words: string): (typeof KINDS)[number][1] | null {
  return words === '' ? null : KINDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
