import { type CurrencyCode, formatMinorUnits, type Money, type RemittanceAdjustment, type RemittanceLine, type RemittanceLineKind, type Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import { itemKindOf } from './item-kinds.js';
import { ENTITY_MEMO_LENGTH_MAX, REMITTANCE_ITEMS_MAX } from './limits.js';
import type { Segment } from './segment.js';
import { X12LimitError } from './segment-scanner.js';
import { parseX12Amount } from './x12-values.js';

const NO_ADJUSTMENTS: readonly RemittanceAdjustment[] = [];

/** Elements of the segment of an item: RMR, and RMT of versions before 003020. Zero: it has none. */
interface ItemElements {
  readonly action: number;
  readonly paid: number;
  readonly gross: number;
  readonly discount: number;
  readonly reason: number;
  readonly adjustment: number;
  readonly text: number;
}
const RMR: ItemElements = { action: 3, paid: 4, gross: 5, discount: 6, reason: 7, adjustment: 8, text: 0 };
const RMT: ItemElements = { action: 0, paid: 3, gross: 4, discount: 7, reason: 9, adjustment: 8, text: 10 };

/** What the amounts of a payment are counted in; they are read once it is known. */
export interface AmountUnit {
  readonly currency: CurrencyCode;
  readonly exponent: number;
}

/** Adjustment of an item in the making. */
type DraftAdjustment = { -readonly [Key in keyof RemittanceAdjustment]: RemittanceAdjustment[Key] };

interface Draft {
  readonly kind: RemittanceLineKind;
  readonly reference: string;
  readonly paid: bigint | null;
  readonly gross: bigint | null;
  readonly discount: bigint | null;
  /** The payer says himself that he pays a part. */
  readonly partial: boolean;
  /** RMT03 is there only where it differs from what the other amounts come to. */
  readonly paidFollows: boolean;
  readonly where: Where;
  adjustments: DraftAdjustment[] | null;
  memo: string;
}

/**
 * Items of one payment. The rule of the 820 (reference 4.2): an ADX below an RMR explains that item and is inside its paid amount already;
 * an ADX that stands before the first RMR of its ENT is a line of its own. Nothing is corrected: what does not balance is a finding.
 */
export class PaymentItems {
  readonly lines: RemittanceLine[] = [];
  itemsMinor = 0n;
  adjustmentsMinor = 0n;
  /** False once an amount could not be read; the sums cannot agree then. */
  complete = true;
  #draft: Draft | null = null;
  /** The item above could not be taken, so what explains it cannot either. */
  #dropped = false;
  #inItem = false;
  /** Of the entity: repeated in the memo of each of its items. */
  #entityMemo = '';
  #count = 0;

  constructor(private readonly unit: AmountUnit, private readonly findings: FindingList) {}

  /** @param segment ENT: whose items follow */
  entity(segment: Segment): void {
    this.#close();
    this.#inItem = false;
    this.#dropped = false;
    this.#entityMemo = '';
    if (segment.length > 2) this.#describeEntity(segment);
  }

  item(segment: Segment): void {
    this.#close();
    this.#bound(segment);
    this.#inItem = true;
    this.#dropped = false;
    const elements = segment.id === 'RMT' ? RMT : RMR;
    const paid = this.#amount(segment, elements.paid);
    if (paid === undefined) {
      this.#dropped = true;
      return;
    }
    const qualifier = segment.at(1);
    const action = elements.action === 0 ? '' : segment.at(elements.action);
    const kind = itemKindOf(qualifier, action);
    const draft: Draft = {
      kind, reference: segment.at(2), paid, gross: this.#amount(segment, elements.gross) ?? null, discount: this.#amount(segment, elements.discount) ?? null,
      partial: action === 'PP', paidFollows: elements === RMT, where: segment.where(), adjustments: null, memo: kind === 'other' && qualifier !== '' ? `${segment.id}01 ${qualifier}` : '',
    };
    this.#draft = draft;
    if (elements.text > 0 && segment.at(elements.text) !== '') this.#append(draft, segment.at(elements.text));
    if (segment.length > elements.reason) this.#ownAdjustment(draft, segment, elements);
  }

  adjustment(segment: Segment): void {
    this.#bound(segment);
    if (this.#dropped) return;
    const amount = this.#amount(segment, 1);
    if (amount === undefined || amount === null) {
      if (amount === null) this.findings.error(segment.where(), segment.text(), 'the adjustment has no amount; it was not taken');
      return;
    }
    const adjustment: DraftAdjustment = { amount: this.#money(amount), code: segment.at(2) || null, text: null, reference: segment.at(4) || null };
    if (this.#inItem) {
      if (this.#draft !== null) (this.#draft.adjustments ??= []).push(adjustment);
      return;
    }
    this.#close();
    this.#draft = {
      kind: 'adjustment', reference: adjustment.reference ?? '', paid: amount, gross: null, discount: null, partial: false, paidFollows: false, where: segment.where(), adjustments: [adjustment],
      memo: segment.at(3) === '' ? '' : `ADX03 ${segment.at(3)}`,
    };
  }

  /** Any other segment: of the item or adjustment above, or of the entity. */
  detail(segment: Segment): void {
    const draft = this.#draft;
    if (draft === null) {
      this.#describeEntity(segment);
      return;
    }
    const last = draft.adjustments?.at(-1);
    if (segment.id === 'NTE' && last !== undefined && last.text === null) last.text = segment.at(2) || null;
    else this.#append(draft, segment.text());
  }

  end(): void {
    this.#close();
  }

  #describeEntity(segment: Segment): void {
    if (this.#entityMemo.length >= ENTITY_MEMO_LENGTH_MAX) return;
    const memo = joined(this.#entityMemo, segment.text());
    if (memo.length > ENTITY_MEMO_LENGTH_MAX) this.findings.warning(segment.where(), segment.text(), `what is said of this entity has more than ${ENTITY_MEMO_LENGTH_MAX} characters; the first were kept`);
    this.#entityMemo = memo.slice(0, ENTITY_MEMO_LENGTH_MAX);
  }

  /** RMR07 and 08: an adjustment without a segment of its own. */
  #ownAdjustment(draft: Draft, segment: Segment, elements: ItemElements): void {
    const amount = this.#amount(segment, elements.adjustment);
    if (amount === undefined || amount === null) {
      if (amount === null && segment.at(elements.reason) !== '') this.#append(draft, `${segment.id}${String(elements.reason).padStart(2, '0')} ${segment.at(elements.reason)}`);
      return;
    }
    draft.adjustments = [{ amount: this.#money(amount), code: segment.at(elements.reason) || null, text: null, reference: null }];
  }

  /** Undefined when something is written that is no amount: it is a finding then. */
  #amount(segment: Segment, element: number): bigint | null | undefined {
    const quick = segment.minorAt(element, this.unit.exponent);
    if (quick !== null) return quick;
    const text = segment.at(element);
    if (text === '') return null;
    const minor = parseX12Amount(text, this.unit.exponent);
    if (typeof minor === 'bigint') return minor;
    this.complete = false;
    this.findings.error(segment.where(element), text, `the amount cannot be read: ${minor}; what it belongs to was not taken`);
    return undefined;
  }

  #append(draft: Draft, text: string): void {
    if (draft.memo.length >= MEMO_LENGTH_MAX) return;
    const memo = joined(draft.memo, text);
    if (memo.length > MEMO_LENGTH_MAX) this.findings.warning(draft.where, text, `the detail of this item has more than ${MEMO_LENGTH_MAX} characters; the first were kept`);
    draft.memo = memo.slice(0, MEMO_LENGTH_MAX);
  }

  #close(): void {
    const draft = this.#draft;
    if (draft === null) return;
    this.#draft = null;
    const { kind, reference, gross, discount, where } = draft;
    const adjustments = draft.adjustments ?? NO_ADJUSTMENTS;
    const paid = draft.paid ?? (draft.paidFollows && gross !== null ? balanced(gross, discount, adjustments) : null);
    if (paid !== null && kind === 'adjustment') this.adjustmentsMinor += paid;
    else if (paid !== null) this.itemsMinor += paid;
    if (paid !== null && gross !== null) this.#checkItem(draft, paid, balanced(gross, discount, adjustments));
    const memo = joined(this.#entityMemo, draft.memo);
    this.lines.push({
      reference, kind, paid: paid === null ? null : this.#money(paid), gross: gross === null ? null : this.#money(gross),
      discount: discount === null ? null : this.#money(discount), adjustments, memo: memo === '' ? null : memo, where,
    });
  }

  #checkItem(draft: Draft, paid: bigint, expected: bigint): void {
    if (paid === expected || draft.partial) return;
    const { exponent } = this.unit;
    const [is, should, gap] = [paid, expected, paid - expected].map((minor) => formatMinorUnits(minor, exponent));
    this.findings.warning(draft.where, draft.reference, `paid ${is}, but gross less discount plus adjustments is ${should}: a gap of ${gap} has no reason`);
  }

  #bound(segment: Segment): void {
    this.#count += 1;
    if (this.#count > REMITTANCE_ITEMS_MAX) throw new X12LimitError(`one payment has more than ${REMITTANCE_ITEMS_MAX} items; split it`, whereAt(segment.line, segment.column, `segment ${segment.number}`));
  }

  #money(minor: bigint): Money {
    return { minor, currency: this.unit.currency };
  }
}

function balanced(gross: bigint, discount: bigint | null, adjustments: readonly RemittanceAdjustment[]): bigint {
  let sum = discount === null ? gross : gross - discount;
  for (const { amount } of adjustments) sum += amount.minor;
  return sum;
}

function joined(left: string, right: string): string {
  if (left === '') return right;
  return right === '' ? left : `${left}\n${right}`;
}
