import { ENTITY_NAMES, OPERATIONS, type EntityName, type OperationName } from '#canonical';
import { isOffered, type Capabilities, type OperationCapability } from '#connector-kit';
import { FlagField, IntegerField, OneOfField, OR_NULL, PartsField, TextField } from '../wire/fields.js';

/** One record type: whether it can be read, and how changes and deletions show. */
export class ReadCapabilityBody {
  @OneOfField(ENTITY_NAMES, 'The record type')
  entity!: EntityName;

  @FlagField('Whether it can be read')
  offered!: boolean;

  @OneOfField(['updatedSince', 'opaqueCursor', 'newFiles', 'none'], 'How changes are found; null when it is not read', OR_NULL)
  changes!: string | null;

  @OneOfField(['tombstone', 'ids', 'invisible'], 'How a deletion shows; null when it is not read', OR_NULL)
  deletions!: string | null;

  @TextField('Why it is not read; null when it is', OR_NULL)
  because!: string | null;
}

/** One operation: how it is done, or why it is not. */
export class OperationCapabilityBody {
  @OneOfField(OPERATIONS, 'The operation')
  operation!: OperationName;

  @FlagField('Whether the hub can do it')
  offered!: boolean;

  @OneOfField(['native', 'steps', 'file', 'manual', 'none'], 'How it is done')
  by!: OperationCapability['by'];

  @OneOfField(['uniqueKey', 'idempotencyHeader', 'repeatable', 'find', 'fileName'], 'What stops a repeated call from booking twice', OR_NULL)
  duplicateGuard!: string | null;

  @OneOfField(['immediate', 'later', 'never'], 'When the target tells the outcome', OR_NULL)
  outcome!: string | null;

  @IntegerField('Longest a sent request may still commit after we stopped waiting', OR_NULL)
  processingMsMax!: number | null;

  @TextField('Why it is not offered, in words for people; what an account needs for it where the standard does not have it; else null', OR_NULL)
  because!: string | null;
}

/** What can be done, as data (capability 119). */
export class CapabilitiesBody {
  @PartsField(() => ReadCapabilityBody, 'One per record type of the canonical model')
  read!: ReadCapabilityBody[];

  @PartsField(() => OperationCapabilityBody, 'One per operation')
  operations!: OperationCapabilityBody[];

  @OneOfField(['none', 'wakeOnly'], 'Whether the system can tell us of changes; such a call only starts a read sooner')
  webhooks!: Capabilities['webhooks'];
}

/**
 * @param offered what the connector itself can do: tells a gap of this account from a gap of the connector.
 */
export function capabilitiesBody(capabilities: Capabilities, offered: Capabilities, title: string): CapabilitiesBody {
  return {
    read: ENTITY_NAMES.map((entity) => readBody(entity, capabilities, offered, title)),
    operations: OPERATIONS.map((operation) => operationBody(operation, capabilities.operations[operation])),
    webhooks: capabilities.webhooks,
  };
}

function readBody(entity: EntityName, capabilities: Capabilities, offered: Capabilities, title: string): ReadCapabilityBody {
  const capability = capabilities.read[entity];
  if (capability !== undefined) return { entity, offered: true, changes: capability.changes, deletions: capability.deletions, because: null };
  const because = offered.read[entity] === undefined
    ? `the connector ${title} does not read this record type`
    : 'this account does not have it or does not let us read it: see `missing` of the last check';
  return { entity, offered: false, changes: null, deletions: null, because };
}

function operationBody(operation: OperationName, capability: OperationCapability): OperationCapabilityBody {
  if (!isOffered(capability)) {
    return { operation, offered: false, by: capability.by, duplicateGuard: null, outcome: null, processingMsMax: null, because: capability.because };
  }
  const { by, duplicateGuard, outcome, processingMsMax, needs } = capability;
  return { operation, offered: true, by, duplicateGuard, outcome, processingMsMax, because: needs === undefined ? null : `needs ${needs}` };
}
