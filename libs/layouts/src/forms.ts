import { readAmount, writeAmount, type AmountStyle } from './amounts.js';
import { readTime, writeTime, type DayFormat } from './dates.js';
import { coverFormula, uncoverFormula } from './formulas.js';
import { shown, ValueProblem } from './value-problem.js';

/** How one field's text becomes the hub's (plain decimals, `YYYY-MM-DD`, the hub's codes) and back. */
export interface FieldForm {
  readonly kind: 'text' | 'amount' | 'date' | 'time' | 'integer' | 'code';
  /** `exponent`: decimal places of the value's currency; null where the layout names none. @throws ValueProblem */
  read(text: string, exponent: number | null): string;
  /** @throws ValueProblem */
  write(text: string, exponent: number | null): string;
  /** True where {@link FieldForm.read} and write want the exponent. */
  readonly needsCurrency: boolean;
  readonly padding: { readonly character: string; readonly justify: 'left' | 'right' };
}

export interface TextStyle {
  readonly formulas: 'harmless' | 'asIs';
  readonly trim: boolean;
  /** What happens to tabs and line breaks when written. */
  readonly breaks: 'keep' | 'blank' | 'refuse';
  /** Characters the target takes; null where it says nothing. */
  readonly length: number | null;
  readonly tooLong: 'cut' | 'refuse';
}

const BLANKS = { character: ' ', justify: 'left' } as const;
const ZEROS = { character: '0', justify: 'right' } as const;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export function textForm(style: TextStyle, padding: FieldForm['padding'] = BLANKS): FieldForm {
  const uncover = style.formulas === 'harmless' ? uncoverFormula : (text: string): string => text;
  return {
    kind: 'text', needsCurrency: false, padding,
    read: style.trim ? (text) => uncover(text.trim()) : uncover,
    write: (text) => {
      if (CONTROL.test(text)) throw new ValueProblem(`${shown(text)} holds a control character`);
      const flat = withoutBreaks(style.trim ? text.trim() : text, style);
      const fitting = style.length === null || flat.length <= style.length ? flat : cutTo(flat, style.length, style.tooLong);
      return style.formulas === 'harmless' ? coverFormula(fitting) : fitting;
    },
  };
}

function withoutBreaks(text: string, style: TextStyle): string {
  if (style.breaks === 'keep' || !/[\t\r\n]/.test(text)) return text;
  if (style.breaks === 'refuse') throw new ValueProblem(`${shown(text)} holds a tab or a line break`);
  return text.replace(/\r\n|[\t\r\n]/g, ' ');
}

/** @throws ValueProblem unless the layout lets it be cut. Never through a surrogate pair. */
export function cutTo(text: string, length: number, tooLong: 'cut' | 'refuse'): string {
  if (tooLong === 'refuse') throw new ValueProblem(`${shown(text)} has ${text.length} characters, more than ${length}`);
  const cut = text.slice(0, length);
  const last = cut.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}

export function amountForm(style: AmountStyle, padding: FieldForm['padding'] | null): FieldForm {
  return {
    kind: 'amount', needsCurrency: style.decimals === 'currency', padding: padding ?? ZEROS,
    read: (text, exponent) => readAmount(text, style, exponent),
    write: (text, exponent) => writeAmount(text, style, exponent),
  };
}

export function dateForm(format: DayFormat): FieldForm {
  return { kind: 'date', needsCurrency: false, padding: BLANKS, read: format.read, write: format.write };
}

export function timeForm(format: string): FieldForm {
  return { kind: 'time', needsCurrency: false, padding: BLANKS, read: (text) => readTime(text, format), write: (text) => writeTime(text, format) };
}

const INTEGER = /^-?\d{1,36}$/;

/** Whole numbers, without leading zeros on the hub's side. */
export function integerForm(padding: FieldForm['padding'] | null): FieldForm {
  const check = (text: string): string => {
    if (!INTEGER.test(text)) throw new ValueProblem(`${shown(text)} is not a whole number`);
    return text.length === 1 ? text : BigInt(text).toString();
  };
  return { kind: 'integer', needsCurrency: false, padding: padding ?? ZEROS, read: check, write: check };
}

/** `of`: the hub's word to the file's. Both ways closed: an unlisted word is refused. */
export function codeForm(of: ReadonlyMap<string, string>): FieldForm {
  const back = new Map([...of].map(([hub, file]) => [file, hub]));
  const translate = (table: ReadonlyMap<string, string>) => (text: string): string => {
    const word = table.get(text);
    if (word === undefined) throw new ValueProblem(`${shown(text)} is not one of ${[...table.keys()].join(', ')}`);
    return word;
  };
  return { kind: 'code', needsCurrency: false, padding: BLANKS, read: translate(back), write: translate(of) };
}
