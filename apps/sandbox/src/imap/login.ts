import { timingSafeEqual } from 'node:crypto';
import { Refused, type ImapUser } from './conversation.js';

/** ^A closes each field of XOAUTH2. */
const FIELD_END = '\u0001';

/** @throws Refused AUTHENTICATIONFAILED */
export function byPassword(users: readonly ImapUser[], name: string, password: string): ImapUser {
  const user = users.find((each) => each.name === name);
  if (user === undefined || user.password === null || !sameText(user.password, password)) throw new Refused('AUTHENTICATIONFAILED', 'invalid credentials');
  return user;
}

/** SASL PLAIN (RFC 4616): authorization id, name and password, each behind a NUL. @throws Refused */
export function byPlain(users: readonly ImapUser[], response: string): ImapUser {
  const [, name = '', password = ''] = Buffer.from(response, 'base64').toString('utf8').split('\0');
  return byPassword(users, name, password);
}

/** XOAUTH2: `user=` and `auth=Bearer `, each closed by ^A, and one more. @returns null for a token that does not let in */
export function byToken(users: readonly ImapUser[], response: string): ImapUser | null {
  const fields = Buffer.from(response, 'base64').toString('utf8').split(FIELD_END);
  const [name, token] = [fields[0]?.replace(/^user=/, ''), fields[1]?.replace(/^auth=Bearer /, '')];
  const user = users.find((each) => each.name === name);
  return fields.length === 4 && user?.accessToken !== undefined && user.accessToken !== null && token !== undefined && sameText(user.accessToken, token) ? user : null;
}

function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
