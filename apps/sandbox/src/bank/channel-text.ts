import { type BankPayment, type BookCustomer, type Channel, TEXT_LINE_LENGTH_MAX } from './book.js';
import type { PayerHabits } from './habits.js';
import { opticallyRead, visibleName } from './payer-names.js';
import type { Randomness } from './randomness.js';

/** Lengths of public formats: ACH batch header and addenda (NACHA), Fedwire originator 4 x 35, readers of paper. */
const ACH_NAME_LENGTH = 16;
const ACH_RECEIVER_LENGTH = 22;
const ACH_ADDENDA_LENGTH = 80;
const WIRE_NAME_LENGTH = 35;
const WIRE_TEXT_LENGTH = 140;
const PAPER_NAME_LENGTH = 35;
const PAPER_NUMBERS_MAX = 3;

/** What the channel needs to write a line. */
export interface LineFacts {
  readonly payer: BookCustomer;
  readonly habits: PayerHabits;
  readonly references: string;
  readonly bookedOn: string;
  readonly receiver: string;
}

type Written = Pick<BankPayment, 'text' | 'checkNumber' | 'typeCode' | 'customerReference'>;

/** The bank's line for one payment: what survives of payer and references on this channel, in one of several banks' styles. */
export function writeLine(channel: Channel, facts: LineFacts, random: Randomness, tags: string[]): Written {
  if (channel === 'wire') return wireLine(facts, random, tags);
  if (channel === 'check' || channel === 'lockbox') return paperLine(channel, facts, random, tags);
  return achLine(facts, random, tags);
}

function identifier(habits: PayerHabits, value: string, random: Randomness, tags: string[]): string {
  if (random.chance(habits.identifierPerMille)) return value;
  tags.push('identifier:hidden');
  return '';
}

function achLine({ payer, habits, references, bookedOn, receiver }: LineFacts, random: Randomness, tags: string[]): Written {
  const name = visibleName(payer.name, ACH_NAME_LENGTH, random, tags);
  const id = identifier(habits, habits.companyId, random, tags);
  const entry = random.pick(['PAYMENT', 'VENDOR PMT', 'EDI PAYMNT', 'AP PAYMENT', 'CORP PAY', 'TRADE PAY']);
  const addenda = cut(references, ACH_ADDENDA_LENGTH, tags);
  const own = receiver.toUpperCase().slice(0, ACH_RECEIVER_LENGTH).trim();
  const trace = random.digits(15);
  const style = random.below(4);
  tags.push(`template:ach${style}`);
  const text: string[] = [];
  if (style === 0) {
    text.push(`ORIG CO NAME:${name} ${id === '' ? '' : `ORIG ID:${id} `}CO ENTRY DESCR:${entry} SEC:CCD TRACE#:${trace} IND NAME:${own}`, addenda);
  } else if (style === 1) {
    text.push(`${name} DES:${entry} ID:${random.digits(7)} INDN:${own}${id === '' ? '' : ` CO ID:${id}`} CCD`, addenda === '' ? '' : `PMT INFO:${addenda}`);
  } else if (style === 2) {
    text.push(`ACH CREDIT ${name} ${entry}`, id === '' ? '' : `CO ID:${id}`, addenda === '' ? '' : `REMI: ${addenda}`);
  } else {
    // Labels and values run into each other, as cores that print fixed columns without the gaps do.
    text.push(`${name}${entry}${bookedOn.slice(2).replaceAll('-', '')}${trace}${addenda}`);
    tags.push('text:glued');
  }
  return { text: lines(noisy(text, random, tags)), checkNumber: null, typeCode: random.pick(['142', '165']), customerReference: random.chance(500) ? trace : '' };
}

function wireLine({ payer, habits, references, bookedOn }: LineFacts, random: Randomness, tags: string[]): Written {
  const name = visibleName(payer.name, WIRE_NAME_LENGTH, random, tags);
  const account = identifier(habits, habits.account, random, tags);
  const obi = cut(references, WIRE_TEXT_LENGTH, tags);
  const style = random.below(3);
  tags.push(`template:wire${style}`);
  const text: string[] = [];
  if (style === 0) text.push('FR:WIRE INCOMING', `ENDT:${bookedOn.replaceAll('-', '')}`, obi === '' ? '' : `PY:${obi}`, `BO:${account === '' ? '' : `${account} `}BO1:${name}`);
  else if (style === 1) text.push('Incoming Wire,-', obi === '' ? '' : `REMI: ${obi}`, `DBNM: ${name}`, account === '' ? '' : `DACT: ${account}`);
  else text.push(`WIRE TYPE:WIRE IN TRN:${random.digits(12)} ORIG:${name}${account === '' ? '' : ` ID:${account}`}`, obi === '' ? '' : `OBI:${obi}`);
  return { text: lines(noisy(text, random, tags)), checkNumber: null, typeCode: '195', customerReference: random.digits(16) };
}

function paperLine(channel: 'check' | 'lockbox', { payer, references }: LineFacts, random: Randomness, tags: string[]): Written {
  const checkNumber = String(random.between(1_000, 999_999));
  const name = opticallyRead(visibleName(payer.name, PAPER_NAME_LENGTH, random, tags), random);
  const stub = random.chance(300) ? '' : opticallyRead(references.split(/[ ,/+]+/).filter((word) => /\d/.test(word)).slice(0, PAPER_NUMBERS_MAX).join(' '), random);
  tags.push(stub === '' ? 'paper:noStub' : 'paper:read');
  const head = channel === 'lockbox' ? `LOCKBOX ITEM ${name}` : `CHECK DEPOSIT ${name}`;
  return { text: lines([head, `CHKN: ${checkNumber}`, stub]), checkNumber, typeCode: channel === 'lockbox' ? '116' : '175', customerReference: '' };
}

/** One line in ten loses its blanks; one in fourteen gets one at a 35-column fold. */
function noisy(text: readonly string[], random: Randomness, tags: string[]): readonly string[] {
  const noise = random.weighted([['none', 830], ['blanksLost', 100], ['foldedAt35', 70]]);
  if (noise === 'none') return text;
  tags.push(`text:${noise}`);
  return noise === 'blanksLost' ? text.map((line) => line.replace(/(?<!:) (?=[^:]*$)/g, '')) : text.map((line) => (line.length > 35 ? `${line.slice(0, 35)} ${line.slice(35)}` : line));
}

function cut(text: string, length: number, tags: string[]): string {
  if (text.length > length) tags.push(`text:cut${length}`);
  return text.slice(0, length).trim();
}

/** No empty line, none too long, none that begins or ends with what a bank's file would take for a terminator. */
function lines(text: readonly string[]): string[] {
  const pieces = text.flatMap((line) => line.match(new RegExp(`.{1,${TEXT_LINE_LENGTH_MAX}}`, 'g')) ?? []);
  return pieces.map((line) => line.replace(/^[\s/]+|[\s/]+$/g, '')).filter((line) => line !== '');
}
