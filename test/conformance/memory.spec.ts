import { describeConnector } from '#connector-kit/testing';
import { MemoryHarness } from '../../connectors/memory/src/testing/index.js';
import { keptCoverage } from './kept-coverage.js';
import { loadRender } from './mapping-render.js';

const render = loadRender('memory');
const makeHarness = (): MemoryHarness => new MemoryHarness(render);

describeConnector('memory', makeHarness, keptCoverage(makeHarness));
