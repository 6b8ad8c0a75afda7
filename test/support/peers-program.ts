// Runs in a process of its own: servers that accept whatever comes and close nothing by themselves.
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { SERVER_TLS } from './place.js';

const LARGE = Buffer.alloc(4 * 1024 * 1024, 'x');

function hold(socket: net.Socket): void {
  socket.resume();
  // Clients go as they like.
  socket.on('error', () => undefined);
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume();
  response.end(request.url === '/large' ? LARGE : 'small');
}

async function portOf(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const patient = <Server extends http.Server | https.Server>(server: Server): Server => {
  server.keepAliveTimeout = 600_000;
  return server;
};

const socketPath = process.argv[2];
if (socketPath === undefined) throw new Error('Expected the path of a socket, got nothing');
const unix = net.createServer(hold).listen(socketPath);
await once(unix, 'listening');
const dns = dgram.createSocket('udp4').bind(0, '127.0.0.1');
await once(dns, 'listening');
process.on('disconnect', () => process.exit());
process.send?.({
  unix: socketPath,
  dns: dns.address().port,
  tcp: await portOf(net.createServer(hold)),
  tls: await portOf(tls.createServer(SERVER_TLS, hold)),
  http: await portOf(patient(http.createServer(answer))),
  otherHttp: await portOf(patient(http.createServer(answer))),
  https: await portOf(patient(https.createServer(SERVER_TLS, answer))),
  http2: await portOf(http2.createServer((_request, response) => response.end('small'))),
});
