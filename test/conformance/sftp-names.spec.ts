import { readdir } from 'node:fs/promises';
import { readAll, SftpWorld } from './sftp-world.js';

/** Names a hostile or careless server may list; every one a way out of a folder, or a trap of some file system or viewer. */
function hostileNames(): readonly string[] {
  const ups = ['../', '..\\', '..%2f', '%2e%2e/', '....//', './', '/', '\\', 'C:\\', '//server/share/'];
  const targets = ['passwd', 'in/other/x', 'tmp/x', '.ssh/authorized_keys', 'x.jsonl'];
  const single = [
    '.', '..', 'x\u0000.jsonl', 'x\n.jsonl', 'x\r.jsonl', '\u001b[2Jx', `${'x'.repeat(300)}.jsonl`, '\u202elnosj.exe', 'con', 'CON.jsonl', 'nul', 'aux.jsonl', 'com1', 'lpt1.jsonl',
    'X.jsonl', 'x.JSONL', 'x.jsonl.', 'x.jsonl ', ' x.jsonl', '~', '~root', '$HOME', '`id`', '$(id)', ';id', '|id', '&id', '*', '?', '"x"', "'x'", '<x>', 'x:y', 'x::$DATA', '-rf', '--help',
    '\uff0e\uff0e\uff0fx', '\u2024\u2024/x', 'e\u0301.jsonl', '\u00e9.jsonl', 'x\u200b.jsonl', '\ufeffx.jsonl', '__proto__', 'constructor', 'prototype', '=1+1.jsonl', '@SUM(1).jsonl', '\t.jsonl', 'x\u007f',
    `${'é'.repeat(130)}.jsonl`,
  ];
  return [...ups.flatMap((up) => targets.map((target) => `${up}${target}`)), ...single];
}

describe('names from a remote listing', () => {
  const names = hostileNames();
  let world: SftpWorld;
  beforeEach(async () => {
    world = new SftpWorld();
    await world.start();
  });
  afterEach(() => world.sandbox.stop());

  it(`are at least a hundred here, and none of them leads out of its folder, there or here`, async () => {
    expect(names.length).toBeGreaterThanOrEqual(100);
    const [before, others] = [await readdir(process.cwd()), ['/in/secret.jsonl', '/secret.jsonl', '/out/secret.jsonl']];
    for (const path of others) world.sandbox.put(path, Buffer.from('untouched'));
    for (const [index, name] of names.entries()) world.sandbox.listAs('in/invoice', name, Buffer.from(`{"externalId":"n${index}"}\n{"rows":1}\n`));
    world.sandbox.link('in/invoice/link.jsonl', '/in/secret.jsonl');
    const { ids } = await readAll(world.invoices, world.context());
    // What is read is archived under a harmless name of the same folder; what is not stays where it is, and is said.
    for (const path of others) expect(world.sandbox.files('/').get(path)?.toString()).toBe('untouched');
    const archived = world.names('in/invoice/archive');
    expect(archived).toHaveLength(ids.length);
    for (const name of archived) expect(name).toMatch(/^[A-Za-z0-9._-]{1,255}$/);
    const outside = [...world.sandbox.files('/').keys()].filter((path) => !path.startsWith('/in/invoice/') && !others.includes(path));
    expect(outside).toEqual([]);
    // Read, refused aloud, or somebody's temporary name; `.` and `..` are the folder itself and end in the SSH library.
    const temporary = names.filter((name) => !/[/\\]/.test(name) && (name.startsWith('.') || name.endsWith('~')));
    expect(ids.length + world.log.filter((line) => line.startsWith('file.nameRefused')).length).toBe(names.length - temporary.length);
    expect(await readdir(process.cwd())).toEqual(before);
  });
});
