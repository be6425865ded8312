import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Tags, values and markup that a piece of OFX may or may not be. */
const VALUES = [
  '', '<OFX>', '</OFX>', '<STMTRS>', '</STMTRS>', '<STMTTRN>', '</STMTTRN>', '<BANKTRANLIST>', '</BANKTRANLIST>', '<LEDGERBAL>', '<TRNAMT>', '<FITID>', '<NAME>', '<CURRENCY>', '<CURSYM>', '<INVSTMTRS>', '<STATUS>', '<X',
  '<MEMO><![CDATA[', ']]>', '<!--', '-->', '<?OFX', '<!DOCTYPE OFX>', '&amp;', '&#0;', '&#x110000;', '&', '<', '>', '1,234', '-5.50', '1.234,56', '$ 5', '99999999999999999999999999999999999999999', '20260302', '00000000',
  '20260230', 'USD', 'JPY', 'ZZZ', '__proto__', '<__proto__>',
] as const;

const SGML = ['OFXHEADER:100', 'DATA:OFXSGML', 'VERSION:102', 'ENCODING:USASCII', '', '<OFX><BANKMSGSRSV1><STMTTRNRS>', '<STATUS><CODE>0<SEVERITY>INFO</STATUS>', '<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>021<ACCTID>77</BANKACCTFROM>'];
const SEEDS: readonly (readonly string[])[] = [
  [
    ...SGML, '<BANKTRANLIST><DTSTART>20260301<DTEND>20260303', '<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302120000[-5:EST]<TRNAMT>1250.50<FITID>F1<NAME>ACME & CO<MEMO>INV 7</STMTTRN>',
    '<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260303<TRNAMT>-80,25<FITID>F2<CHECKNUM>1001</STMTTRN>', '</BANKTRANLIST><LEDGERBAL><BALAMT>382.34<DTASOF>20260303</LEDGERBAL>', '</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>',
  ],
  [
    '<?xml version="1.0" encoding="UTF-8"?>', '<?OFX OFXHEADER="200" VERSION="211"?>', '<OFX>', '<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS>', '<CURDEF>EUR</CURDEF>', '<CCACCTFROM><ACCTID>4111</ACCTID></CCACCTFROM>', '<BANKTRANLIST>',
    '<DTEND>20260303</DTEND>', '<STMTTRN><TRNTYPE>OTHER</TRNTYPE><DTPOSTED>20260302</DTPOSTED><TRNAMT>5</TRNAMT><FITID>1</FITID><MEMO><![CDATA[a <b>]]></MEMO><CURRENCY><CURSYM>USD</CURSYM></CURRENCY></STMTTRN>', '</BANKTRANLIST>',
    '<AVAILBAL><BALAMT>-5.00</BALAMT><DTASOF>20260303</DTASOF></AVAILBAL>', '</CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>', '</OFX>',
  ],
];

export const fuzzFormat: FuzzFormat = {
  format: 'ofx',
  seeds: () => SEEDS.map((lines) => Buffer.from(`${lines.join('\n')}\n`)),
  mutate: (random, seed) => mutateFields(random, seed, /(<\/?[A-Z0-9]+>)/, VALUES),
};
