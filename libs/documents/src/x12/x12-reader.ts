import type { DocumentRefusal, Where } from '#canonical';
import type { DocumentReader, DocumentStart, OpenDocument, ReadEnd } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { Envelope } from './envelope.js';
import { STRAY_SEGMENTS_MAX, X12_FILE_BYTES_MAX } from './limits.js';
import { LockboxSet } from './lockbox-set.js';
import { RemittanceSet, type SetReader } from './remittance-set.js';
import type { Segment } from './segment.js';
import { SegmentScanner, type SegmentTaker, X12LimitError } from './segment-scanner.js';

/** A set of another kind is counted and said; nothing of it is taken. */
const OTHER_SET: SetReader = { segment: () => undefined, end: () => undefined };

/** What an X12 file is read into. */
export type X12Sink = Pick<DocumentSink, 'remittance' | 'finding'>;

/** Reads X12 as it arrives: 820 (remittance advice) and 823 (lockbox). One instance a file. */
export class X12Document implements OpenDocument, SegmentTaker {
  readonly #findings = new FindingList();
  readonly #envelope = new Envelope(this.#findings);
  readonly #scanner = new SegmentScanner(this);
  #set: SetReader | null = null;
  #refused: DocumentRefusal | null = null;
  #setsRead = 0;
  readonly #otherSets = new Map<string, number>();
  #enveloped = false;
  #straySegments = 0;
  #last: Where = whereAt(1, 1, null);

  constructor(private readonly sink: X12Sink) {}

  push(bytes: Uint8Array): void {
    this.#guarded(() => this.#scanner.push(bytes));
  }

  end(): ReadEnd {
    this.#guarded(() => {
      this.#scanner.end();
      this.#set?.end();
      this.#envelope.end(this.#last);
    });
    if (this.#refused === null && this.#setsRead === 0) this.#refused = { problem: this.#nothingRead(), where: this.#last };
    for (const finding of this.#findings.all()) this.sink.finding(finding);
    return { version: this.#envelope.version, refused: this.#refused, layout: null };
  }

  segment(segment: Segment): void {
    const set = this.#set;
    // Nearly every segment is of a set and none of these.
    if (set !== null && segment.id.length === 3 && segment.id !== 'IEA' && segment.id !== 'ISA') return set.segment(segment);
    switch (segment.id) {
      case 'ST': return this.#openSet(segment);
      case 'SE': return this.#closeSet(segment);
      case 'ISA': case 'GS': case 'GE': case 'IEA': return this.#ofEnvelope(segment);
      default:
    }
    if (set !== null) set.segment(segment);
    else if (segment.id !== 'TA1') this.#straySegment(segment);
  }

  stray(text: string, where: Where): void {
    this.#last = where;
    this.#findings.warning(where, text.trim(), 'this text belongs to no interchange; it was passed over');
  }

  #straySegment(segment: Segment): void {
    this.#straySegments += 1;
    if (this.#straySegments > STRAY_SEGMENTS_MAX) throw new X12LimitError(`more than ${STRAY_SEGMENTS_MAX} segments belong to no transaction set; the segment terminator may be another than the ISA says`, segment.where());
    this.#findings.warning(segment.where(), segment.text(), 'the segment belongs to no transaction set; it was passed over');
  }

  #guarded(work: () => void): void {
    if (this.#refused !== null) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof X12LimitError)) throw error;
      this.#refused = { problem: error.message, where: error.where };
    }
  }

  #ofEnvelope(segment: Segment): void {
    this.#last = segment.where();
    this.#enveloped = true;
    this.#breakSet(segment.where());
    if (segment.id === 'ISA') this.#envelope.openInterchange(segment);
    else if (segment.id === 'GS') this.#envelope.openGroup(segment);
    else if (segment.id === 'GE') this.#envelope.closeGroup(segment);
    else this.#envelope.closeInterchange(segment, this.#scanner.checksum());
  }

  #openSet(segment: Segment): void {
    const where = segment.where();
    this.#last = where;
    this.#breakSet(where);
    this.#envelope.openSet(segment);
    const type = segment.at(1);
    if (!this.#enveloped && this.#setsRead === 0) this.#findings.warning(where, '', 'there is no envelope (ISA, GS), so nothing says who sent this and whether it is whole');
    this.#set = this.#reader(type, where);
  }

  #reader(type: string, where: Where): SetReader {
    const take: X12Sink['remittance'] = (remittance) => this.sink.remittance(this.#envelope.test ? { ...remittance, test: true } : remittance);
    if (type === '820' || type === '823') this.#setsRead += 1;
    if (type === '820') return new RemittanceSet(() => where, take, this.#findings);
    if (type === '823') return new LockboxSet(() => where, take, this.#findings);
    const count = this.#otherSets.get(type) ?? 0;
    if (count === 0) this.#findings.warning(where, type, `transaction set ${type} is neither 820 nor 823; sets of this kind were passed over`);
    this.#otherSets.set(type, count + 1);
    return OTHER_SET;
  }

  #closeSet(segment: Segment): void {
    this.#last = segment.where();
    if (this.#set === null) return this.#findings.warning(segment.where(), segment.text(), 'there is no ST for this SE');
    this.#set.end();
    this.#set = null;
    this.#envelope.closeSet(segment);
  }

  #breakSet(where: Where): void {
    if (this.#set === null) return;
    this.#set.end();
    this.#set = null;
    this.#envelope.breakSet(where);
  }

  #nothingRead(): string {
    const others = [...this.#otherSets].map(([type, count]) => `${type} (${count})`).join(', ');
    return others === '' ? 'no transaction set was found behind the ISA; the file is cut or its delimiters are broken' : `the file holds no 820 and no 823, but ${others}`;
  }
}

const X12_START = /^\s*(?:ISA([^A-Za-z0-9\s])[^]{0,40}?\1|ST([^A-Za-z0-9\s])82[03]\2)/;

/** X12 820 and 823. A file of other sets is claimed too, to say what it is. */
export const X12_READER: DocumentReader = {
  formats: ['x12.820', 'x12.823'],
  bytesMax: X12_FILE_BYTES_MAX,
  recognise: ({ text }: DocumentStart) => {
    if (!X12_START.test(text)) return null;
    return /\bST([^A-Za-z0-9\s])823\1/.test(text) && !/\bST([^A-Za-z0-9\s])820\1/.test(text) ? 'x12.823' : 'x12.820';
  },
  open: (_format, sink) => new X12Document(sink),
};
