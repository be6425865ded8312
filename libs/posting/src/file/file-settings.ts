import type { Json } from '#canonical';
import { readFileLane, type FileLaneRow, type Transaction } from '#storage';
import { CLOSING_DEFAULT, CONFIRM_WITHIN_MINUTES_DEFAULT, closingProblems, type ClosingPolicy } from '../rules/batch-closing.js';

/** How a connection's file lane works. */
export interface FileSettings {
  readonly closing: ClosingPolicy;
  /** After a delivery; what nobody confirmed by then goes to a person. */
  readonly confirmWithinMinutes: number;
  /** Where the payments are read whose appearance confirms a posting: this connection itself, or a linked one. */
  readonly confirmByConnectionId: string;
}

export async function readFileSettings(transaction: Transaction, connectionId: string): Promise<FileSettings> {
  return fileSettingsOf(await readFileLane(transaction, connectionId), connectionId);
}

export function fileSettingsOf(row: FileLaneRow | null, connectionId: string): FileSettings {
  return {
    closing: asClosingPolicy(row?.closing ?? null), confirmWithinMinutes: row?.confirmWithinMinutes ?? CONFIRM_WITHIN_MINUTES_DEFAULT, confirmByConnectionId: row?.confirmByConnectionId ?? connectionId,
  };
}

export async function confirmWithinMs(transaction: Transaction, connectionId: string): Promise<number> {
  return (await readFileSettings(transaction, connectionId)).confirmWithinMinutes * 60_000;
}

/** What is stored was checked when it was stored; anything else is the default. */
function asClosingPolicy(stored: Json): ClosingPolicy {
  if (stored === null || typeof stored !== 'object' || Array.isArray(stored)) return CLOSING_DEFAULT;
  const policy = stored as unknown as ClosingPolicy;
  return closingProblems(policy).length === 0 ? policy : CLOSING_DEFAULT;
}
