import { NameIndex, readName } from './names.js';

describe('names', () => {
  const index = new NameIndex();
  const names = {
    a: 'National Supply Company of America', b: 'National Supply Co', c: 'Müller Maschinenbau GmbH', d: 'Acme Inc', e: 'Acme LLC', f: 'O\'Brien & Sons Ltd', g: '株式会社テスト', h: 'A.B.C. Freight Corp',
  };
  for (const [id, name] of Object.entries(names)) index.add(id, name);
  const first = (name: string): string | undefined => index.find(name, 3)[0]?.customerId;

  it.each([
    ['NATIONAL SUPPLY', 'b'], ['NATIONAL SUPPLY COMPANY OF AM', 'a'], ['MULLER MASCHINENBAU', 'c'], ['MASCHINENBAU MUELLER MULLER', 'c'], ['Maschinenbau Müller', 'c'], ['MULER MASCHINENBAU', 'c'],
    ['MULLERMASCHINENBAU', 'c'], ['ACME LLC', 'e'], ['OBRIEN AND SONS', 'f'], ['株式会社テスト', 'g'], ['ABC FREIGHT', 'h'],
  ])('%s is customer %s', (name, customerId) => { expect(first(name)).toBe(customerId); });

  it('holds nothing for a name of nothing known, and survives empty and strange ones', () => {
    expect(index.find('ZYXWV QQQ', 3).filter((match) => match.similarity > 0.5)).toEqual([]);
    for (const name of ['', '   ', '---', '\u202e\u0000', '<b></b>', 'INC', '((((']) expect(() => index.find(name, 3)).not.toThrow();
  });

  it('tells twins apart by their legal form, and only when both are written', () => {
    expect(index.find('ACME INC', 2)).toMatchObject([{ customerId: 'd', otherLegalForm: false }, { customerId: 'e', otherLegalForm: true }]);
    expect(index.find('ACME', 2).map((match) => match.otherLegalForm)).toEqual([false, false]);
  });

  it('finds a whole name inside a memo, not a part of one', () => {
    expect(index.findInText('ACH DES:PMT INDN:NATIONAL SUPPLY CO 0012', 3).map((match) => match.customerId)).toEqual(['b']);
    expect(index.findInText('ACH DES:PMT INDN:NATIONAL PAPER', 3)).toEqual([]);
  });

  it('keeps the first word even when it looks like a legal form', () => {
    expect(readName('SA Recycling Inc')).toEqual({ words: ['SA', 'RECYCLING'], legalForm: 'INC' });
  });
});
