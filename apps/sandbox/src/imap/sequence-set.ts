import { SyntaxProblem } from './command-reader.js';

/** `1:3,7,*` (RFC 3501, sequence-set): whether a number is in it; `*` is the largest there is. @throws SyntaxProblem */
export function sequenceSet(text: string, largest: number): (number: number) => boolean {
  const ranges = text.split(',').map((range) => {
    const ends = range.split(':').map((end) => endOf(end, largest));
    const [first = 0, last = first] = ends;
    if (ends.length > 2) throw new SyntaxProblem(`"${range}" is no range`);
    return [Math.min(first, last), Math.max(first, last)] as const;
  });
  return (number) => ranges.some(([first, last]) => first <= number && number <= last);
}

function endOf(text: string, largest: number): number {
  if (text === '*') return largest;
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new SyntaxProblem(`"${text}" is no number of a message`);
  return Number(text);
}
