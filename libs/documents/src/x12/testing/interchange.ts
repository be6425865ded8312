/** How an interchange of the tests is written. */
export interface Writing {
  readonly element?: string;
  readonly terminator?: string;
  /** Behind every terminator. */
  readonly after?: string;
  /** Before every terminator. */
  readonly before?: string;
  readonly padded?: boolean;
  readonly control?: string;
  readonly component?: string;
  readonly lastTerminator?: boolean;
}

/** The segments of one transaction set (without ST and SE, `*` between elements) in a complete, correct envelope. */
export function interchange(segments: readonly string[], writing: Writing = {}, set = '820'): string {
  const { element = '*', terminator = '~', after = '', before = '', padded = true, control = '000000017', component = '>', lastTerminator = true } = writing;
  const wide = (text: string, width: number): string => (padded ? text.padEnd(width) : text);
  const header = ['ISA', '00', wide('', 10), '00', wide('', 10), 'ZZ', wide('PAYER', 15), 'ZZ', wide('PAYEE', 15), '261101', '1200', 'U', '00401', control, '0', 'P', component].join(element);
  const inner = [`GS*${set === '823' ? 'LB' : 'RA'}*PAYER*PAYEE*20261101*1200*5*X*004010`, `ST*${set}*0007`, ...segments, `SE*${segments.length + 2}*0007`, 'GE*1*5', `IEA*1*${control}`];
  const text = [header, ...inner.map((segment) => segment.replaceAll('*', element))].map((segment) => `${segment}${before}${terminator}${after}`).join('');
  return lastTerminator ? text : text.slice(0, text.lastIndexOf(terminator));
}

/** A payment of 1,000.00 for two invoices. */
export const PAYMENT = [
  'BPR*C*1000.00*C*ACH*CTX*01*021000021*DA*111*1234567890**01*011000015*DA*222*20261105', 'TRN*1*TRACE9*1234567890', 'N1*PR*Acme Retail', 'N1*PE*Our House',
  'ENT*1', 'RMR*IV*0001001**600*620*20', 'DTM*003*20261001', 'RMR*IV*1002**400.5', 'RMR*CM*CR-7**-.50',
] as const;
