import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';
import { type CloseReport, Supervisor, type SupervisorOptions } from '../../runtime/index.js';
import { openState } from './open-state.js';
import { assertNothingLeft } from './with-supervisor.js';

/** What the tasks in test/fixtures/packages work on. */
export interface Material extends AsyncDisposable {
  /** For what they make. */
  readonly folder: string;
  /** Twenty texts in five folders, and a file that is bigger than any buffer. */
  readonly tree: string;
  /** A picture of 96 x 64 that does not compress. */
  readonly picture: string;
  /** An archive with the big file in front. */
  readonly archive: string;
  /** A server that answers with five bytes, and to /big with more than a client takes unasked. */
  readonly origin: string;
}

/** Makes it in a folder of its own. */
export async function makeMaterial(): Promise<Material> {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  const tree = join(folder, 'tree');
  for (let n = 0; n < 20; n++) {
    mkdirSync(join(tree, String(n % 5)), { recursive: true });
    writeFileSync(join(tree, String(n % 5), `${n}.txt`), `${n}\n`.repeat(500));
  }
  writeFileSync(join(tree, 'big.bin'), Buffer.alloc(300_000, 1));
  const picture = join(folder, 'picture.png');
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  await sharp({ create: { width: 96, height: 64, channels: 3, background: 'red', noise } })
    .png()
    .toFile(picture);
  const archive = join(folder, 'archive.tar');
  await create({ cwd: tree, file: archive }, ['big.bin', '0']);
  const server = createServer((request, response) => {
    response.end(request.url === '/big' ? Buffer.alloc(1 << 18) : 'hello');
  });
  // Connections are for the clients to close.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    folder,
    tree,
    picture,
    archive,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * Runs a test body with a supervisor, closes it, and looks from outside whether anything is left. Threads are not counted: native libraries
 * keep some of their own for the whole process, as many as they once needed.
 */
export async function withPackages(
  options: SupervisorOptions,
  body: (supervisor: Supervisor) => Promise<void>,
): Promise<CloseReport> {
  const before = new Map(await openState()).set('thread', Number.POSITIVE_INFINITY);
  const supervisor = new Supervisor(options);
  try {
    await body(supervisor);
  } finally {
    await supervisor.close();
  }
  const report = await supervisor.close();
  await assertNothingLeft(before, report);
  assert.deepEqual(
    report.threads.filter(({ exited }) => !exited),
    [],
  );
  return report;
}
