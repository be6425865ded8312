/** Longest name most file systems take, in bytes. */
const NAME_BYTES_MAX = 255;
/** Characters of the original name that an archive name keeps. */
const KEPT_LENGTH_MAX = 80;
/** Separators and control characters. */
const FORBIDDEN = /[\p{Cc}/\\]/u;

/**
 * Whether a name from a remote listing names a file of that very folder. A server may answer anything: a name with a separator or `..`
 * would lead our next request out of the folder. Names are never used as paths on our side, so nothing else is forbidden.
 */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !FORBIDDEN.test(name) && Buffer.byteLength(name) <= NAME_BYTES_MAX;
}

/** The name with nothing in it that any file system, shell or viewer takes for more than a letter; at most {@link KEPT_LENGTH_MAX} long, its ending kept. */
export function harmlessName(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^[.-]+/, '_');
  return plain.length <= KEPT_LENGTH_MAX ? plain : plain.slice(-KEPT_LENGTH_MAX);
}

/** `*` is any text, `?` one character; everything else is itself. Linear in both lengths, so a pattern cannot stall the hub. */
export function matchesPattern(name: string, pattern: string): boolean {
  let [at, rule, star, resume] = [0, 0, -1, 0];
  while (at < name.length) {
    if (rule < pattern.length && pattern[rule] === '*') [star, resume, rule] = [rule, at, rule + 1];
    else if (rule < pattern.length && (pattern[rule] === '?' || pattern[rule] === name[at])) [at, rule] = [at + 1, rule + 1];
    else if (star >= 0) [resume, at, rule] = [resume + 1, resume + 1, star + 1];
    else return false;
  }
  while (pattern[rule] === '*') rule += 1;
  return rule === pattern.length;
}
