import type { EntityName, JsonObject, LocalDate, PostingIntent } from '#canonical';
import type { IntentShape } from '#connector-kit/testing';

/** The books behind the files: rows of each entity by id. Every drop lists all of them, as a nightly snapshot does. */
export class FlatFileBooks {
  readonly #rows = new Map<EntityName, Map<string, Record<string, string>>>();
  #count = 0;

  add(entity: EntityName, count: number): readonly string[] {
    const rows = this.#rows.get(entity) ?? new Map<string, Record<string, string>>();
    this.#rows.set(entity, rows);
    return Array.from({ length: count }, () => {
      this.#count += 1;
      const externalId = `${entity}-${this.#count}`;
      rows.set(externalId, { externalId, name: `${entity} ${this.#count}`, edits: '0' });
      return externalId;
    });
  }

  edit(entity: EntityName, externalId: string): void {
    const row = this.#rows.get(entity)?.get(externalId);
    if (row === undefined) throw new Error(`there is no ${entity} ${externalId}`);
    row['edits'] = String(Number(row['edits']) + 1);
  }

  remove(entity: EntityName, externalId: string): void {
    this.#rows.get(entity)?.delete(externalId);
  }

  snapshot(entity: EntityName): Uint8Array {
    return jsonLines([...this.#rows.get(entity)?.values() ?? []]);
  }
}

/** As the layout of these specs writes it. */
export function jsonLines(rows: readonly JsonObject[]): Uint8Array {
  return Buffer.from([...rows.map((row) => JSON.stringify(row)), JSON.stringify({ rows: rows.length }), ''].join('\n'));
}

/** Rows of a rendered file. */
export function rowsOf(bytes: Uint8Array): readonly JsonObject[] {
  return Buffer.from(bytes).toString().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as JsonObject).filter((row) => row['rows'] === undefined);
}

/** Fresh intents; no two share a document. */
export class FlatFileIntents {
  #count = 0;

  next(shape: IntentShape): PostingIntent {
    this.#count += 1;
    const number = this.#count;
    const usd = (minor: bigint): PostingIntent['amount'] => ({ minor, currency: 'USD' });
    const share = (name: string, amount: bigint, open: bigint): PostingIntent['invoices'][number] => ({ externalId: `${name}-${number}`, number: `${name.toUpperCase()}${number}`, lineExternalId: null, amount: usd(amount), openBefore: usd(open) });
    const base = {
      idempotencyKey: `pay_${number}`, customerExternalId: `customer-${number}`, companyExternalId: null, postedOn: '2026-03-10' as LocalDate, bankAccountExternalId: 'bank-1',
      receivablesAccountExternalId: null, reference: `TRN ${number}`, memo: null, credits: [], writeOffs: [], onAccount: usd(0n),
    };
    switch (shape) {
      case 'inFull': return { ...base, amount: usd(100_00n), invoices: [share('i', 100_00n, 100_00n)] };
      case 'several': return { ...base, amount: usd(150_00n), invoices: [share('i', 90_00n, 90_00n), share('j', 40_00n, 70_00n)], onAccount: usd(20_00n) };
      case 'withCredit': return { ...base, amount: usd(80_00n), invoices: [share('i', 100_00n, 100_00n)], credits: [share('c', 20_00n, 50_00n)] };
      case 'withWriteOff': return { ...base, amount: usd(95_00n), invoices: [share('i', 95_00n, 100_00n)], writeOffs: [{ ...share('i', 5_00n, 100_00n), accountExternalId: 'write-off', reasonCode: 'small' }] };
    }
  }
}

/** A target's answer to a file: the first posting refused, the others booked. */
export function answerTo(bytes: Uint8Array, problem: string): Uint8Array {
  return jsonLines(rowsOf(bytes).map((row, index): JsonObject => {
    const stepKey = String(row['stepKey']);
    return index === 0 ? { stepKey, status: 'Rejected', reason: problem } : { stepKey, status: 'BOOKED', externalId: `B-${index}`, total: String(row['amount']) };
  }));
}

