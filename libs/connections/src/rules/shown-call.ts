import type { Json } from '#canonical';

/** A call a connector made, as a person may see it: no header, no secret. */
export interface ShownCall {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly durationMs: number;
  readonly request: string;
  readonly response: string;
}

/** Characters of a request or a response that are shown; the rest is counted. */
export const SHOWN_TEXT_MAX = 4_000;
/** Shorter secrets would be found by accident in every text; they are covered by the names of their fields. */
const SECRET_CHARACTERS_MIN = 6;
const HIDDEN = '[hidden]';
/** A sign-in's request and answer consist of secrets. */
const SIGN_IN = /(access_token|refresh_token|id_token|client_assertion|client_secret|link_token|public_token)(?:\\*")?\s*[=:]/i;
/** The characters of a name are bounded: unbounded, an answer made for it would keep the search busy for minutes. */
const SECRET_FIELD = /("[^"\\]{0,100}(?:password|secret|token|signature|assertion|api_?key|private_?key)[^"\\]{0,100}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)/gi;
/** The same in JSON that stands as text in JSON, at any depth: its quotes all bear the same backslashes. */
const ESCAPED_SECRET_FIELD = /(\\+)("[^"\\]{0,100}(?:password|secret|token|signature|assertion|api_?key|private_?key)[^"\\]{0,100})\1("\s*:\s*)\1"[^]*?(?:(?<!\\)\1"|$)/gi;
/** In an address or a form; JSON of some servers writes `&` as `\u0026`. */
const SECRET_PARAMETER = /((?:^|[?&;]|\\u0026)[^=&#?;"\s\\]{0,100}(?:password|secret|token|signature|sig|assertion|key)[^=&#?;"\s\\]{0,100}=)(?:(?!\\u0026)[^&#])*/gi;

/** Every text among a connection's secrets, at any depth. */
export function secretTexts(secrets: Json | undefined): readonly string[] {
  if (typeof secrets === 'string') return secrets.length >= SECRET_CHARACTERS_MIN ? [secrets] : [];
  if (typeof secrets !== 'object' || secrets === null) return [];
  return (Array.isArray(secrets) ? secrets : Object.values(secrets)).flatMap((value: Json) => secretTexts(value));
}

/** A text without secrets: neither the connection's own, as they are or as JSON, a URL or a form would write them, nor what a field's name calls one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), asFormValue(secret)]);
  // The longest first: a secret that begins with another one would leave its remainder.
  const hidden = forms.toSorted((one, other) => other.length - one.length).reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  return hidden.replaceAll(ESCAPED_SECRET_FIELD, `$1$2$1$3$1"${HIDDEN}$1"`).replaceAll(SECRET_FIELD, `$1"${HIDDEN}"`).replaceAll(SECRET_PARAMETER, `$1${HIDDEN}`);
}

/** A form writes `+` for a space and escapes signs that `encodeURIComponent` leaves. */
function asFormValue(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1);
}

/** What of a call's body is shown. */
export function shownBody(text: string, secrets: readonly string[]): string {
  if (SIGN_IN.test(text)) return `${HIDDEN} (a sign-in)`;
  const clean = withoutSecrets(text, secrets);
  return clean.length <= SHOWN_TEXT_MAX ? clean : `${clean.slice(0, SHOWN_TEXT_MAX)} … (${clean.length - SHOWN_TEXT_MAX} more characters)`;
}
