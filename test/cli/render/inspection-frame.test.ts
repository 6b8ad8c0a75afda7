import assert from 'node:assert/strict';
import test from 'node:test';
import { endText, liveLines } from '../../../cli/render/inspection-frame.js';
import { noPaint } from '../../../cli/render/paint.js';
import { widthOf } from '../../../cli/render/width.js';
import { holding, reading, supervisor, thread } from '../support/readings.js';

const layout = { columns: 79, lines: 10, cwd: '/app', paint: noPaint };
const leaking = supervisor([thread(0, [holding(), holding()])]);

test('a rule over the whole width parts the live table from what stands above', () => {
  const [rule = '', title] = liveLines(reading([leaking]), { ...layout, unicode: true });
  assert.match(rule, /^── plustwo inspect {2}2\.3 s ─+$/);
  assert.equal(widthOf(rule), 79);
  assert.equal(title, 'plustwo (pid 4242, running): 2 open, 2 leaked');
  const [ascii = ''] = liveLines(reading([leaking]), { ...layout, unicode: false });
  assert.match(ascii, /^-- plustwo inspect {2}2\.3 s -+$/);
});

test('the live table never takes more lines than there are', () => {
  for (const lines of [1, 2, 3, 4]) {
    assert.ok(liveLines(reading([leaking, leaking]), { ...layout, lines, unicode: true }).length <= lines);
  }
});

test('the end tells what was left open, and that most was open then', () => {
  const last = reading([supervisor([thread(0, [holding(), holding()])], { last: true })], 4000);
  assert.equal(
    endText({ last, peak: last, readings: 5 }, layout),
    'plustwo inspect: 5 readings in 4.0 s\n' +
      'plustwo (pid 4242, closing): 2 open, 2 leaked\n' +
      'THREAD  TASK    WHAT            OPENED AT            WHERE IT LEADS\n' +
      '     0  resize  2 files leaked  src/resize.ts:12:10  photos/a.png, …\n',
  );
});

test('when nothing was left, the end shows what was open when most was', () => {
  const open = holding({ standing: 'open' });
  const peak = reading([supervisor([thread(2, [open])])], 1200);
  const last = reading([supervisor([thread(2, [])], { last: true })], 4000);
  assert.equal(
    endText({ last, peak, readings: 1 }, layout),
    'plustwo inspect: 1 reading in 4.0 s; most at once: 1 open, after 1.2 s\n' +
      'plustwo (pid 4242, closing): nothing open\n' +
      'after 1.2 s:\n' +
      'plustwo (pid 4242, running): 1 open\n' +
      'THREAD  TASK    WHAT         OPENED AT            WHERE IT LEADS\n' +
      '     2  resize  1 file open  src/resize.ts:12:10  photos/a.png\n',
  );
});

test('a command without a supervisor is told so', () => {
  const none = reading([]);
  assert.match(endText({ last: none, peak: none, readings: 0 }, layout), /^plustwo inspect saw no supervisor; .*\n$/);
});
