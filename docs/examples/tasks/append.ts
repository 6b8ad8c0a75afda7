import { open } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { resource, task } from 'plustwo/task';

// Opened once per thread, held by one attempt at a time, closed before the thread ends.
const archive = resource({
  open: () => open(`archive-${threadId}.gz`, 'a'),
  close: (file) => file.close(),
});

export const append = task({ timeout: '30s', retry: { attempts: 3, on: ['EMFILE'] } }, async (path: string, ctx) => {
  const file = await open(path);
  ctx.defer(() => file.close()); // runs when the attempt ends, however it ends
  const packed = gzipSync(await file.readFile({ signal: ctx.signal }));
  ctx.progress(0.5, 'packed');
  const out = await ctx.use(archive);
  await out.appendFile(packed);
  ctx.log.info('appended', { path, bytes: packed.length });
  return packed.length;
});
