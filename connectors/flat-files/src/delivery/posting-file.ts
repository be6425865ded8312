import { formatMoney, type JsonObject, type PlannedStep } from '#canonical';
import type { FileBatch, FileTools, RenderedFile } from '#connector-kit';
import type { OutboundSettings } from '../flat-file-settings.js';
import { fileNameOf } from './file-name.js';

const FIELD_OF = { currency: 'currency', company: 'companyExternalId', postedOn: 'postedOn', bankAccount: 'bankAccountExternalId' } as const;

/** Postings with the same text may share a file. */
export function batchKey({ body }: PlannedStep, { batchBy }: OutboundSettings): string {
  return batchBy.map((part) => `${part}=${textOf(body, FIELD_OF[part]) ?? ''}`).join(' ') || 'all';
}

/** The same batch gives the same name and bytes: nothing here knows a clock. @throws LayoutError for a value that the layout cannot hold. */
export function renderBatch(batch: FileBatch, outbound: OutboundSettings, tools: FileTools): RenderedFile {
  const { sequence, closedAt, closedOn, steps, control } = batch;
  const [{ body: first }] = steps;
  const company = textOf(first, 'companyExternalId');
  const file: JsonObject = {
    sequence: String(sequence), closedAt, closedOn, postings: String(control.postings), total: formatMoney(control.total), currency: control.total.currency,
    companyExternalId: company, postedOn: textOf(first, 'postedOn'), bankAccountExternalId: textOf(first, 'bankAccountExternalId'),
  };
  const name = fileNameOf(outbound.fileName, batch, company);
  return { name, bytes: tools.layout(outbound.layout).render({ file: { ...file, name }, details: steps.map(({ body }) => body) }) };
}

function textOf(body: JsonObject, field: string): string | null {
  const value = body[field];
  return typeof value === 'string' ? value : null;
}
