import { addMoney, type Money, negateMoney, type RemittanceAdjustment, type RemittanceLine, type RemittanceLineKind, subtractMoney, sumMoney, type Where } from '#canonical';

/** An item with its amount read. */
export interface ReadItem {
  readonly reference: string;
  readonly kind: RemittanceLineKind;
  readonly amount: Money | null;
  readonly where: Where;
}

/** A deduction with its amount read. */
export interface ReadDeduction {
  readonly target: string | null;
  readonly amount: Money | null;
  readonly text: string;
  readonly reference: string | null;
  readonly discount: boolean;
  readonly fromGross: boolean;
  readonly where: Where;
}

/** Whether the amounts that stand beside deductions are before them or after. `open` where the words leave it open. */
export type AmountReading = 'gross' | 'paid' | 'open';

/** The key two mentions of one number share. */
export function referenceKey(reference: string): string {
  return reference.replace(/\s/g, '').toUpperCase();
}

/** Lines of items and what was taken off them, amounts read as `reading` says. */
export function linesOf(items: readonly ReadItem[], deductions: readonly ReadDeduction[], reading: AmountReading): RemittanceLine[] {
  const left = new Set(deductions);
  const lines = items.map((item) => {
    const own = deductions.filter((deduction) => deduction.target !== null && deduction.amount !== null && left.has(deduction) && referenceKey(deduction.target) === referenceKey(item.reference));
    for (const deduction of own) left.delete(deduction);
    return itemLine(item, own, reading);
  });
  return [...lines, ...deductions.filter((deduction) => left.has(deduction)).map(deductionLine)];
}

function itemLine({ reference, kind, amount, where }: ReadItem, deductions: readonly ReadDeduction[], reading: AmountReading): RemittanceLine {
  const signed = amount !== null && kind === 'credit' && amount.minor > 0n ? negateMoney(amount) : amount;
  const base = { reference, kind, memo: null, where };
  if (deductions.length === 0) return { ...base, paid: signed, gross: null, discount: null, adjustments: [] };
  const currency = deductions[0]?.amount?.currency ?? signed?.currency ?? '';
  const discounts = deductions.filter((deduction) => deduction.discount).flatMap(amountOf);
  const adjustments = deductions.filter((deduction) => !deduction.discount).flatMap(adjustmentOf);
  const taken = sumMoney([...discounts, ...adjustments.map((adjustment) => negateMoney(adjustment.amount))], currency);
  const discount = discounts.length === 0 ? null : sumMoney(discounts, currency);
  const rest = { discount, adjustments };
  if (signed === null) return { ...base, paid: null, gross: null, ...rest };
  if (reading === 'paid') return { ...base, paid: signed, gross: addMoney(signed, taken), ...rest };
  const certain = reading === 'gross' || deductions.every(({ fromGross }) => fromGross);
  return { ...base, paid: certain ? subtractMoney(signed, taken) : null, gross: signed, ...rest };
}

function amountOf({ amount }: ReadDeduction): Money[] {
  return amount === null ? [] : [unsigned(amount)];
}

function adjustmentOf({ amount, text, reference }: ReadDeduction): RemittanceAdjustment[] {
  return amount === null ? [] : [{ amount: negateMoney(unsigned(amount)), code: null, text: text === '' ? null : text, reference }];
}

/** What is taken off the payment and not off one item. */
function deductionLine({ amount, text, reference, target, where }: ReadDeduction): RemittanceLine {
  const memo = [text, target === null ? '' : `(${target})`].filter((part) => part !== '').join(' ');
  return { reference: reference ?? '', kind: 'adjustment', paid: amount === null ? null : negateMoney(unsigned(amount)), gross: null, discount: null, adjustments: [], memo: memo === '' ? null : memo, where };
}

function unsigned(amount: Money): Money {
  return amount.minor < 0n ? negateMoney(amount) : amount;
}
