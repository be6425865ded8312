import fc from 'fast-check';
import { secretTexts, SHOWN_TEXT_MAX, shownBody, withoutSecrets } from './shown-call.js';

describe('what is shown of a call', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIB/+a b"c\\d\n-----END PRIVATE KEY-----';

  it('finds every secret text at any depth, and leaves out those too short to search for', () => {
    expect(secretTexts({ certificate: { privateKey: key }, list: ['token-123456', 'abc'], number: 1, nothing: null })).toEqual([key, 'token-123456']);
    expect(secretTexts(undefined)).toEqual([]);
  });

  it('shows no secret as it is, as JSON writes it, or as a URL writes it', () => {
    const text = `${key} ${JSON.stringify({ note: key })} ?x=${encodeURIComponent(key)}`;
    const shown = withoutSecrets(text, [key]);
    for (const form of [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key)]) expect(shown).not.toContain(form);
  });

  it('shows no value of a field or parameter that is called a secret', () => {
    expect(withoutSecrets('{"oauth_signature": "abc", "memo": "paid", "userPassword":"x\\"y"}', [])).toBe('{"oauth_signature": "[hidden]", "memo": "paid", "userPassword":"[hidden]"}');
    expect(withoutSecrets('https://blob.example/file?sv=1&sig=abc%3D&x=2', [])).toBe('https://blob.example/file?sv=1&sig=[hidden]&x=2');
  });

  it('shows nothing of a sign-in', () => {
    expect(shownBody('grant_type=client_credentials&client_assertion=eyJ', [])).toBe('[hidden] (a sign-in)');
    expect(shownBody('{"access_token":"eyJ","expires_in":"3600"}', [])).toBe('[hidden] (a sign-in)');
  });

  it('cuts a long text and says how much is missing', () => {
    expect(shownBody('x'.repeat(SHOWN_TEXT_MAX + 5), [])).toMatch(/ … \(5 more characters\)$/);
  });

  it('shows no secret as a form writes it, which is not as a URL does', () => {
    const secret = "pa ss!w'o(r)d~*";
    expect(shownBody(new URLSearchParams({ user: 'ann', note: secret }).toString(), [secret])).toBe('user=ann&note=[hidden]');
  });

  it('shows nothing of the longer of two secrets of which one begins with the other', () => {
    expect(withoutSecrets('key abcdef-remainder', ['abcdef', 'abcdef-remainder'])).toBe('key [hidden]');
  });

  it('shows no secret that is the first field of a form', () => {
    expect(shownBody('password=open-sesame&user=ann', [])).toBe('password=[hidden]&user=ann');
  });

  it('shows no secret of JSON that stands as text in JSON, whichever way its signs are escaped', () => {
    const url = 'https://blob.example/file?sv=1&sig=abc%3D&x=2';
    const answer = JSON.stringify({ value: JSON.stringify({ BlobUrl: url }) });
    for (const text of [answer, answer.replaceAll('&', String.raw`\u0026`), answer.replaceAll('&', '&amp;')]) expect(shownBody(text, [])).not.toContain('abc%3D');
    expect(shownBody(JSON.stringify({ value: JSON.stringify({ apiToken: 'opaque-1' }) }), [])).not.toContain('opaque-1');
    expect(shownBody(JSON.stringify({ value: JSON.stringify({ refresh_token: 'opaque-1' }) }), [])).toBe('[hidden] (a sign-in)');
  });

  it('is not held up by an answer made for it', () => {
    const startedAt = performance.now();
    for (const piece of [';key', '"token ', '\\"token', String.raw`\"token\":\"`]) shownBody(piece.repeat(20_000), []);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('never shows a secret, wherever it stands', () => {
    fc.assert(fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
      expect(withoutSecrets(`${before}${secret}${after}`, [secret]).includes(secret) && !'[hidden]'.includes(secret)).toBe(false);
    }));
  });
});
