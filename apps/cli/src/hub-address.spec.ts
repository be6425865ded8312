import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHub } from './hub-address.js';

describe('the hub\'s address', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'tributary-')); });
  afterEach(() => { rmSync(folder, { recursive: true }); });
  const leaveState = (text: string): void => {
    mkdirSync(join(folder, 'var'));
    writeFileSync(join(folder, 'var', 'hub.json'), text);
  };
  const state = JSON.stringify({ url: 'http://127.0.0.1:8080', apiKey: 'trb_state', pid: 7 });

  it('is what the options say, before the environment, before the hub of this folder', () => {
    leaveState(state);
    const environment = { TRIBUTARY_URL: 'http://env', TRIBUTARY_API_KEY: 'trb_env' };
    expect(findHub({ url: 'http://option', key: 'trb_option' }, environment, folder)).toEqual({ url: 'http://option', apiKey: 'trb_option' });
    expect(findHub({}, environment, folder)).toEqual({ url: 'http://env', apiKey: 'trb_env' });
    expect(findHub({}, {}, folder)).toEqual({ url: 'http://127.0.0.1:8080', apiKey: 'trb_state' });
    expect(findHub({}, { TRIBUTARY_DATA_DIRECTORY: join(folder, 'var') }, tmpdir()).apiKey).toBe('trb_state');
  });

  it('never sends the key of this folder\'s hub to another one', () => {
    leaveState(state);
    expect(() => findHub({ url: 'http://elsewhere' }, {}, folder)).toThrow('no API key for http://elsewhere');
    expect(findHub({ url: 'http://127.0.0.1:8080' }, {}, folder).apiKey).toBe('trb_state');
  });

  it('says what to do when no hub is known, also when the file is half written', () => {
    expect(() => findHub({}, {}, folder)).toThrow('npm start');
    leaveState('{"url": "http');
    expect(() => findHub({}, {}, folder)).toThrow('npm start');
  });
});
