import type { StatementBalance, StatementTransaction } from '#canonical';

/**
 * What a BAI2 type code means. Ranges: 001-099 status, 100-399 credit, 400-699 debit, 700-799 loan, 890 text only, 900-919 custom status,
 * 920-959 custom credit, 960-999 custom debit. Whether a code totals or details comes from the manual's table, not from its number.
 */
export interface TypeCode {
  readonly level: 'status' | 'summary' | 'detail' | 'text';
  /** 1 money in, -1 money out, 0 when the code has no direction. */
  readonly direction: 1 | -1 | 0;
  readonly kind: StatementTransaction['kind'];
  /** The line takes back an earlier one. */
  readonly reversal: boolean;
}

/** Totals of the manual's table (levels as in ministryofjustice/bai2, MIT); 168 and 169 count as details, as banks send them. */
const SUMMARIES = codes(
  '100 101 105 106 107 109 110 120 130 131 140 146 150 160 162 163 167 170 178 180 182 185 186 188 190 200 205 207 210 215 230 231 239 245 '
  + '250 251 256 260 270 271 280 285 294 302 303 304 305 307 309 310 315 316 318 319 320 321 324 325 326 327 328 329 330 332 336 338 340 341 '
  + '343 350 352 355 356 360 361 370 385 389 390 '
  + '400 401 403 405 406 410 412 416 420 430 446 450 463 465 467 470 471 478 480 482 486 490 500 505 507 510 515 530 532 534 536 537 539 550 '
  + '551 556 560 570 580 583 584 585 586 587 588 590 594 596 601 602 610 611 612 613 614 615 617 618 621 623 625 626 628 630 632 640 646 650 '
  + '655 665 670 685 689 690 720 760',
);

const KINDS: Readonly<Partial<Record<StatementTransaction['kind'], ReadonlySet<string>>>> = {
  ach: codes('121 122 142 143 145 155 156 164 165 166 168 169 256 257 258 421 445 447 451 452 455 462 464 466 468 469 557 558'),
  wire: codes('195 196 208 495 496 508'),
  lockbox: codes('115 116 118 415'),
  check: codes('171 172 173 174 175 176 187 221 222 255 301 395 474 475 522 555'),
  card: codes('147'),
  transfer: codes('191 201 206 274 275 276 277 278 347 491 501 506 574 575 577 578 656'),
  fee: codes('564 567 661 698'),
  interest: codes('242 346 354 359 654 659'),
};

/** Debit reversal, checks and ACH entries returned, reversals, rejected entries, deposited items returned. */
const REVERSALS = codes('252 255 257 258 261 266 395 552 555 557 558 561 566 694');

const BALANCES: Readonly<Record<string, StatementBalance['kind']>> = { '010': 'opening', '015': 'closing', '040': 'available', '045': 'available', '060': 'available' };

const known = new Map<string, TypeCode>();

/** Meaning of a three-digit code; null for anything else. */
export function typeCodeOf(code: string): TypeCode | null {
  const cached = known.get(code);
  if (cached !== undefined) return cached;
  if (!/^\d{3}$/.test(code) || code === '000') return null;
  const made = makeTypeCode(code);
  known.set(code, made);
  return made;
}

export function balanceKindOf(code: string): StatementBalance['kind'] {
  return BALANCES[code] ?? 'other';
}

function makeTypeCode(code: string): TypeCode {
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((candidate) => KINDS[candidate]?.has(code) === true) ?? 'other';
  return { level: levelOf(code), direction: directionOf(Number(code)), kind, reversal: REVERSALS.has(code) };
}

function levelOf(code: string): TypeCode['level'] {
  const number = Number(code);
  if (number === 890) return 'text';
  if (number < 100 || (number >= 700 && number < 720) || (number >= 900 && number < 920)) return 'status';
  return SUMMARIES.has(code) ? 'summary' : 'detail';
}

function directionOf(number: number): TypeCode['direction'] {
  if ((number >= 100 && number < 400) || (number >= 721 && number <= 728) || (number >= 920 && number < 960)) return 1;
  if ((number >= 400 && number < 700) || number >= 960) return -1;
  return 0;
}

function codes(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
