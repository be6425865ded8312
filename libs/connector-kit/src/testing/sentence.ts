import { ENTITY_NAMES, type EntityName, type OperationName } from '#canonical';
import { isOffered, type AnyConnector, type EntityReader, type OperationCapability, type ReadCapability, type WriteDoor } from '../index.js';
import { SentenceBroken } from './broken.js';
import type { ConnectorHarness, WriteHarness } from './harness.js';

/** `true`, or why a sentence says nothing about this connector. It follows from the capabilities alone. */
export type Applicability = true | { readonly because: string };

/** One sentence about one subject of one connector: what a test runs. */
export interface Case {
  readonly number: number;
  readonly title: string;
  /** Entity or operation; null when the sentence is about the connector as a whole. */
  readonly subject: EntityName | OperationName | null;
  readonly applies: Applicability;
  /** Runs against a harness that has just been started. @throws SentenceBroken, or whatever the connector let through. */
  check(harness: ConnectorHarness): Promise<void>;
}

/** A sentence of the contract. Jest and the coverage matrix walk the same list. */
export interface Sentence {
  readonly number: number;
  readonly title: string;
  cases(connector: AnyConnector): readonly Case[];
}

export interface EntityBench {
  readonly harness: ConnectorHarness;
  readonly entity: EntityName;
  readonly reader: EntityReader;
  readonly capability: ReadCapability;
}

export interface WriteBench {
  readonly harness: ConnectorHarness;
  readonly writes: WriteHarness;
  readonly door: WriteDoor;
}

export function ofConnector(number: number, title: string, sentence: {
  readonly applies?: (connector: AnyConnector) => Applicability;
  readonly check: (harness: ConnectorHarness) => Promise<void>;
}): Sentence {
  return {
    number, title,
    cases: (connector) => [{ number, title, subject: null, applies: sentence.applies?.(connector) ?? true, check: sentence.check }],
  };
}

/** One case for each entity the connector reads. */
export function ofEntity(number: number, title: string, sentence: {
  readonly applies?: (capability: ReadCapability, connector: AnyConnector, entity: EntityName) => Applicability;
  readonly check: (bench: EntityBench) => Promise<void>;
}): Sentence {
  const cases = (connector: AnyConnector): Case[] => ENTITY_NAMES.flatMap((entity) => {
    const capability = connector.capabilities.read[entity];
    if (capability === undefined) return [];
    const check = async (harness: ConnectorHarness): Promise<void> => {
      const reader = harness.connector.read[entity];
      if (reader === undefined) throw new SentenceBroken(`${entity} is declared and has no reader`);
      await sentence.check({ harness, entity, reader, capability });
    };
    return [{ number, title, subject: entity, applies: sentence.applies?.(capability, connector, entity) ?? true, check }];
  });
  return { number, title, cases };
}

type Offered = Extract<OperationCapability, { by: 'native' | 'steps' | 'file' }>;

/** One case, about one operation; it applies where that operation is offered. */
export function ofOperation(number: number, operation: OperationName, title: string, sentence: {
  readonly applies?: (capability: Offered, connector: AnyConnector) => Applicability;
  readonly check: (bench: WriteBench) => Promise<void>;
}): Sentence {
  const applies = (connector: AnyConnector): Applicability => {
    const capability = connector.capabilities.operations[operation];
    return isOffered(capability) ? sentence.applies?.(capability, connector) ?? true : { because: capability.because };
  };
  const check = async (harness: ConnectorHarness): Promise<void> => {
    const { writes, connector: { write: door } } = harness;
    if (door === undefined) throw new SentenceBroken(`${operation} is declared and there is no way to write`);
    if (writes === undefined) throw new SentenceBroken(`${operation} is declared and the harness brings no writes`);
    await sentence.check({ harness, writes, door });
  };
  return { number, title, cases: (connector) => [{ number, title, subject: operation, applies: applies(connector), check }] };
}
