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
const SIGN_IN = /"?(access_token|refresh_token|id_token|client_assertion|client_secret|link_token|public_token)"?\s*[=:]/i;
const SECRET_FIELD = /("(?:[^"]*(?:password|secret|token|signature|assertion|api_?key|private_?key)[^"]*)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const SECRET_PARAMETER = /([?&;](?:[^=&#]*(?:password|secret|token|signature|sig|assertion|key)[^=&#]*)=)[^&#]*/gi;

/** Every text among a connection's secrets, at any depth. */
export function secretTexts(secrets: Json | undefined): readonly string[] {
  if (typeof secrets === 'string') return secrets.length >= SECRET_CHARACTERS_MIN ? [secrets] : [];
  if (typeof secrets !== 'object' || secrets === null) return [];
  return (Array.isArray(secrets) ? secrets : Object.values(secrets)).flatMap((value: Json) => secretTexts(value));
}

/** A text without secrets: neither the connection's own, as they are or as JSON or a URL would write them, nor what a field's name calls one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  const hidden = forms.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  return hidden.replaceAll(SECRET_FIELD, `$1"${HIDDEN}"`).replaceAll(SECRET_PARAMETER, `$1${HIDDEN}`);
}

/** What of a call's body is shown. */
export function shownBody(text: string, secrets: readonly string[]): string {
  if (SIGN_IN.test(text)) return `${HIDDEN} (a sign-in)`;
  const clean = withoutSecrets(text, secrets);
  return clean.length <= SHOWN_TEXT_MAX ? clean : `${clean.slice(0, SHOWN_TEXT_MAX)} … (${clean.length - SHOWN_TEXT_MAX} more characters)`;
}
