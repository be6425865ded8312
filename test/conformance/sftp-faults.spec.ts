import { ConnectorError, type ConnectorFailure } from '#connector-kit';
import { sftp } from '#connectors/flat-files';
import { PASSWORD, readAll, SftpWorld, invoiceFile } from './sftp-world.js';

async function failure(work: () => Promise<unknown>): Promise<{ readonly kind: ConnectorFailure['kind']; readonly message: string }> {
  const error = await work().then(() => null, (raised: unknown) => raised);
  if (!(error instanceof ConnectorError)) throw new Error(`a ConnectorError was expected, not ${String(error)}`);
  return { kind: error.failure.kind, message: error.message };
}

describe('files over SFTP, when things go wrong', () => {
  let world: SftpWorld;
  beforeEach(async () => {
    world = new SftpWorld();
    await world.start();
  });
  afterEach(() => world.sandbox.stop());

  const file = { name: 'postings-00000001.jsonl', bytes: invoiceFile(['a', 'b']) };
  const read = (config: object = {}): ReturnType<typeof readAll> => readAll(world.invoices, world.context(config));

  it('a server with another host key gets no password and is named', async () => {
    const other = `SHA256:${'A'.repeat(43)}`;
    const refused = await failure(() => sftp.probe(world.context({ hostKeys: [other] })));
    expect(refused).toEqual({ kind: 'auth', message: expect.stringContaining(world.sandbox.hostKeyFingerprint()) });
  });

  it('a wrong password, an unreadable key and a server that is not there each say what they are', async () => {
    const wrong = await failure(() => sftp.probe(world.context({}, { password: 'something-else-8' })));
    expect(wrong).toEqual({ kind: 'auth', message: expect.stringContaining('refuses this login') });
    expect(await failure(() => sftp.probe(world.context({}, { privateKey: 'no key' })))).toMatchObject({ kind: 'auth', message: 'the private key cannot be read' });
    expect(await failure(() => sftp.probe(world.context({ port: 1 })))).toMatchObject({ kind: 'transient' });
    expect(JSON.stringify(world.log)).not.toContain(PASSWORD);
  });

  it('a folder that does not exist is named by the probe and refused by the read', async () => {
    const config = { reads: [{ entity: 'invoice', folder: 'in/nowhere', layout: 'lines' }] };
    expect((await sftp.probe(world.context(config))).missing).toEqual([expect.stringContaining('"in/nowhere" does not exist')]);
    expect(await failure(() => read(config))).toEqual({ kind: 'invalid', message: expect.stringContaining('"in/nowhere"') });
  });

  it('a folder that may not be written is a missing right, not a passing fault', async () => {
    expect(await failure(() => world.door.deliver(world.context({ user: 'outsider' }), file))).toEqual({ kind: 'auth', message: expect.stringContaining('permission denied') });
  });

  it.each(['failure', 'reset'] as const)('a %s in mid read passes, and the next read is whole', async (how) => {
    world.drop('1.jsonl', 'a', 'b', 'c');
    for (const afterRequests of [0, 3, 6]) {
      world.sandbox.misbehave({ kind: 'failNext', how, afterRequests });
      expect(await failure(() => read())).toMatchObject({ kind: 'transient' });
    }
    expect((await read()).ids).toEqual(['a', 'b', 'c']);
  });

  it('a full disk leaves no file under its final name', async () => {
    world.sandbox.misbehave({ kind: 'diskFull' });
    expect(await failure(() => world.door.deliver(world.context(), file))).toMatchObject({ kind: 'transient' });
    expect(world.names('out').filter((name) => !name.endsWith('.tmp'))).toEqual([]);
  });

  it('a rename whose answer is lost is an unknown outcome; the look-up finds the file, and delivering again changes nothing', async () => {
    world.sandbox.misbehave({ kind: 'loseNextRenameAnswer' });
    expect(await failure(() => world.door.deliver(world.context(), file))).toMatchObject({ kind: 'outcomeUnknown' });
    expect(await world.door.lookUp(world.context(), file)).toBe('delivered');
    expect(await world.door.deliver(world.context(), file)).toEqual({ state: 'delivered', alreadyThere: true });
    expect(world.names('out')).toEqual([file.name]);
  });

  it('a file the target has moved is there; one a target would have deleted is unknown', async () => {
    await world.door.deliver(world.context(), file);
    const bytes = world.sandbox.files('out').get(`/out/${file.name}`);
    world.sandbox.tree.delete(`out/${file.name}`);
    expect(await world.door.lookUp(world.context({ outbound: { layout: 'lines', folder: 'out', fileName: 'p-{sequence}', pickedUp: 'deleted' } }), file)).toBe('unknown');
    world.sandbox.put(`out/taken/${file.name}`, bytes ?? new Uint8Array());
    expect(await world.door.lookUp(world.context(), file)).toBe('delivered');
  });

  it('a file cut short by its sender is refused with a note, and the whole one is read when it comes', async () => {
    const whole = invoiceFile(['a', 'b', 'c']);
    world.sandbox.put('in/invoice/1.jsonl', whole.subarray(0, whole.length - 12));
    const first = await read();
    expect(first.problems.at(-1)).toContain('ends before its end');
    expect(world.names('in/invoice')).toEqual([expect.stringMatching(/^error\/.*1\.jsonl$/), expect.stringMatching(/^error\/.*1\.jsonl\.reason\.txt$/)]);
    world.sandbox.put('in/invoice/1.jsonl', whole);
    expect((await readAll(world.invoices, world.context(), first.checkpoint)).ids).toEqual(['a', 'b', 'c']);
  });

  it('a file in another encoding is refused with a note and holds up nobody', async () => {
    world.sandbox.put('in/invoice/1.jsonl', Buffer.from('{"externalId":"M\xfcller"}\n', 'latin1'));
    world.drop('2.jsonl', 'b');
    const { ids, problems } = await read();
    expect({ ids, problems }).toEqual({ ids: ['b'], problems: ['the file is not UTF-8'] });
    const note = [...world.sandbox.files('in/invoice')].find(([path]) => path.endsWith('.reason.txt'));
    expect(note?.[1].toString()).toContain('the file is not UTF-8');
  });

  it('a server that sends less than it promised is asked again; nothing is taken for whole', async () => {
    world.drop('1.jsonl', 'a', 'b', 'c');
    world.sandbox.misbehave({ kind: 'truncateNextRead' });
    expect(await failure(() => read())).toEqual({ kind: 'transient', message: expect.stringContaining('did not send all of it') });
    expect((await read()).ids).toEqual(['a', 'b', 'c']);
  });

  it('a file replaced under the reader is read again, whole', async () => {
    world.drop('1.jsonl', 'a', 'b', 'c', 'd', 'e');
    const pages = world.invoices.changes(world.context(), null)[Symbol.asyncIterator]();
    const first = await pages.next();
    world.now = new Date(world.now.getTime() + 5_000);
    world.drop('1.jsonl', 'x', 'y', 'z');
    expect(await failure(async () => { while ((await pages.next()).done !== true); })).toEqual({ kind: 'transient', message: expect.stringContaining('read again from its beginning') });
    const next = await readAll(world.invoices, world.context(), first.value?.checkpoint ?? null);
    expect(next.ids).toEqual(['x', 'y', 'z']);
    expect(world.names('in/invoice')).toEqual([expect.stringContaining('archive/')]);
  });

  it('a file overwritten in place by one of its size within a second is seen by its content', async () => {
    // More than is on its way at once, so that the end is read after the replacement.
    const ids = (letter: string): string[] => Array.from({ length: 200_000 }, (_, index) => `${letter}${String(index).padStart(6, '0')}`);
    world.sandbox.put('in/invoice/1.jsonl', invoiceFile(ids('a')));
    const context = world.context({ pageSize: 10_000 });
    const pages = world.invoices.changes(context, null)[Symbol.asyncIterator]();
    const first = await pages.next();
    Object.assign(world.sandbox.tree.get('in/invoice/1.jsonl') ?? {}, { bytes: Buffer.from(invoiceFile(ids('x'))) });
    expect(await failure(async () => { while ((await pages.next()).done !== true); })).toMatchObject({ kind: 'transient' });
    const next = await readAll(world.invoices, context, first.value?.checkpoint ?? null);
    expect(next.ids).toEqual(ids('x'));
  });

  it('leaves alone what is being written: temporary names, hidden files, fresh files, files without their marker', async () => {
    for (const name of ['a.jsonl.part', 'b.jsonl.filepart', '.c.jsonl.Xy12', 'd.tmp', 'e.jsonl~']) world.drop(name, name);
    expect((await read()).ids).toEqual([]);
    world.drop('fresh.jsonl', 'fresh');
    expect((await read({ settleSeconds: 30 })).ids).toEqual([]);
    expect((await read({ markerSuffix: '.done' })).ids).toEqual([]);
    world.sandbox.put('in/invoice/fresh.jsonl.done', new Uint8Array());
    world.now = new Date(world.now.getTime() + 31_000);
    expect((await read({ settleSeconds: 30, markerSuffix: '.done' })).ids).toEqual(['fresh']);
    expect(world.names('in/invoice').filter((name) => name.startsWith('fresh'))).toEqual([]);
    expect(world.names('in/invoice')).toHaveLength(6);
  });

  it('settles by the server\'s clock, however wrong ours is', async () => {
    world.drop('1.jsonl', 'a');
    const context = { ...world.context({ settleSeconds: 30 }), now: () => new Date(world.now.getTime() + 86_400_000) };
    expect((await readAll(world.invoices, context)).ids).toEqual([]);
    world.now = new Date(world.now.getTime() + 30_000);
    expect((await readAll(world.invoices, { ...context, now: () => new Date(0) })).ids).toEqual(['a']);
  });

  it('archives nothing before the page is stored, and archives at the next read what was left', async () => {
    world.drop('1.jsonl', 'a');
    let checkpoint = null;
    for await (const page of world.invoices.changes(world.context(), null)) checkpoint = page.checkpoint;
    expect(world.names('in/invoice')).toEqual(['1.jsonl']);
    expect((await readAll(world.invoices, world.context(), checkpoint)).ids).toEqual([]);
    expect(world.names('in/invoice')).toEqual([expect.stringMatching(/^archive\/.*1\.jsonl$/)]);
  });

  it('reads everything again from the archive when asked for everything', async () => {
    world.drop('1.jsonl', 'a', 'b');
    await read();
    world.now = new Date(world.now.getTime() + 60_000);
    world.drop('1.jsonl', 'b', 'c');
    await read();
    expect((await read()).ids).toEqual(['a', 'b', 'b', 'c']);
    expect(world.names('in/invoice')).toHaveLength(2);
  });
});
