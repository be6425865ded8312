/** A part of a message a test writes. */
export interface MailPart {
  readonly type: string;
  readonly content: string | Uint8Array;
  readonly name?: string;
  readonly headers?: readonly string[];
}

/** A message with the given parts in `multipart/mixed`, every part in base64. */
export function mail(parts: readonly MailPart[], headers: readonly string[] = []): Buffer {
  const lines = [
    'From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@customer.example>', 'To: ar@house.example', 'Subject: remittance', 'Message-ID: <m1@customer.example>', 'Date: Mon, 02 Mar 2026 10:00:00 +0100', 'MIME-Version: 1.0', ...headers,
    'Content-Type: multipart/mixed; boundary="=b="', '',
    ...parts.flatMap(({ type, content, name, headers: own = [] }) => [
      '--=b=', `Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', ...(name === undefined ? [] : [`Content-Disposition: attachment; ${name}`]), ...own, '',
      ...(Buffer.from(content).toString('base64').match(/.{1,76}/g) ?? []),
    ]),
    '--=b=--', '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
