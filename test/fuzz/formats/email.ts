import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Pieces of MIME, and what a body may say otherwise. */
const VALUES = [
  '', '--=b=', '--=b=--', '--=c=', 'Content-Type: multipart/mixed; boundary="=b="', 'Content-Type: text/html; charset=utf-7', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: quoted-printable', '=?utf-8?Q?=FF?=',
  'Content-Disposition: attachment; filename="winmail.dat"', "filename*0*=utf-8''%FF; filename*1=x", '=3D=', '=\u00ff', '<table><tr><td>', '</td>', '<!--', '<blockquote>', '&#0;', '&#99999999;', 'SU5WLTE=', 'INV-1 10.00', 'Total 20.00', 'Auto-Submitted: auto-replied', ':',
] as const;

const HEAD = 'From: =?utf-8?Q?J=C3=B6rg?= <joerg@customer.example>\nTo: ar@house.example\nSubject: remittance\nMessage-ID: <m1@customer.example>\nMIME-Version: 1.0\n';
const SEEDS: readonly string[] = [
  `${HEAD}Content-Type: multipart/mixed; boundary="=b="\n\n--=b=\nContent-Type: text/plain; charset=utf-8\n\nwe paid USD 150.00, see the advice.\n--=b=\nContent-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''Avis%20%C3%A4.txt\nContent-Transfer-Encoding: quoted-printable\n\nPayment USD 150.00=\n\nINV-1 100.00\nINV-2 50.00\n--=b=--\n`,
  `${HEAD}Content-Type: text/html; charset=utf-8\n\n<p>Payment of &euro;150.00</p>\n<table><tr><td>INV-1</td><td>100.00</td></tr>\n<tr><td>INV-2</td><td>50.00</td></tr></table>\n<blockquote>invoice 8</blockquote>\n`,
  `${HEAD}Content-Type: multipart/mixed; boundary="=c="\n\n--=c=\nContent-Type: message/rfc822\n\nFrom: a@x.example\nTo: b@x.example\nSubject: advice\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nPayment of USD 10.00 for INV-1\n--=c=--\n`,
];

/** Messages: whatever their MIME is like, every part is read or said not to be. */
export const fuzzFormat: FuzzFormat = {
  format: 'email',
  seeds: () => SEEDS.map((text) => Buffer.from(text.replaceAll('\n', '\r\n'))),
  mutate: (random, seed) => mutateFields(random, seed, /([;:=<> ])/, VALUES),
};
