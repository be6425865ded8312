import type { IncomingMessage } from 'node:http';

export interface Answer<Content extends string | Uint8Array = string> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Content;
}

/** A request as the handlers see it. */
export interface Call<Content extends string | Buffer = string> {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Content;
  /** `http://host` as the client addressed it, for links. */
  readonly origin: string;
}

export function headerOf(call: Pick<Call, 'headers'>, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** The whole body of a request. @throws the error `tooLarge` makes when it is larger than `bytesMax` */
export async function readBody(request: IncomingMessage, bytesMax: number, tooLarge: () => Error): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
