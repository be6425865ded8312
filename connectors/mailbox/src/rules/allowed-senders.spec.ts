import { isAllowed, isSenderPattern } from './allowed-senders.js';

describe('allowed senders', () => {
  it.each([
    ['ap@acme.example', [], true], [null, [], true], [null, ['acme.example'], false], ['AP@Acme.Example', ['ap@acme.example'], true], ['ap@acme.example', ['acme.example'], true],
    ['ap@pay.acme.example', ['acme.example'], false], ['ap@notacme.example', ['acme.example'], false], ['"x@acme.example"@evil.example', ['acme.example'], false], ['acme.example', ['ap@acme.example'], false],
  ])('a mail of %s against %j: %s', (sender, allowed, expected) => {
    expect(isAllowed(sender, allowed)).toBe(expected);
  });

  it('are addresses or domains', () => {
    expect(['ap@acme.example', 'acme.example'].map(isSenderPattern)).toEqual([true, true]);
    expect(['', 'acme', 'Acme <ap@acme.example>', 'a b@acme.example', '@acme.example', 'ap@'].map(isSenderPattern)).toEqual(Array<boolean>(6).fill(false));
  });
});
