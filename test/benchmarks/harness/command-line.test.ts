import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { root, runNode } from '../../docs/support/run-program.js';

const wrong: [file: string, args: string[], said: string][] = [
  ['chaos', ['--sed', '1'], "chaos: Unknown option '--sed'; see npm run chaos -- --help\n"],
  ['chaos', ['--tasks', '5'], 'chaos: --tasks has to be a number from 100, not 5; see npm run chaos -- --help\n'],
  [
    'chaos',
    ['--isolation', 'fork'],
    'chaos: --isolation has to be one of thread, process, not fork; see npm run chaos -- --help\n',
  ],
  ['outage', ['--quikc'], "drill: Unknown option '--quikc'; see npm run drill -- --help\n"],
  ['outage', ['--after', '0'], 'drill: --after has to be a number above 0, not 0; see npm run drill -- --help\n'],
  ['soak', ['--minutes', 'ten'], 'soak: --minutes has to be a number from 1, not ten; see npm run soak -- --help\n'],
  ['soak', ['--threads', '1.5'], 'soak: --threads has to be a whole number, not 1.5; see npm run soak -- --help\n'],
  ['soak', ['--json'], "soak: Option '--json <value>' argument missing; see npm run soak -- --help\n"],
  [
    'ledger',
    ['--only', 'lanes'],
    'ledger: no bench of the ledger begins with lanes; see node dist/benchmarks/ledger.js --help\n',
  ],
  [
    'overload',
    ['--only', 'ledger'],
    'overload: no bench of overload begins with ledger; see node dist/benchmarks/overload.js --help\n',
  ],
];

for (const [file, args, said] of wrong) {
  test(`${file} ${args.join(' ')} is refused in one line that says where help is`, async () => {
    const { code, stdout, stderr } = await runNode(join(root, `dist/benchmarks/${file}.js`), args);
    assert.deepEqual([code, stdout, stderr], [2, '', said]);
  });
}

test('a bench or a contender that does not exist is answered with those that do', async () => {
  for (const [flag, known] of [
    ['--only', 'trivial-calls'],
    ['--contender', 'piscina sync'],
  ] as const) {
    const { code, stdout, stderr } = await runNode(join(root, 'dist/benchmarks/run.js'), [flag, 'nix']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^bench: .*, not nix; see npm run bench -- --help\n$/);
    assert.ok(stderr.includes(`${flag} has to be one of `) && stderr.includes(known), stderr);
  }
});

test('help is no error', async () => {
  const { code, stdout, stderr } = await runNode(join(root, 'dist/benchmarks/chaos.js'), ['--help']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^npm run chaos -- \[options\]\n/);
});
