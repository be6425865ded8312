import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivered {
  readonly value: readonly { readonly subscriptionId: string; readonly clientState: string; readonly resource: string; readonly changeType: string; readonly expirationDateTime: string }[];
}

/** A receiver of notifications that answers handshakes as it should, and notifications with the status it is told. */
export class TestReceiver {
  readonly deliveries: Delivered[] = [];
  status = 200;
  echoes = true;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const token = new URL(request.url ?? '/', 'http://receiver').searchParams.get('validationToken');
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (token !== null) {
          response.writeHead(200, { 'content-type': 'text/plain' }).end(this.echoes ? token : 'something else');
          return;
        }
        this.deliveries.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Delivered);
        response.writeHead(this.status).end();
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }
}
