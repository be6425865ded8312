import { readTextTags } from './text-tags.js';

describe('tags in the text of a BAI2 transaction', () => {
  it.each([
    ['ORIG CO NAME:ACME SUPPLY ORIG ID:1234567890 CO ENTRY DESCR:PAYMENT SEC:CCD IND NAME:US', 'ACME SUPPLY', null, '1234567890'],
    ['ACME SUPPLY DES:PAYMENT ID:77 INDN:US CO ID:1234567890 CCD', null, null, '1234567890'],
    ['EREF: X\nDBNM: SAMPLE INC\nDACT: 0212\nCRNM: US', 'SAMPLE INC', '0212', null],
    ['BO:11111111 BO1:DOE JO', 'DOE JO', '11111111', null],
    ['BO:ACME LTD', 'ACME LTD', null, null],
    ['ORIG:ACME LTD ID:445566 OBI:INV 7', 'ACME LTD', null, null],
    ['NOTE: PAID 12:30 BY HAND', null, null, null],
    ['LABO:X', null, null, null],
  ])('%j', (text, name, account, id) => {
    expect(readTextTags(text).payer).toEqual({ name, account, id });
  });

  it('takes the end-to-end reference and a check number of digits', () => {
    expect(readTextTags('EREF: E-1\nCHKN: 000123')).toMatchObject({ endToEndId: 'E-1', checkNumber: '000123' });
    expect(readTextTags('EREF: NOTPROVIDED\nCHKN: GSIL2X')).toMatchObject({ endToEndId: null, checkNumber: null });
  });
});
