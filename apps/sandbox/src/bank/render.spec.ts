import { parseLocalDate } from '#canonical';
import type { BankPayment } from './book.js';
import { renderBai2 } from './render-bai2.js';
import { renderCsv } from './render-csv.js';

const BASE = { currency: 'USD', channel: 'ach', customerReference: 'C1', checkNumber: null } as const;
const PAYMENTS: readonly BankPayment[] = [
  { ...BASE, key: '111', bookedOn: parseLocalDate('2026-03-02'), amountMinor: 12_345n, typeCode: '142', text: ['FIRST, LINE', 'SECOND'] },
  { ...BASE, key: '222', bookedOn: parseLocalDate('2026-03-02'), amountMinor: -500n, typeCode: '698', text: ['FEE'] },
  { ...BASE, key: '333', bookedOn: parseLocalDate('2026-03-03'), amountMinor: 100n, typeCode: '195', text: [] },
];
const BAI2 = { account: '99', bank: 'BANK', receiver: 'US', createdOn: parseLocalDate('2026-03-04'), fileId: '7', openingMinor: 1_000n };

describe('renderings of the simulated bank', () => {
  it('writes BAI2 to the letter of the manual', () => {
    expect(renderBai2(PAYMENTS, BAI2).split('\n')).toEqual([
      '01,BANK,US,260304,0600,7,,,2/',
      '02,US,BANK,1,260302,2359,USD,2/', '03,99,USD,010,1000,,,015,12845,,/', '88,100,12345,1,,400,500,1,/',
      '16,142,12345,0,111,C1,FIRST, LINE', '88,SECOND', '16,698,500,0,222,C1,FEE', '49,39535,6/', '98,39535,1,8/',
      '02,US,BANK,1,260303,2359,USD,2/', '03,99,USD,010,12845,,,015,12945,,/', '88,100,100,1,,400,0,0,/', '16,195,100,0,333,C1,/', '49,25990,4/', '98,25990,1,6/',
      '99,65525,2,16/', '',
    ]);
  });

  it('writes CSV in the bank\'s own style', () => {
    expect(renderCsv(PAYMENTS, { account: '99', language: 'german', delimiter: ';', decimalMark: ',', dates: 'dots', openingMinor: 1_000n }).split('\r\n')).toEqual([
      'Buchungstag;Verwendungszweck;Betrag;Saldo;Währung;Auftragskonto;Referenz;Schecknummer', '02.03.2026;FIRST, LINE SECOND;123,45;133,45;USD;99;111;', '02.03.2026;FEE;-5,00;128,45;USD;99;222;', '03.03.2026;;1,00;129,45;USD;99;333;', '',
    ]);
    expect(renderCsv(PAYMENTS.slice(0, 1), { account: '99', split: true, dates: 'slashes', preamble: ['My bank'] }).split('\r\n')).toEqual([
      'My bank', 'Booking Date,Description,Credit,Debit,Currency,Account,Reference,Check Number', '03/02/2026,"FIRST, LINE SECOND",123.45,,USD,99,111,', '',
    ]);
  });
});
