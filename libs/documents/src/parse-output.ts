import { type AchEntry, type BankStatement, type DecimalText, formatMoney, type Json, type JsonObject, type Money, type ParsedDocument, type Remittance, type RemittanceLine, type StatementTransaction, type Where } from '#canonical';

/**
 * A read file as `tributary parse --json` prints it (`design/parse-output`): amounts are decimal strings in major units, days `YYYY-MM-DD`,
 * absent is null.
 */
export function parseOutput(document: ParsedDocument): JsonObject {
  const { format, version, refused, statements, remittances, entries, findings } = document;
  return {
    format, version, refused: refused === null ? null : { problem: refused.problem, where: placeOf(refused.where) },
    statements: statements.map(statementOf), remittances: remittances.map(remittanceOf), entries: entries.map(entryOf),
    findings: findings.map(({ severity, where, value, problem }) => ({ severity, where: placeOf(where), value, problem })),
  };
}

function statementOf({ account, bank, currency, asOf, sequence, status, balances, transactions }: BankStatement): Json {
  return {
    account, bank, currency, asOf, sequence, status,
    balances: balances.map(({ kind, code, amount, on }) => ({ kind, code, amount: formatMoney(amount), currency: amount.currency, on })),
    transactions: transactions.map(transactionOf),
  };
}

function transactionOf({ amount, payer, structuredReferences, lines, where, ...plain }: StatementTransaction): Json {
  const { bookedOn, valueOn, code, kind, reversal, pending, bankReference, customerReference, endToEndId, checkNumber, memo } = plain;
  return {
    bookedOn, valueOn, amount: formatMoney(amount), currency: amount.currency, code, kind, reversal, pending, bankReference, customerReference, endToEndId, checkNumber,
    payer: { name: payer.name, account: payer.account, id: payer.id }, memo, structuredReferences: [...structuredReferences], lines: lines.map(lineOf), where: placeOf(where),
  };
}

function remittanceOf({ payer, payee, reference, method, total, currency, paidOn, lines, sums, where }: Remittance): Json {
  return {
    payer: { name: payer.name, id: payer.id }, payee, reference, method, total: decimalOf(total), currency, paidOn, lines: lines.map(lineOf),
    sums: { lines: formatMoney(sums.lines), adjustments: formatMoney(sums.adjustments), difference: decimalOf(sums.difference) }, where: placeOf(where),
  };
}

function lineOf({ reference, kind, paid, gross, discount, adjustments, memo, where }: RemittanceLine): Json {
  return {
    reference, kind, paid: decimalOf(paid), gross: decimalOf(gross), discount: decimalOf(discount),
    adjustments: adjustments.map(({ amount, code, text, reference: claim }) => ({ amount: formatMoney(amount), code, text, reference: claim })), memo, where: placeOf(where),
  };
}

function entryOf({ amount, receiver: { name, id, account, bank }, where, ...plain }: AchEntry): Json {
  const { kind, code, title, standardEntryClass, trace, originalTrace, correctedData, information, settledOn } = plain;
  return {
    kind, code, title, amount: formatMoney(amount), currency: amount.currency, standardEntryClass, trace, originalTrace, receiver: { name, id, account, bank }, correctedData, information, settledOn,
    where: placeOf(where),
  };
}

function placeOf({ line, column, record, page }: Where): Json {
  return { line, column, record, page };
}

function decimalOf(money: Money | null): DecimalText | null {
  return money === null ? null : formatMoney(money);
}
