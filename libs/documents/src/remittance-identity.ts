import { createHash } from 'node:crypto';
import { type AchEntry, canonicalJson, type Money, type Remittance } from '#canonical';

/** Hexadecimal digits kept of the hash: 160 bits. */
const IDENTITY_LENGTH = 40;

/**
 * Keys of remittances by their content: the same advice by mail and by folder, or sent again, is the same one; identical ones in one document
 * differ by how-manieth they are. Left out is where a thing stands and what is our reading rather than the payer's word (kinds, memos). The payer and
 * his way of paying too, where number, total and items say which payment it is: a mail adds its sender, an upload has none.
 */
export function identifyRemittances(remittances: readonly Remittance[]): readonly { readonly remittance: Remittance; readonly identity: string }[] {
  const occurrence = counter();
  return remittances.map((remittance) => {
    const { payer, reference, method, total, currency, paidOn, lines } = remittance;
    const isNamed = reference !== null && total !== null && lines.some(({ reference: item }) => item !== '');
    const content = canonicalJson([
      ...(isNamed ? ['named'] : [payer.id, plain(payer.name), method]), reference, amount(total), currency, paidOn,
      lines.map(({ reference: item, paid, gross, discount, adjustments }) => [item, amount(paid), amount(gross), amount(discount), adjustments.map((each) => [amount(each.amount), each.code])]),
    ]);
    return { remittance, identity: hashOf(content, occurrence(content)) };
  });
}

/** The same for returns and notifications of change. */
export function identifyEntries(entries: readonly AchEntry[]): readonly { readonly entry: AchEntry; readonly identity: string }[] {
  const occurrence = counter();
  return entries.map((entry) => {
    const { kind, code, amount: money, trace, originalTrace, receiver, correctedData, settledOn } = entry;
    const content = canonicalJson([kind, code, amount(money), trace, originalTrace, receiver.account, correctedData, settledOn]);
    return { entry, identity: hashOf(content, occurrence(content)) };
  });
}

function counter(): (content: string) => number {
  const seen = new Map<string, number>();
  return (content) => {
    const count = (seen.get(content) ?? 0) + 1;
    seen.set(content, count);
    return count;
  };
}

function hashOf(content: string, occurrence: number): string {
  return createHash('sha256').update(content).update(`\n${occurrence}`).digest('hex').slice(0, IDENTITY_LENGTH);
}

function amount(money: Money | null): string | null {
  return money === null ? null : `${money.minor}${money.currency}`;
}

function plain(text: string | null): string | null {
  return text === null ? null : text.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}
