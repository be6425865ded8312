import { readFileSync } from 'node:fs';
import { z } from 'zod';

const row = z.object({
  connector: z.string(), subject: z.string(), ability: z.string(), how: z.string(), offered: z.boolean(), state: z.string(), sentencesHeld: z.int(), because: z.string().nullable(),
});

/** A line of the matrix that the conformance run wrote: connector, record type or operation, ability, standing. */
export type PublishedCoverage = z.infer<typeof row>;

/** Reads `connectors/coverage.json`, which the conformance run writes and compares. @throws when it is missing or is no matrix: the build is incomplete. */
export function readPublishedCoverage(file: string): readonly PublishedCoverage[] {
  return z.array(row).parse(JSON.parse(readFileSync(file, 'utf8')));
}
