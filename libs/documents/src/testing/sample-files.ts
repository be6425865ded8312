import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Real files of banks, kept outside the repository because their licences differ from ours. Tests start at the repository's root. */
export const SAMPLES_FOLDER = resolve(process.cwd(), '..', 'shared', 'samples');

/** Null, or the sentence that says why the tests on real files cannot run here. */
export function whyNoSamples(): string | null {
  return existsSync(SAMPLES_FOLDER) ? null : `no sample files at ${SAMPLES_FOLDER}: the facts of real bank files were not checked in this run`;
}

export function readSample(folder: string, name: string): Uint8Array {
  return readFileSync(join(SAMPLES_FOLDER, folder, name));
}
