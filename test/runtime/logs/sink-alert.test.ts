import assert from 'node:assert/strict';
import test from 'node:test';
import { SinkAlert } from '../../../runtime/logs/sink-alert.js';
import { logPlace } from '../../support/log-place.js';
import { runNode } from '../../support/run-node.js';
import { ManualClock } from '../../support/stub-thread.js';

const PROGRAM = new URL('../../fixtures/hosts/logs-nowhere.js', import.meta.url);

test('the trouble of a sink is said once a minute, and what is lost each time', () => {
  const clock = new ManualClock();
  const said: string[] = [];
  const alert = new SinkAlert({ clock, warn: (text) => said.push(text), warnAtExit: () => assert.fail('no exit') });
  alert.say('app', 'fault 1', false);
  alert.say('app', 'fault 2', false);
  alert.say('incidents', 'fault of another', false);
  clock.pass(59_999);
  alert.say('app', 'fault 3', false);
  clock.pass(1);
  alert.say('app', 'fault 4', false);
  alert.say('app', 'lost 1', true);
  alert.say('app', 'lost 2', true);
  alert.close();
  assert.deepEqual(said, ['fault 1', 'fault of another', 'fault 4', 'lost 1', 'lost 2']);
});

for (const ending of ['close', 'exit']) {
  test(`where no logger hears that log files cannot be written, the process is warned, and of what is lost as well (${ending})`, async (t) => {
    const { exitCode, stdout, stderr } = await runNode(PROGRAM, logPlace(t), ending);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: '' });
    // A process that ends in that turn prints no warnings.
    if (ending === 'close')
      assert.match(stderr, /\[PLUSTWO_LOG_FILES\] PlustwoWarning: log sink app: ENOTDIR, \d+ lines? held/);
    assert.match(stderr, /log sink app: closed while it could not be written, \d+ lines lost/);
  });
}
