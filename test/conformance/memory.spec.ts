import { describeConnector } from '#connector-kit/testing';
import { MemoryHarness } from '../../connectors/memory/src/testing/index.js';
import { loadRender } from './mapping-render.js';

const render = loadRender('memory');

describeConnector('memory', () => new MemoryHarness(render));
