/** A server in a process of its own, so that its CPU is nobody's; tells its parent the port, and ends with it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((_request, response) => response.end('x'.repeat(64)));
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.once('disconnect', () => {
  server.closeAllConnections();
  server.close();
});
