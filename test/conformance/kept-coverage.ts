import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyConnector } from '#connector-kit';
import { casesOf, coverageJson, coverageOf, type ConformanceResult, type ConnectorHarness, type CoverageRow } from '#connector-kit/testing';

/** One file a connector, written by its own conformance run; test/golden/coverage.spec.ts makes the published matrix of them. */
export const COVERAGE_FOLDER = join('test', 'golden', 'coverage');

/**
 * For `describeConnector`: what a whole run proved must be what is checked in. `UPDATE_GOLDEN=1` writes it anew; a broken run is never written.
 * A run of chosen tests (`-t`) proves nothing about the rest and is not compared.
 */
export function keptCoverage(makeHarness: () => ConnectorHarness): (results: readonly ConformanceResult[]) => void {
  return (results) => {
    const { connector } = makeHarness();
    if (results.length < casesOf(makeHarness()).length) return;
    const rows = coverageOf(connector, results);
    const file = fileOf(connector);
    if (process.env['UPDATE_GOLDEN'] === '1' && rows.every((row) => row.state !== 'broken')) writeFileSync(file, coverageJson(rows));
    expect(rows).toEqual(existsSync(file) ? readCoverage(file) : []);
  };
}

export function readCoverage(file: string): readonly CoverageRow[] {
  return JSON.parse(readFileSync(file, 'utf8')) as readonly CoverageRow[];
}

function fileOf(connector: AnyConnector): string {
  return join(COVERAGE_FOLDER, `${connector.id}.json`);
}
