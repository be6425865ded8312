/** A text in a `$filter` or a key: quotes doubled. The result still has to be URL-encoded, which {@link address} does. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\'', '\'\'')}'`;
}

/** A path with query options, encoded. Options whose value is null are left out. */
export function address(path: string, options: Readonly<Record<string, string | null>> = {}): string {
  const parts = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return parts.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${parts.join('&')}`;
}

/** `In_x0020_Review` -> `In Review`: enum members are sent with everything that is no letter, digit or underscore escaped. */
export function memberName(wire: string): string {
  return wire.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The way back of {@link memberName}. */
export function wireMember(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, (character) => `_x${character.charCodeAt(0).toString(16).padStart(4, '0')}_`);
}
