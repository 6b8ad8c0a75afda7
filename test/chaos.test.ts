import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { runNode } from './docs/support/run-program.js';

/** The short form of `npm run chaos`, with a seed in which each fault comes. Another one repeats another run. */
const SEED = process.env['PLUSTWO_SEED'] ?? '22';
const CHAOS = fileURLToPath(new URL('../benchmarks/chaos.js', import.meta.url));

interface Result {
  readonly scenarios: readonly {
    readonly scenario: { readonly kind: string; readonly tasks: number };
    readonly wrongs: readonly string[];
    readonly found?: { readonly rows: readonly { readonly fault: string; readonly tasks: number }[] };
  }[];
}

const FAULTS = ['exit', 'throw', 'leak', 'loop', 'hang', 'memory', 'reject', 'uncaught', 'delay'];
const EXPECTED = {
  thread: { cpu: FAULTS, io: FAULTS.filter((fault) => fault !== 'loop' && fault !== 'memory') },
  process: { cpu: [...FAULTS, 'segfault'], io: [] as string[] },
};
EXPECTED.process.io = [...EXPECTED.thread.io, 'segfault'];

for (const isolation of ['thread', 'process'] as const) {
  test(`thousands of tasks, some of which do the worst they can, with isolation ${isolation}: each settles once, innocents are ok, and nothing is left`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'plustwo-chaos-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const json = join(folder, 'chaos.json');
    const args = ['--quick', '--isolation', isolation, '--seed', SEED, '--threads', '4', '--json', json];
    const { code, stdout, stderr } = await runNode(CHAOS, args);
    assert.equal(code, 0, `${stderr}\n${stdout}`);
    assert.match(stderr, new RegExp(`^seed ${SEED}$`, 'm'));
    const { scenarios } = JSON.parse(readFileSync(json, 'utf8')) as Result;
    assert.deepEqual(
      scenarios.map(({ scenario, wrongs }) => [scenario.kind, scenario.tasks, wrongs]),
      [
        ['cpu', 1_600, []],
        ['io', 400, []],
      ],
    );
    for (const { scenario, found } of scenarios) {
      const rows = new Map(found?.rows.map(({ fault, tasks }) => [fault, tasks]));
      const faults = EXPECTED[isolation][scenario.kind as 'cpu' | 'io'];
      assert.deepEqual([...rows.keys()].sort(), ['none', ...faults].sort());
      if (process.env['PLUSTWO_SEED'] === undefined)
        for (const fault of faults)
          assert.ok((rows.get(fault) ?? 0) > 0, `${fault} comes among ${scenario.kind} tasks`);
    }
  });
}
