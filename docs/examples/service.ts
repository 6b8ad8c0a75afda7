/**
 * An HTTP service that keeps its event loop free: passwords are hashed in threads. On SIGTERM or SIGINT it takes no more
 * connections, answers the requests it has, ends its threads, and the process ends by itself because nothing is left open.
 *
 *     PORT=3000 node service.js
 *     curl -X POST localhost:3000/passwords -H 'content-type: application/json' -d '{"password":"correct horse"}'
 */
import Fastify, { type FastifyReply } from 'fastify';
import { PlustwoError, Supervisor } from 'plustwo';

const supervisor = new Supervisor({ name: 'passwords', maxQueue: 500 });
const module = new URL('./tasks/password.js', import.meta.url);
const { hashPassword, verifyPassword } = await supervisor.load<typeof import('./tasks/password.js')>(module);

/** What a client may be told about an error of the supervisor: when to come back, and whether that makes sense. */
const STATUS: Partial<Record<string, number>> = {
  PLUSTWO_QUEUE_FULL: 503,
  PLUSTWO_CLOSED: 503,
  PLUSTWO_TIMED_OUT: 504,
};

const text = { type: 'string', minLength: 1, maxLength: 1024 };
const body = (...names: string[]): object => ({
  body: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, text])) },
});

/** Aborted when the client goes away before it has its answer. Not `request.signal`, which is also aborted once the body is read. */
function clientLeaves(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the client went away'));
  });
  return controller.signal;
}

const app = Fastify();

app.post<{ Body: { password: string } }>('/passwords', { schema: body('password') }, async (request, reply) => ({
  stored: await hashPassword(request.body.password, { signal: clientLeaves(reply) }),
}));

app.post<{ Body: { password: string; stored: string } }>(
  '/passwords/verify',
  { schema: body('password', 'stored') },
  async (request, reply) => ({ matches: await verifyPassword(request.body, { signal: clientLeaves(reply) }) }),
);

app.get('/status', () => {
  const { state, lanes, tasks } = supervisor.snapshot();
  return { state, lanes, tasks };
});

app.setErrorHandler(async (error, _request, reply) => {
  const status = error instanceof PlustwoError ? STATUS[error.code] : undefined;
  if (status === undefined) throw error;
  if (status === 503) reply.header('retry-after', '1');
  await reply.code(status).send({ error: (error as PlustwoError).code });
});

// Clients that keep their connections are told to let go of them; the server would wait for over a minute otherwise.
let closing = false;
app.addHook('preClose', (done) => {
  closing = true;
  done();
});
app.addHook('onSend', (_request, reply, _payload, done) => {
  if (closing) reply.header('connection', 'close');
  done();
});

// Runs once every request has been answered.
app.addHook('onClose', async () => {
  const report = await supervisor.close({ timeout: '10s' });
  console.log(`closed: ${report.aborted} tasks aborted, ${report.left.length} things left open`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close());

console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 0) })}`);
