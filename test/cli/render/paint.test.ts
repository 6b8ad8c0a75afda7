import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

const paint = new URL('../../../cli/render/paint.js', import.meta.url).href;

/** What a text that should be red looks like on a stderr that is a pipe. */
function painted(env: NodeJS.ProcessEnv): string {
  const script = `const { paintFor } = await import('${paint}'); process.stderr.write(paintFor(process.stderr)('red', 'x'))`;
  const { PATH } = process.env;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { env: { PATH, ...env }, encoding: 'utf8' })
    .stderr;
}

test('a stream that is no terminal has no colours', () => {
  assert.equal(painted({}), 'x');
});

test('FORCE_COLOR colours any stream', () => {
  assert.equal(painted({ FORCE_COLOR: '1' }), '\u001b[31mx\u001b[39m');
  assert.equal(painted({ FORCE_COLOR: '0' }), 'x');
});
