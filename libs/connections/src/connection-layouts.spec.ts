import { join } from 'node:path';
import { loadLayoutFolder, type LoadedLayout } from '#layouts';
import { connectionLayouts } from './connection-layouts.js';
import { ConnectionError } from './open-connection.js';

let known: ReadonlyMap<string, LoadedLayout> = new Map();
beforeAll(async () => { known = await loadLayoutFolder(join(import.meta.dirname, '..', '..', '..', 'mappings'), 'mappings'); });

const ACKNOWLEDGEMENT = { file: {}, details: [{ stepKey: 'k', status: 'booked', externalId: '7' }] };
const textOf = (layout: { render(content: typeof ACKNOWLEDGEMENT): Uint8Array }): string => Buffer.from(layout.render(ACKNOWLEDGEMENT)).toString();

describe('the layouts of a connection', () => {
  it('are the hub\'s where it brings none', () => {
    expect(textOf(connectionLayouts('Files', {}, known)('csv.acknowledgement'))).toContain('Posting Key,Result');
  });

  it('are its own first: under a name of its own, or in place of one of the hub\'s', () => {
    const overlay = 'overlays: csv.acknowledgement\ndelimiter: ";"\n';
    const layouts = connectionLayouts('Files', { layouts: { 'csv.acknowledgement': overlay, answers: overlay.replace(';', '|') } }, known);
    expect(textOf(layouts('csv.acknowledgement'))).toContain('Posting Key;Result');
    expect(textOf(layouts('answers'))).toContain('Posting Key|Result');
  });

  it('are refused with every mistake of every one, by file and line', () => {
    expect(() => connectionLayouts('Files', { layouts: { one: 'overlays: csv.acknowledgement\nquote: often\n', two: 'overlays: csv.nothing' } }, known))
      .toThrow(/^connection "Files" layouts\.one:2 quote: is not one character; .+\nconnection "Files" layouts\.two:1 overlays: there is no layout "csv\.nothing"; there are /);
    expect(() => connectionLayouts('Files', { layouts: ['x'] }, known)).toThrow(new ConnectionError('layouts: must be at most 50 names, each with the YAML of its layout'));
    expect(() => connectionLayouts('Files', { layouts: { one: 1 } }, known)).toThrow(ConnectionError);
  });

  it('are told by name where one is asked for that nobody has', () => {
    expect(() => connectionLayouts('Files', {}, known)('sap.nothing')).toThrow(/^there is no layout "sap\.nothing"; there are: business-central\.general-journal\.post, csv\./);
  });
});
