import type { AddressInfo, Server, Socket } from 'node:net';

/** Listens, and gives the port. @throws the server's own error when the address cannot be had. */
export async function listenAt(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Ends every conversation, then the server. */
export async function closeServer(server: Server | null, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  if (server !== null) await new Promise<void>((resolve) => { server.close(() => resolve()); });
}
