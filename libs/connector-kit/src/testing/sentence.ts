import { ENTITY_NAMES, type EntityName, type OperationName } from '#canonical';
import { isOffered, type AnyConnector, type EntityReader, type FileDoor, type OperationCapability, type ReadCapability, type WriteDoor } from '../index.js';
import { SentenceBroken } from './broken.js';
import type { ConnectorHarness, FileHarness, WriteHarness } from './harness.js';

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

/** One case, about one operation; it applies where that operation is offered by calls. */
export function ofOperation(number: number, operation: OperationName, title: string, sentence: {
  readonly applies?: (capability: Offered, connector: AnyConnector) => Applicability;
  readonly check: (bench: WriteBench) => Promise<void>;
}): Sentence {
  const applies = (connector: AnyConnector): Applicability => {
    const capability = connector.capabilities.operations[operation];
    if (!isOffered(capability)) return { because: capability.because };
    return capability.by === 'file' ? { because: 'it goes by file' } : sentence.applies?.(capability, connector) ?? true;
  };
  const check = async (harness: ConnectorHarness): Promise<void> => {
    const { writes, connector: { write: door } } = harness;
    if (door === undefined) throw new SentenceBroken(`${operation} is declared and there is no way to write`);
    if (writes === undefined) throw new SentenceBroken(`${operation} is declared and the harness brings no writes`);
    await sentence.check({ harness, writes, door });
  };
  return { number, title, cases: (connector) => [{ number, title, subject: operation, applies: applies(connector), check }] };
}

export interface FileBench {
  readonly harness: ConnectorHarness;
  readonly files: FileHarness;
  readonly door: FileDoor;
}

/** One case; it applies where postings go by file. */
export function ofFileDoor(number: number, title: string, sentence: {
  readonly applies?: (capability: Offered) => Applicability;
  readonly check: (bench: FileBench) => Promise<void>;
}): Sentence {
  const applies = ({ capabilities: { operations: { post } } }: AnyConnector): Applicability => {
    if (!isOffered(post)) return { because: post.because };
    return post.by === 'file' ? sentence.applies?.(post) ?? true : { because: `postings go by ${post.by}, not by file` };
  };
  const check = async (harness: ConnectorHarness): Promise<void> => {
    const { files, connector: { fileDoor: door } } = harness;
    if (door === undefined || files === undefined) throw new SentenceBroken('postings by file are declared; the connector needs a file door and the harness must bring files');
    await sentence.check({ harness, files, door });
  };
  return { number, title, cases: (connector) => [{ number, title, subject: 'post', applies: applies(connector), check }] };
}
