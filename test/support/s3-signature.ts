import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Whether a request bears a valid signature, version 4 (AWS, "Authenticating Requests: Using the Authorization Header"). s3rver takes any;
 * a client that spoils what the library signed on its way out would be refused by every real service.
 */
export function isSigned({ method = '', url = '', headers }: IncomingMessage, secretAccessKey: string): boolean {
  const match = /Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})/.exec(headers.authorization ?? '');
  const [, day = '', region = '', names = '', signature = ''] = match ?? [];
  if (match === null) return false;
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method, path, query.split('&').filter((pair) => pair !== '').toSorted().join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`), '', names, String(headers['x-amz-content-sha256'] ?? ''),
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', String(headers['x-amz-date'] ?? ''), scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>((secret, part) => createHmac('sha256', secret).update(part).digest(), `AWS4${secretAccessKey}`);
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}
