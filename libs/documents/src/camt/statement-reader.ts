import { type BankStatement, type CurrencyCode, isCurrencyCode, type LocalDate, type StatementBalance } from '#canonical';
import type { ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import type { FindingList } from '../finding-list.js';
import { type XmlElement, XmlError } from '../xml/index.js';
import { dayIn, dayOf, isTrue, placeOf } from './camt-values.js';
import { EntryReader, type ReadEntry } from './entry-reader.js';
import { balanceOf, Footing } from './footing.js';
import { PARTS_MAX } from './limits.js';
import { accountOf } from './parties.js';

const OPENING: ReadonlySet<string> = new Set(['OPBD', 'PRCD']);
const AVAILABLE: ReadonlySet<string> = new Set(['OPAV', 'CLAV', 'ITAV', 'FWAV']);

/** Pages of one statement that went before, for its balances. */
export interface StatementPages {
  readonly key: string;
  readonly opening: StatementBalance | null;
  readonly footing: Footing;
}

/** Reads one `Stmt`, `Rpt` or `Ntfctn`: what comes before the entries, the entries as they come, the checks at its end. */
export class StatementReader {
  readonly #parts: XmlElement[] = [];
  readonly #balances: { readonly balance: StatementBalance; readonly place: XmlElement }[] = [];
  #head: { readonly account: string; readonly currency: CurrencyCode; readonly asOf: LocalDate } | null = null;
  #footing: Footing | null = null;
  #lostBeforeHead = 0;
  #headMissing = false;

  constructor(
    private readonly element: XmlElement, private readonly status: BankStatement['status'], private readonly sink: DocumentSink, private readonly options: ReadOptions, private readonly findings: FindingList,
  ) {}

  /** An element directly in the statement, one that is looked at (`elements.ts`). @throws XmlError beyond {@link PARTS_MAX} */
  add(part: XmlElement): void {
    if (this.#parts.length + this.#balances.length >= PARTS_MAX) throw new XmlError(`a statement has more than ${PARTS_MAX} elements beside its entries`, part.line, part.column);
    if (part.name !== 'Bal') {
      this.#parts.push(part);
      return;
    }
    const read = balanceOf(part, this.findings);
    if (read === null) return;
    this.#balances.push({ place: part, balance: { kind: kindOf(read.code), code: read.code, amount: read.amount, on: dayIn(part.at('Dt')) ?? dayOf(part.textAt('Dt')) } });
  }

  entry(entry: EntryReader): void {
    const read = entry.read({ account: this.#account() ?? '', asOf: this.#asOf() });
    if (read === null) {
      if (this.#footing === null) this.#lostBeforeHead += 1;
      else this.#footing.addLost();
      return;
    }
    this.#open(read);
    for (const transaction of this.#head === null ? [] : read.transactions) this.sink.transaction(transaction);
    this.#footing?.add(read.amount, read.transactions[0]?.pending ?? false);
  }

  /** Ends the statement and checks it. @param before pages of it that were read before; answers them with this one when more follow */
  finish(before: StatementPages | null): StatementPages | null {
    this.#open(null);
    const { account, sequence } = { account: this.#account() ?? '', sequence: this.#sequence() };
    if (this.#head === null || this.#footing === null) return null;
    const balances = this.#balances.map(({ balance }) => balance);
    this.sink.closeStatement(balances);
    this.#footing.checkSummary(this.#part('TxsSummry'), this.findings);
    const key = `${account}\n${sequence ?? ''}`;
    const goesOn = before?.key === key ? before : null;
    if (goesOn !== null) this.#footing.include(goesOn.footing);
    const opening = goesOn?.opening ?? balances.find(({ code }) => code === 'OPBD') ?? balances.find(({ code }) => code === 'PRCD') ?? null;
    if (this.#moreFollow()) return { key, opening, footing: this.#footing };
    const closing = this.#balances.find(({ balance }) => balance.code === 'CLBD');
    this.#footing.checkBalances(opening, closing?.balance ?? null, placeOf(closing?.place ?? this.element, closing === undefined ? this.element.name : 'Bal'), this.findings);
    return null;
  }

  #part(name: string): XmlElement | null {
    return this.#parts.find((part) => part.name === name) ?? null;
  }

  #moreFollow(): boolean {
    const pagination = this.#part('StmtPgntn') ?? this.#part('RptPgntn') ?? this.#part('NtfctnPgntn');
    return pagesFollow(pagination);
  }

  #sequence(): string | null {
    return this.#part('ElctrncSeqNb')?.textAt() ?? this.#part('LglSeqNb')?.textAt() ?? this.#part('Id')?.textAt() ?? null;
  }

  #account(): string | null {
    return accountOf(this.#part('Acct')) ?? this.options.account ?? null;
  }

  /** The closing day, else the end of the period, else the day the statement was made. */
  #asOf(): LocalDate | null {
    const closing = this.#balances.find(({ balance: { code, on } }) => code === 'CLBD' && on !== null)?.balance.on ?? null;
    const period = this.#part('FrToDt');
    return closing ?? dayOf(period?.textAt('ToDtTm') ?? period?.textAt('ToDt') ?? null) ?? dayOf(this.#part('CreDtTm')?.textAt() ?? null);
  }

  #currency(read: ReadEntry | null): CurrencyCode | null {
    const named = this.#part('Acct')?.textAt('Ccy') ?? null;
    if (named !== null && isCurrencyCode(named)) return named;
    const closing = this.#balances.find(({ balance: { code } }) => code === 'CLBD' || code === 'OPBD') ?? this.#balances[0];
    return this.options.currency ?? read?.amount.currency ?? closing?.balance.amount.currency ?? null;
  }

  /** Opens the statement in the sink once what it is is known: at its first entry, or at its end. */
  #open(read: ReadEntry | null): void {
    if (this.#head !== null || this.#headMissing) return;
    const [account, currency, asOf] = [this.#account(), this.#currency(read), this.#asOf() ?? read?.transactions[0]?.bookedOn ?? null];
    if (account === null || currency === null || asOf === null) {
      this.#headMissing = true;
      const missing = [account === null ? 'account (Acct)' : '', currency === null ? 'currency' : '', asOf === null ? 'day' : ''].filter((name) => name !== '').join(', ');
      this.findings.error(placeOf(this.element, this.element.name), '', `the statement names no ${missing}; nothing in it was taken`);
      return;
    }
    this.#head = { account, currency, asOf };
    this.#footing = new Footing(currency);
    for (let lost = this.#lostBeforeHead; lost > 0; lost -= 1) this.#footing.addLost();
    this.sink.openStatement({ account, bank: this.#bank(), currency, asOf, sequence: this.#sequence(), status: this.status });
  }

  #bank(): string | null {
    const servicer = this.#part('Acct')?.at('Svcr', 'FinInstnId') ?? null;
    return servicer?.textAt('BICFI') ?? servicer?.textAt('BIC') ?? servicer?.textAt('CmbndId', 'BIC') ?? servicer?.textAt('ClrSysMmbId', 'MmbId') ?? servicer?.textAt('Nm') ?? null;
  }
}

function kindOf(code: string): StatementBalance['kind'] {
  if (OPENING.has(code)) return 'opening';
  if (code === 'CLBD') return 'closing';
  return AVAILABLE.has(code) ? 'available' : 'other';
}

/** True where a message or a statement says that this is not its last page. */
export function pagesFollow(pagination: XmlElement | null): boolean {
  const last = pagination?.textAt('LastPgInd') ?? null;
  return last !== null && !isTrue(last);
}
