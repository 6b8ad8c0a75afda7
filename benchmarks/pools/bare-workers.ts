import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Pool } from './pool.js';
import { callInWindow } from './window.js';

/** One worker and the callers that wait for its answers, in order: a worker answers in the order of its messages. */
interface Post {
  readonly worker: Worker;
  readonly waiting: ((value: unknown) => void)[];
}

export async function openBareWorkers(handler: URL, threads: number): Promise<Pool> {
  const posts = await Promise.all(Array.from({ length: threads }, () => openPost(handler)));
  let turn = 0;
  const call = (input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const post = posts[turn++ % posts.length];
      if (!post) {
        reject(new Error('there is no worker'));
        return;
      }
      post.waiting.push(resolve);
      post.worker.postMessage(input);
    });
  return {
    call,
    each: (inputs, window, seen) => callInWindow(call, inputs, window, seen),
    close: () => Promise.all(posts.map((post) => post.worker.terminate())),
  };
}

async function openPost(handler: URL): Promise<Post> {
  const worker = new Worker(new URL('./bare-thread.js', import.meta.url), { workerData: handler.href });
  await once(worker, 'message');
  const waiting: Post['waiting'] = [];
  worker.on('message', (value: unknown) => waiting.shift()?.(value));
  return { worker, waiting };
}
