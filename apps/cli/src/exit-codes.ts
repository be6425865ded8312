/** What the exit code says, so that scripts need not read the text. Documented in README.md. */
export const EXIT = {
  /** Done, and all is well. */
  done: 0,
  /** Done, and the answer is bad news: something is missing, totals differ, a run failed, a posting would be refused. */
  badNews: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The hub refused the request; the problem is printed. */
  refused: 3,
  /** No hub answers, or it does not know the key. */
  noHub: 4,
  /** A mistake in this program, or on the hub's side. */
  broken: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
