import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, readSettingsFile } from './settings-input.js';

describe('settings of a connection', () => {
  let folder: string;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tributary-')); });
  afterAll(() => { rmSync(folder, { recursive: true }); });

  it('come from files and pairs, later ones win, and look like what they are', () => {
    const file = join(folder, 'settings.yaml');
    writeFileSync(file, 'account: "0012"\npageSize: 10\n');
    expect(readSettings([file, 'pageSize=50', 'sandbox=true', 'account=0012', 'url=https://a/?b=c'])).toEqual({ account: '0012', pageSize: 50, sandbox: true, url: 'https://a/?b=c' });
    expect(readSettings([])).toEqual({});
  });

  it('keep a number text where a number would lose digits', () => {
    expect(readSettings(['id=12345678901234567890', 'zeros=007'])).toEqual({ id: '12345678901234567890', zeros: '007' });
  });

  it('are refused with the file and the reason', () => {
    expect(() => readSettingsFile(join(folder, 'nowhere.json'))).toThrow('cannot read');
    const list = join(folder, 'list.json');
    writeFileSync(list, '[1]');
    expect(() => readSettingsFile(list)).toThrow('must be a JSON or YAML object');
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'a: [1');
    expect(() => readSettingsFile(broken)).toThrow('neither JSON nor YAML');
  });
});
