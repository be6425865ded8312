import { FindingList, whereAt } from '../finding-list.js';
import { LOCKBOX_FIT_LINES_MAX, LOCKBOX_HELD_LENGTH_MAX } from './limits.js';
import { type LockboxFit, LockboxParse } from './lockbox-parse.js';
import type { LockboxProfile } from './profile.js';

interface FittedProfile {
  readonly profile: LockboxProfile;
  readonly parse: LockboxParse;
}

/**
 * Finds the profile of a file by its lines as they come, and keeps them until it is found. The profile that fits best is first the one whose
 * control totals agree, then the one whose columns are what they should be, then the one whose invoices come to their cheques, then the one
 * that leaves the fewest characters unread. Assumed profiles are never chosen: they must be named.
 */
export class ProfileChoice {
  readonly lines: string[] = [];
  #fitted: readonly FittedProfile[];
  #length = 0;

  constructor(profiles: readonly LockboxProfile[]) {
    this.#fitted = profiles.filter(({ assumed }) => !assumed).map((profile) => ({ profile, parse: new LockboxParse(profile, profile.currency, { remittance: () => undefined }, new FindingList()) }));
  }

  /**
   * Takes the next line. Tried every {@link LOCKBOX_FIT_LINES_MAX} lines: the total of the lockbox stands at the end, so where the beginning leaves
   * a choice, more of the file decides it, up to {@link LOCKBOX_HELD_LENGTH_MAX}.
   * @returns true when the lines before this one settle the profile
   */
  line(text: string): boolean {
    const settled = this.lines.length > 0 && this.lines.length % LOCKBOX_FIT_LINES_MAX === 0 && this.#oneIsBest();
    this.lines.push(text);
    this.#length += text.length;
    for (const { parse } of this.#fitted) parse.line(text, this.lines.length);
    return settled;
  }

  /** The best profile by the lines so far, or by the whole file; a draw, and totals that agree under none, are said. */
  settle(whole: boolean, findings: FindingList): LockboxProfile {
    if (whole) for (const { parse } of this.#fitted) parse.end(this.lines.length);
    const equal = this.#best();
    const [best] = equal;
    if (best === undefined) throw new RangeError('no lockbox profile is shipped');
    const names = equal.map(({ profile }) => profile.name).join(', ');
    if (equal.length > 1) {
      findings.warning(whereAt(1, 1, '1'), names, `the profiles ${names} fit this file equally; it was read by ${best.profile.name}. Confirm the profile of this source once`);
    } else if (best.parse.fitness.disagreements > 0) {
      findings.warning(whereAt(1, 1, '1'), names, `under no shipped profile do the control totals agree; the file was read by ${names}, which comes nearest. Give the profile of this source`);
    }
    return best.profile;
  }

  /** Leaves only the best; true when it is one, or when no more lines may be kept. */
  #oneIsBest(): boolean {
    this.#fitted = this.#best();
    return this.#fitted.length === 1 || this.#length >= LOCKBOX_HELD_LENGTH_MAX;
  }

  /** The profiles that share the first place. */
  #best(): readonly FittedProfile[] {
    const fits = this.#fitted.map((fitted) => ({ fitted, fit: fitted.parse.fitness })).toSorted((left, right) => compareFits(left.fit, right.fit));
    const first = fits[0]?.fit;
    return first === undefined ? [] : fits.filter(({ fit }) => compareFits(fit, first) === 0).map(({ fitted }) => fitted);
  }
}

function compareFits(left: LockboxFit, right: LockboxFit): number {
  return left.disagreements - right.disagreements || left.unread - right.unread || left.unbalanced - right.unbalanced || left.uncovered - right.uncovered;
}
