import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, canonicalToJson, ENTITY_SCHEMAS, parseJsonKeepingNumberText, type Json, type JsonObject } from '#canonical';
import {
  compileMapping, compileWriteMapping, loadMappingFolder, MappingProblemsError, type CustomTransforms, type Mapping, type MappingProblem,
} from '#mapping';
import { z } from 'zod';

/** Gives the transforms a connector exports; asked only for mappings that name one. */
export type TransformsOf = (connector: string) => Promise<CustomTransforms>;

const json = z.custom<Json>((value) => value !== undefined);
const expectedProblem = z.strictObject({ field: z.string(), problem: z.string() });
/** A golden pair: what goes in, and either what comes out or what is refused. Problems carry no line, so a case outlives an edit. */
const mappingCase = z.union([
  z.strictObject({ mapping: z.string(), input: json, output: json }),
  z.strictObject({ mapping: z.string(), input: json, problems: z.array(expectedProblem).min(1) }),
]);
type MappingCase = z.infer<typeof mappingCase>;

/**
 * Runs every case of a connector's folder against its mappings. The answer is one sentence for each thing that is wrong:
 * a case that differs, a case of no mapping, a mapping without a case.
 * @throws MappingFileError when a mapping of the folder does not load.
 */
export async function failingCases(folder: string, transformsOf: TransformsOf): Promise<readonly string[]> {
  const mappings = await loadMappingFolder(folder);
  const failures: string[] = [];
  const covered = new Set<string>();
  for (const file of await caseFiles(folder)) {
    const parsed = mappingCase.safeParse(parseJsonKeepingNumberText(await readFile(join(folder, 'cases', file), 'utf8')));
    const mapping = parsed.success ? mappings.get(parsed.data.mapping) : undefined;
    if (!parsed.success) failures.push(`${file} is no case: ${z.prettifyError(parsed.error)}`);
    else if (mapping === undefined) failures.push(`${file} is of "${parsed.data.mapping}", which ${folder} does not hold`);
    else {
      covered.add(mapping.name);
      const difference = await differenceOf(mapping, parsed.data, transformsOf);
      if (difference !== null) failures.push(`${file}: ${difference}`);
    }
  }
  for (const mapping of mappings.values()) if (!covered.has(mapping.name)) failures.push(`${mapping.file} has no case; add one to ${folder}/cases`);
  return failures;
}

async function caseFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.includes('cases') ? (await readdir(join(folder, 'cases'))).filter((name) => name.endsWith('.json')).sort() : [];
}

type Outcome = { readonly output: Json } | { readonly problems: readonly MappingProblem[] };

async function differenceOf(mapping: Mapping, given: MappingCase, transformsOf: TransformsOf): Promise<string | null> {
  const outcome = await outcomeOf(mapping, given.input, transformsOf);
  const expected = 'output' in given ? given.output : given.problems;
  const found = 'output' in outcome ? outcome.output : outcome.problems.map(({ field, problem }) => ({ field, problem }));
  if ('output' in given === 'output' in outcome && isDeepStrictEqual(plain(found), plain(expected))) return null;
  return `expected ${canonicalJson(expected)}\n  found    ${canonicalJson(found)}`;
}

/** Through JSON, so that prototypes do not count. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function outcomeOf(mapping: Mapping, input: Json, transformsOf: TransformsOf): Promise<Outcome> {
  const transforms = await transformsOf(mapping.connector);
  if (mapping.direction === 'write') return writeOutcome(() => compileWriteMapping(mapping, { transforms }).render(input));
  const mapped = compileMapping(mapping, { transforms }).apply(input as JsonObject);
  if (!mapped.ok) return { problems: mapped.problems };
  ENTITY_SCHEMAS[mapping.entity].parse(mapped.value);
  return { output: canonicalToJson(mapped.value) };
}

function writeOutcome(render: () => JsonObject): Outcome {
  try {
    return { output: render() };
  } catch (error) {
    if (error instanceof MappingProblemsError) return { problems: error.problems };
    throw error;
  }
}
