import type { Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { INTERCHANGES_MAX } from './limits.js';
import type { Segment } from './segment.js';
import { X12LimitError } from './segment-scanner.js';
import { parseX12Count } from './x12-values.js';

interface Opened {
  readonly control: string;
  readonly where: Where;
  /** Groups of the interchange, sets of the group. */
  members: number;
}

interface Seen {
  readonly line: number;
  readonly checksum: number;
}

/**
 * Envelopes of X12: every count (SE01, GE01, IEA01) and control number (SE02, GE02, IEA02) against what was really there, and interchanges
 * and groups that come twice in the file (by ISA05 to 08 and 13, and by GS02 and 06). Every difference is a finding naming both figures.
 */
export class Envelope {
  /** GS08 of the first group, or ISA12 of a file without one. */
  version: string | null = null;
  /** The interchange under way is marked as test data (ISA15). */
  test = false;
  #interchange: Opened | null = null;
  #interchangeKey = '';
  #group: Opened | null = null;
  #set: Opened | null = null;
  #setStart = 0;
  readonly #seenInterchanges = new Map<string, Seen>();
  #seenGroups = new Map<string, number>();

  constructor(private readonly findings: FindingList) {}

  openInterchange(segment: Segment): void {
    this.#missing(this.#interchange, 'IEA', segment.where());
    this.#interchange = opened(segment, 13);
    this.#interchangeKey = [5, 6, 7, 8, 13].map((element) => segment.at(element)).join('\n');
    this.#seenGroups = new Map();
    this.test = segment.at(15) === 'T';
    if (this.test) this.findings.warning(segment.where(15), 'T', 'the interchange is marked as test data (ISA15); nobody pays with it');
  }

  /** @param checksum of the interchange, to tell a repetition from a number used twice */
  closeInterchange(segment: Segment, checksum: number): void {
    const interchange = this.#interchange;
    this.#missing(this.#group, 'GE', segment.where());
    this.#group = null;
    this.#interchange = null;
    if (interchange === null) return this.findings.warning(segment.where(), segment.text(), 'there is no ISA for this IEA');
    this.#compare(segment, interchange, interchange.members, 'functional groups');
    this.#compareRepetition(segment, interchange, checksum);
  }

  openGroup(segment: Segment): void {
    this.#missing(this.#group, 'GE', segment.where());
    this.#group = opened(segment, 6);
    this.version ??= segment.at(8) || null;
    if (this.#interchange !== null) this.#interchange.members += 1;
    const key = `${segment.at(2)}\n${segment.at(6)}`;
    const before = this.#seenGroups.get(key);
    if (before !== undefined) this.findings.warning(segment.where(6), segment.at(6), `group ${segment.at(6)} of ${segment.at(2)} was in this interchange already, line ${before}; its payments may be there twice`);
    if (this.#seenGroups.size < INTERCHANGES_MAX) this.#seenGroups.set(key, segment.line);
  }

  closeGroup(segment: Segment): void {
    const group = this.#group;
    this.#group = null;
    if (group === null) this.findings.warning(segment.where(), segment.text(), 'there is no GS for this GE');
    else this.#compare(segment, group, group.members, 'transaction sets');
  }

  openSet(segment: Segment): void {
    this.#set = opened(segment, 2);
    this.#setStart = segment.number;
    if (this.#group !== null) this.#group.members += 1;
  }

  closeSet(segment: Segment): void {
    if (this.#set !== null) this.#compare(segment, this.#set, segment.number - this.#setStart + 1, 'segments');
    this.#set = null;
  }

  /** The set ended without its SE. */
  breakSet(where: Where): void {
    this.#missing(this.#set, 'SE', where);
    this.#set = null;
  }

  end(where: Where): void {
    this.breakSet(where);
    this.#missing(this.#group, 'GE', where);
    this.#missing(this.#interchange, 'IEA', where);
  }

  #missing(opened: Opened | null, trailer: string, where: Where): void {
    if (opened === null) return;
    this.findings.error(where, opened.control, `there is no ${trailer} for ${opened.where.record ?? ''} (control number ${opened.control}); the end may be missing: ask for it again`);
  }

  #compare(segment: Segment, { control }: Opened, counted: number, what: string): void {
    const declared = segment.at(1);
    if (parseX12Count(declared) !== counted) this.findings.warning(segment.where(1), declared, `${segment.id}01 declares ${declared === '' ? 'no' : declared} ${what}, there are ${counted}`);
    const closing = segment.at(2);
    if (closing === control) return;
    const same = parseX12Count(closing) !== null && parseX12Count(closing) === parseX12Count(control);
    this.findings.warning(segment.where(2), closing, `control number ${closing} is ${same ? 'written otherwise' : 'not the one'} at the beginning, ${control}`);
  }

  #compareRepetition(segment: Segment, { control, where }: Opened, checksum: number): void {
    const before = this.#seenInterchanges.get(this.#interchangeKey);
    if (before === undefined) {
      if (this.#seenInterchanges.size >= INTERCHANGES_MAX) throw new X12LimitError(`the file has more than ${INTERCHANGES_MAX} interchanges; split it`, segment.where());
      this.#seenInterchanges.set(this.#interchangeKey, { line: where.line ?? 0, checksum });
      return;
    }
    const problem = before.checksum === checksum
      ? 'was in this file already, word for word; its payments are there twice'
      : 'was used in this file already, for other content';
    this.findings.warning(where, control, `interchange ${control} ${problem} (line ${before.line})`);
  }
}

function opened(segment: Segment, control: number): Opened {
  return { control: segment.at(control), where: segment.where(), members: 0 };
}
