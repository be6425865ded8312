import { formatMoney, type Money, negateMoney, type Remittance, type RemittanceLine, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { remittanceSums } from '../remittance-sums.js';
import { amountStyle, currencyFinding, type KnownCurrency, readAmount } from '../text/prose-amounts.js';
import { type PlacedLine, PlacedText } from '../text/text-place.js';
import { scanTokens, type Token } from '../text/tokens.js';
import { MODEL_TEXT_LENGTH_MAX, MODEL_TIME_MS_MAX } from './limits.js';
import { type ModelAnswer, modelPrompt, readAnswer } from './model-answer.js';

/** A language model somebody switched on. This room asks it; who carries the question over a network is not its business. */
export interface DocumentModel {
  /** Said in findings. */
  readonly name: string;
  /** Answers a prompt with text. May throw: the document is then refused as if there were no model. */
  ask(prompt: string): Promise<string>;
}

/**
 * Asks a language model about a text that rules could not read. Its answer is believed only as far as the document vouches for it: every
 * number and amount must stand in the document literally, and the items must come to a stated total to the cent. What is taken is marked by
 * a warning; what is not is an error finding.
 */
export async function readByModel(lines: readonly PlacedLine[], model: DocumentModel, known: KnownCurrency, findings: FindingList): Promise<Remittance[]> {
  const placed = new PlacedText(lines);
  const whole: Where = placed.whereAt(0);
  if (placed.text.length > MODEL_TEXT_LENGTH_MAX) {
    findings.warning(whole, '', `the text is longer than the ${MODEL_TEXT_LENGTH_MAX} characters a language model is asked about`);
    return [];
  }
  const answer = await asked(model, placed.text);
  if (typeof answer !== 'string') return new Vouching(placed, model.name, known, findings).take(answer);
  findings.warning(whole, '', `the language model ${model.name} was asked and gave nothing: ${answer}`);
  return [];
}

async function asked(model: DocumentModel, text: string): Promise<ModelAnswer | string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => { timer = setTimeout(() => resolve(null), MODEL_TIME_MS_MAX); });
  try {
    const answer = await Promise.race([model.ask(modelPrompt(text)), late]);
    return answer === null ? `no answer within ${MODEL_TIME_MS_MAX / 1000} seconds` : readAnswer(answer);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Holds an answer against the document it is about. */
class Vouching {
  readonly #tokens: readonly Token[];
  readonly #style: ReturnType<typeof amountStyle>;

  constructor(private readonly placed: PlacedText, private readonly name: string, known: KnownCurrency, private readonly findings: FindingList) {
    this.#tokens = [...scanTokens(placed.text)];
    this.#style = amountStyle(this.#tokens.filter(({ kind }) => kind === 'amount'), known);
  }

  take(answer: ModelAnswer): Remittance[] {
    const lines = answer.lines.flatMap((line) => this.#line(line));
    const total = answer.total === null ? null : this.#amount(answer.total)?.money ?? null;
    const reference = answer.reference === null ? null : this.#literal(answer.reference) === -1 ? null : answer.reference.trim();
    const sums = remittanceSums(lines, total, this.#style.currency);
    const proven = lines.length > 0 && lines.length === answer.lines.length && lines.every(({ paid }) => paid !== null) && sums.difference?.minor === 0n;
    if (!proven) {
      for (const { where, reference: item, paid } of lines) this.findings.error(where, `${item} ${paid === null ? '' : formatMoney(paid)}`.trim(), `read by the language model ${this.name} and not proven by a stated total: not taken; enter it by hand if it is right`);
      return [];
    }
    const where = lines[0]?.where ?? this.placed.whereAt(0);
    this.findings.warning(where, total === null ? '' : formatMoney(total), `read by the language model ${this.name}: its items stand in the document and come to the stated total; compare them with it`);
    if (this.#style.assumed) this.findings.warning(where, '', currencyFinding('the text', this.#style.currency, this.#style.because));
    return [{ payer: { name: null, id: null }, payee: null, reference, method: null, total, currency: this.#style.currency, paidOn: null, lines, sums, where }];
  }

  #line({ reference, kind, amount }: ModelAnswer['lines'][number]): RemittanceLine[] {
    const at = this.#literal(reference);
    if (at === -1) {
      this.findings.error(this.placed.whereAt(0), reference, `the language model ${this.name} names a number that does not stand in the document; it was not taken`);
      return [];
    }
    const read = amount === null ? null : this.#amount(amount);
    if (amount !== null && read === null) return [];
    const money = read?.money ?? null;
    const paid = money !== null && kind === 'credit' && money.minor > 0n ? negateMoney(money) : money;
    return [{ reference, kind, paid, gross: null, discount: null, adjustments: [], memo: null, where: this.placed.whereAt(at) }];
  }

  /** Where a text stands in the document, not as a part of a longer number; -1 when it does not. */
  #literal(text: string): number {
    const wanted = text.trim();
    if (!/\d/.test(wanted)) return -1;
    for (let at = this.placed.text.indexOf(wanted); at !== -1; at = this.placed.text.indexOf(wanted, at + 1)) {
      const around = `${this.placed.text[at - 1] ?? ' '}${this.placed.text[at + wanted.length] ?? ' '}`;
      if (!/[\p{L}\d]/u.test(around)) return at;
    }
    return -1;
  }

  /** An amount of the document, found by its digits as written. */
  #amount(text: string): { money: Money } | null {
    const digits = /\d[\d.,'’\u00a0\u202f ]*\d|\d/.exec(text)?.[0] ?? '';
    const token = this.#tokens.find((one) => one.kind === 'amount' && one.digits === digits);
    const read = token === undefined ? 'it does not stand in the document as an amount' : readAmount(token, this.#style);
    if (typeof read !== 'string') return { money: read };
    this.findings.error(this.placed.whereAt(token?.at ?? 0), text, `an amount the language model ${this.name} names was not taken: ${read}`);
    return null;
  }
}
