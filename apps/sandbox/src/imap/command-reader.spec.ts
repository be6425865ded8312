import fc from 'fast-check';
import { CommandReader, SyntaxProblem, wordsOf } from './command-reader.js';

/** Feeds bytes in pieces of this size. */
function read(bytes: Buffer, pieceBytes: number): { readonly commands: readonly (readonly (string | Buffer)[])[]; readonly invitations: number } {
  let invitations = 0;
  const reader = new CommandReader(() => { invitations += 1; });
  const commands = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_none, index) => reader.take(bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes))).flat();
  return { commands, invitations };
}

describe('commands of an IMAP client', () => {
  it('are whole however they arrive, literals byte for byte', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), fc.integer({ min: 1, max: 40 }), (content, waits, pieceBytes) => {
      const literal = Buffer.from(content);
      const sent = Buffer.concat([Buffer.from(`a APPEND "x" {${literal.length}${waits ? '' : '+'}}\r\n`), literal, Buffer.from('\r\nb NOOP\r\n')]);
      expect(read(sent, pieceBytes)).toEqual({ commands: [['a APPEND "x" ', literal, ''], ['b NOOP']], invitations: waits ? 1 : 0 });
    }));
  });

  it('are atoms, strings and lists', () => {
    expect(wordsOf(['1:* (UID BODY.PEEK[HEADER.FIELDS (DATE)]<0.5>) "a \\"b\\" \\\\"'])).toEqual([
      { kind: 'atom', text: '1:*' }, { kind: 'list', words: [{ kind: 'atom', text: 'UID' }, { kind: 'atom', text: 'BODY.PEEK[HEADER.FIELDS (DATE)]<0.5>' }] }, { kind: 'string', bytes: Buffer.from('a "b" \\') },
    ]);
    for (const wrong of ['(a', 'a)', '"a', 'x "y\\z"']) expect(() => wordsOf([wrong])).toThrow(SyntaxProblem);
  });

  it('are refused when they are larger than any may be', () => {
    expect(() => read(Buffer.alloc(70_000, 97), 70_000)).toThrow('too long');
    expect(() => read(Buffer.from('a APPEND x {999999999}\r\n'), 99)).toThrow('too long');
  });
});
