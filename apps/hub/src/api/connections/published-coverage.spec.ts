import { join } from 'node:path';
import { projectRoot } from '../../project-root.js';
import { readPublishedCoverage } from './published-coverage.js';

describe('the published coverage', () => {
  it('is read as the conformance run wrote it, and gives a reason for every gap', () => {
    const rows = readPublishedCoverage(join(projectRoot(), 'connectors', 'coverage.json'));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ state, because }) => state === 'absent' && because === null)).toEqual([]);
  });

  it('is not made up when the file is missing', () => {
    expect(() => readPublishedCoverage('/nowhere/coverage.json')).toThrow('ENOENT');
  });
});
