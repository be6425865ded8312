import { canonicalToJson, parseJsonKeepingNumberText, type JsonObject } from '#canonical';
import { compileMapping, loadReadMapping, type CompiledMapping } from '#mapping';
import { atLeast, WrongResult, type BenchFigure } from './figure.js';

/** Plain hand-written code reaches about 670,000; a third of that keeps mapping far below the database's own pace. */
const INVOICES_PER_SECOND_MIN = 200_000;
const DISTINCT_RECORDS = 2_000;
const ROUNDS = 100;

const MAPPING = `
mapping: netsuite.invoice.read
version: 1
from: { connector: netsuite, record: invoice }
to: invoice
fields:
  externalId:         { from: id }
  number:             { from: tranId }
  customerExternalId: { from: entity.id }
  companyExternalId:  { from: subsidiary.id, optional: true }
  currency:           { from: currency.refName, via: currency }
  issuedOn:           { from: tranDate, via: date }
  dueOn:              { from: dueDate, via: date, optional: true }
  total:              { from: total, via: money }
  open:               { from: amountRemaining, via: money }
  status:             { from: status.id, via: oneOf, of: { A: open, B: paid, V: void } }
absent:
  purchaseOrder: not among the ten fields measured here
  memo: not among the ten fields measured here
  instalments: not among the ten fields measured here
`;

/** Invoices as a page of NetSuite answers holds them: parsed text, a new object each, so that no shape is cached too well. */
function invoices(): readonly JsonObject[] {
  const statuses = ['A', 'B', 'V'];
  const texts = Array.from({ length: DISTINCT_RECORDS }, (_, index) => JSON.stringify({
    links: [], id: String(10_000 + index), tranId: `INV${index}`, entity: { id: String(index % 97), refName: `Customer ${index % 97}` },
    subsidiary: { id: '1', refName: 'Honeycomb Inc.' }, currency: { id: '1', refName: index % 3 === 0 ? 'EUR' : 'USD' },
    tranDate: `2026-0${1 + (index % 9)}-1${index % 10}`, dueDate: index % 5 === 0 ? null : `2026-1${index % 3}-2${index % 9}`,
    total: index + 0.25, amountRemaining: index, status: { id: statuses[index % 3], refName: 'Open' },
    ...index % 2 === 0 ? { custbody_region: 'North', memo: 'second quarter' } : { custbody_channel: 'web' },
  }));
  return texts.map((text) => parseJsonKeepingNumberText(text) as JsonObject);
}

function recordsPerSecond(compiled: CompiledMapping, records: readonly JsonObject[]): number {
  let mapped = 0;
  for (let round = 0; round < ROUNDS / 4; round += 1) for (const record of records) compiled.apply(record);
  const start = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const record of records) if (compiled.apply(record).ok) mapped += 1;
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (mapped !== ROUNDS * records.length) throw new WrongResult(`only ${mapped} of ${ROUNDS * records.length} records were mapped`);
  return Math.round(mapped / seconds);
}

/** Invoices mapped per second on one core, without and with unclaimed fields going to `extras`. */
export async function run(): Promise<BenchFigure[]> {
  const records = invoices();
  const plain = compileMapping(loadReadMapping(`${MAPPING}  extras: not measured in this variant\n`, 'bench.yaml'));
  const withRest = compileMapping(loadReadMapping(`${MAPPING}ignore: { links: carries no data }\nrest: extras\n`, 'bench.yaml'));
  const [first] = records;
  if (first !== undefined) canonicalToJson(plain.apply(first));
  return [
    atLeast('mapping, ten-field invoices', recordsPerSecond(plain, records), 'records/s', INVOICES_PER_SECOND_MIN),
    atLeast('mapping, ten-field invoices with extras', recordsPerSecond(withRest, records), 'records/s', INVOICES_PER_SECOND_MIN),
  ];
}
