import { ConnectorError, type Checkpoint } from '#connector-kit';
import { z } from 'zod';

const VERSION = 1;
/** Files read and not yet moved away that a checkpoint can hold and stay far under 4 KiB. */
export const LEFT_MAX = 60;

const CHECKPOINT = z.object({ digest: z.string(), line: z.number(), whole: z.boolean(), replaying: z.boolean(), left: z.string() });

/** Where a read of files stands. A file is known by its content, so that one renamed meanwhile is the same, and one replaced is another. */
export interface Position {
  /** Content of the file last read from; empty before the first. */
  readonly digest: string;
  /** Last line of it that was taken. */
  readonly line: number;
  readonly whole: boolean;
  /** A full read goes through the archive before the folder; this is where it stands. */
  readonly replaying: boolean;
  /** Contents that were read and committed and are not known to have been moved away. */
  readonly left: readonly string[];
}

export const BEGINNING: Position = { digest: '', line: 0, whole: true, replaying: true, left: [] };

export function checkpointOf({ left, ...position }: Position): Checkpoint {
  return { version: VERSION, ...position, left: left.join(' ') };
}

/** @throws ConnectorError `invalid` for a checkpoint that is not of this version. */
export function positionOf(checkpoint: Checkpoint | null): Position {
  if (checkpoint === null) return BEGINNING;
  const found = checkpoint.version === VERSION ? CHECKPOINT.safeParse(checkpoint).data : undefined;
  if (found !== undefined) return { ...found, left: found.left === '' ? [] : found.left.split(' ') };
  throw new ConnectorError(`a checkpoint of version ${checkpoint.version} is not understood: ask for a full sync`, {
    kind: 'invalid', issues: [{ path: 'checkpoint.version', value: String(checkpoint.version), problem: `is not ${VERSION}` }],
  });
}
