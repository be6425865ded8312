import { askFor, type Asker } from './asking.js';

/** A person who gives these answers, one after the other. */
function person(...answers: string[]): Asker & { readonly heard: string[]; readonly hidden: boolean[] } {
  const [heard, hidden]: [string[], boolean[]] = [[], []];
  return { heard, hidden, ask: async (prompt, hides) => { heard.push(prompt); hidden.push(hides); return answers.shift() ?? ''; }, close: () => undefined };
}

const SCHEMA = { properties: { host: { type: 'string', description: 'Where the server is.' }, port: { type: 'integer' }, folder: { type: 'string' } }, required: ['host', 'port'] };

describe('asking for settings', () => {
  it('asks for exactly what is required and not given, with the connector\'s own words', async () => {
    const asker = person('files.example', '22');
    expect(await askFor(asker, SCHEMA, {}, false)).toEqual({ host: 'files.example', port: 22 });
    expect(asker.heard[0]).toContain('Where the server is.');
    const nobody = person();
    expect(await askFor(nobody, SCHEMA, { host: 'a', port: 1 }, false)).toEqual({ host: 'a', port: 1 });
    expect(nobody.heard).toEqual([]);
  });

  it('asks again for what does not fit, and does not ask for ever', async () => {
    expect(await askFor(person('many', '22'), SCHEMA, { host: 'a' }, false)).toEqual({ host: 'a', port: 22 });
    await expect(askFor(person(), SCHEMA, { host: 'a' }, false)).rejects.toThrow('port: no answer that fits');
  });

  it('does not show what is secret while it is typed', async () => {
    const asker = person('hunter2');
    await askFor(asker, { properties: { password: { type: 'string' } }, required: ['password'] }, {}, true);
    expect(asker.hidden).toEqual([true]);
  });

  it('reads an answer of many lines from a file', async () => {
    const settings = await askFor(person('@package.json'), { properties: { key: { type: 'string' } }, required: ['key'] }, {}, true);
    expect(settings['key']).toContain('"name": "tributary"');
  });
});
