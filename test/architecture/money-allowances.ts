import type { Allowance } from './tidy-rules.js';

/** Where an amount may become a `number`, and why nothing is lost. Everything else goes through Money. */
export const MONEY_ALLOWANCES: readonly Allowance[] = [
  {
    path: 'apps/sandbox/src/netsuite/', line: /Number\((?:row|line)\['(?:foreign)?(?:amount|total)'\]\)|Number\((?:credit|applied)\.amount\)/,
    because: 'The simulated book is SQLite, which hands integers over as numbers; simulation/book-amounts.ts bounds every one of them below 2^53.',
  },
  {
    path: 'apps/sandbox/src/netsuite/suiteql/functions.ts', line: /Number\(text\)\.toFixed\(AMOUNT_DECIMALS\)|Number\(parseAmount\(cut\)\)/,
    because: 'A literal of a query becomes a SQLite integer of the same bounded book.',
  },
  {
    path: 'libs/matching/src/rules/subset-sum.ts', line: /Number\(\w+(?:\.\w+)? \/ divisor\)/,
    because: 'The search gives up above 2^53 two lines before; below it integers are exact, and several times faster than bigint.',
  },
  {
    path: 'libs/matching/src/rules/families.ts', line: /findSmallSubsets\(.*Number\(target\)\)/,
    because: 'SAFE_UNITS (2^50) is asked before; the amounts are smaller than the target.',
  },
  { path: 'libs/matching/src/rules/priors.ts', line: /Math\.max\(Number\(minor\), 1\)/, because: 'A likelihood of an amount, not an amount.' },
  { path: 'libs/matching/src/rules/confidence.ts', line: /probability \* 1000/, because: 'A probability in words, not an amount.' },
  { path: 'apps/cli/src/commands/lists.ts', line: /probability \* 100\)\.toFixed\(1\)/, because: 'A probability, not an amount.' },
  { path: 'apps/demo/src/stages/match.ts', line: /probability \* 100\)\.toFixed\(1\)/, because: 'A probability, not an amount.' },
  { path: 'apps/demo/src/story.ts', line: /seconds\(\)\.toFixed\(1\)/, because: 'Seconds, not an amount.' },
  { path: 'connectors/netsuite/src/suiteql.ts', line: /Number\(body\.totalResults/, because: 'A count of rows, not an amount.' },
];
