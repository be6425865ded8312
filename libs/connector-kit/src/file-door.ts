import type { DecimalText, LocalDate, Money, PlannedStep, PostingIntent } from '#canonical';
import type { Context } from './context.js';
import type { Layout } from './layout.js';
import type { Plan, PlanTools, ReversalRequest } from './write-door.js';

/**
 * The way in for postings where the target takes files. Postings that belong together travel in one batch; the engine keeps the
 * batch (its sequence number, its bytes, their digest) before anything leaves, so a crash delivers the same file, never a second one.
 * `plan`, `planReversal`, `batchKeyOf` and `render` are pure.
 */
export interface FileDoor {
  /** One step per posting: its records in the file. */
  plan(intent: PostingIntent, tools: PlanTools): Plan;
  planReversal(original: ReversalRequest, tools: PlanTools): Plan;
  /** Postings with the same text may share a file: currency, company, deposit day, layout, as the layout demands. */
  batchKeyOf(step: PlannedStep, tools: FileTools): string;
  /** Postings one file takes at most. */
  batchPostingsMax(tools: FileTools): number;
  /** The same batch gives the same name and the same bytes, on every machine and on every day. */
  render(batch: FileBatch, tools: FileTools): RenderedFile;
  /**
   * Writes under a temporary name, then renames. Safe to repeat: the same name with the same bytes is `alreadyThere`.
   * @throws ConnectorError `conflict` where other bytes stand under the name; `outcomeUnknown` where the rename may have happened.
   */
  deliver(context: Context, file: RenderedFile): Promise<Delivery>;
  /**
   * Whether the file arrived, for deliveries without a trustworthy answer: `delivered` means these bytes, not this name. A target that takes
   * files away is asked for its archive too.
   * @throws ConnectorError `conflict` where other bytes stand under the name (`absent` is as good).
   */
  lookUp(context: Context, file: RenderedFile): Promise<'delivered' | 'absent' | 'unknown'>;
  /** What the target has answered about a delivered file so far; null while it has not, and always where it never does. */
  acknowledgement(context: Context, file: RenderedFile): Promise<Acknowledgement | null>;
}

export interface FileTools {
  /** The connection's settings. */
  readonly config: unknown;
  /** A file layout by its name. @throws RangeError for a name that no layout has; the message lists those there are. */
  layout(name: string): Layout;
}

/** Postings on their way into one file. */
export interface FileBatch {
  /** Counts up by one per connection, without holes: what a target checks for a file that got lost. */
  readonly sequence: number;
  /** What {@link FileDoor.batchKeyOf} said of all its steps. */
  readonly key: string;
  /** When the batch was closed; the only time a rendered file may show. ISO 8601, UTC. */
  readonly closedAt: string;
  /** That instant's day in the account's time zone. */
  readonly closedOn: LocalDate;
  readonly steps: readonly [PlannedStep, ...PlannedStep[]];
  readonly control: { readonly postings: number; readonly total: Money };
}

export interface RenderedFile {
  /** Without a folder. Holds the sequence number, so that no two batches share it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `byPerson`: nothing was sent; a person downloads the file from the hub and says so. */
export type Delivery = { readonly state: 'delivered'; readonly alreadyThere: boolean } | { readonly state: 'byPerson' };

/** The target's answer to one file, as far as it goes: steps it says nothing about stay open. */
export interface Acknowledgement {
  /** The target's own name for it: file name, execution id. */
  readonly source: string;
  /** By step key. */
  readonly answers: ReadonlyMap<string, FileAnswer>;
}

export type FileAnswer =
  /** `fields` and `applications`: what the answer repeats of the booking, in the words of the step's `expected`. */
  | {
    readonly state: 'booked';
    readonly externalId: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly applications: readonly { readonly externalId: string; readonly amount: DecimalText }[] | null;
  }
  | { readonly state: 'refused'; readonly problem: string }
  /** A part of it is in the target: nothing may be sent again, and it stays open until all of it is there or none. `problem`: what a person has to know and do. */
  | { readonly state: 'inPart'; readonly problem: string };
