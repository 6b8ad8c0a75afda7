// Whatever ends a thread in which everything that can be open is open: nothing of it is left in the process.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { CallOptions, CloseReport, Supervisor, SupervisorOptions } from '../../../runtime/index.js';
import type { Fault } from '../../fixtures/handlers/faults.js';
import { childrenOf, childrenSince } from '../../support/children-of.js';
import { code, lost, REASON, thrown, value } from '../../support/fault-table.js';
import { fixture } from '../../support/fixture.js';
import { Gate } from '../../support/gate.js';
import { openInto } from '../../support/open-into.js';
import { readOpeners } from '../../support/openers.js';
import { type Ended, outcomeOf } from '../../support/outcome-of.js';
import type { Place } from '../../support/place.js';
import { withOrphans } from '../../support/with-orphans.js';
import { withPlace } from '../../support/with-place.js';

type OpenMany = typeof import('../../fixtures/handlers/open-many.js');

interface Row {
  readonly ending: string;
  /** What the attempt does when it has opened everything; none: it returns. */
  readonly fault?: Fault;
  /** It is another task that ends so, when the one that opened everything is over. */
  readonly apart?: true;
  readonly options?: SupervisorOptions;
  readonly call?: CallOptions;
  /** What is done from outside then. */
  readonly then?: (supervisor: Supervisor, controller: AbortController) => unknown;
  readonly ends: (ended: Ended<unknown>) => void;
  /** Whether the thread is ended before its supervisor is closed. */
  readonly replaces: boolean;
  /** Whether it was asked before it was ended, and so could close what it had. */
  readonly asked: boolean;
}

const openers = await readOpeners();
const all = value(openers.length);
const closed = code('PLUSTWO_CLOSED');
const close = (supervisor: Supervisor): unknown => supervisor.close({ timeout: 0 });
const abort = (_supervisor: Supervisor, controller: AbortController): void => {
  controller.abort(REASON);
};

const ROWS: readonly Row[] = [
  { ending: 'close, its task over', ends: all, replaces: false, asked: true },
  { ending: 'close, its task running', fault: 'hang', then: close, ends: closed, replaces: false, asked: true },
  { ending: 'close, its task blocking it', fault: 'loop', then: close, ends: closed, replaces: false, asked: false },
  { ending: 'a cancel', fault: 'hang', then: abort, ends: thrown(REASON), replaces: true, asked: true },
  {
    ending: 'a cancel, while it is blocked',
    fault: 'loop',
    then: abort,
    ends: thrown(REASON),
    replaces: true,
    asked: false,
  },
  {
    ending: 'a timeout',
    fault: 'hang',
    apart: true,
    call: { timeout: 100 },
    ends: code('PLUSTWO_TIMED_OUT'),
    replaces: true,
    asked: true,
  },
  { ending: 'process.exit', fault: 'exit 13', ends: lost(/exit code 13/), replaces: true, asked: false },
  { ending: 'an error nobody catches', fault: 'throw in a timer', ends: anyError, replaces: true, asked: true },
  { ending: 'running out of memory', fault: 'run out of memory', ends: lost(/memory/), replaces: true, asked: false },
  { ending: 'a recycle', options: { recycle: { descriptors: 8 } }, ends: all, replaces: true, asked: true },
];

/** What native code leaves in the process for good. */
function outliving(place: Place): string[] {
  return openers.flatMap(({ expected }) => (expected.outlives === true ? [expected.named(place)] : []));
}

function anyError(ended: Ended<unknown>): void {
  assert.equal(ended.status, 'rejected');
}

for (const { ending, fault, apart, options, call, then, ends, replaces, asked } of ROWS) {
  test(`${ending}: of everything a thread had open, nothing is left`, async () => {
    await withPlace(async (place) => {
      const children = childrenOf();
      const settings: SupervisorOptions = {
        threads: 1,
        recycle: false,
        grace: 50,
        resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
        execArgv: ['--no-warnings'],
        ...options,
      };
      const report: CloseReport = await withOrphans(settings, async (supervisor) => {
        const { openMany } = await supervisor.load<OpenMany>(fixture('open-many'));
        const gate = new Gate();
        const controller = new AbortController();
        const everything = { place, openers: openers.map(({ url }) => url.href), words: gate.words };
        if (apart === true) all(await outcomeOf(openMany(everything)));
        const input = apart === true ? { ...everything, openers: [] } : everything;
        const ended = outcomeOf(
          openMany(fault === undefined ? input : { ...input, fault }, { ...call, signal: controller.signal }),
        );
        await Promise.race([gate.marked(), ended.then(assertOpened(gate))]);
        then?.(supervisor, controller);
        ends(await ended);
        if (!replaces) return;
        assert.equal(await openMany({ place, openers: [], words: gate.words }), 0, 'another thread takes its place');
        assert.deepEqual(await openInto(place.folder, outliving(place)), outliving(place));
        assert.deepEqual(await childrenSince(children), []);
      });
      assert.deepEqual(await openInto(place.folder), []);
      assert.deepEqual(await childrenSince(children), []);
      assert.deepEqual(
        report.orphans.map(({ link }) => link),
        outliving(place),
      );
      assert.deepEqual(report.errors, []);
      if (!asked || replaces) return;
      assert.ok(report.threads.every(({ quiesced, exited }) => quiesced && exited));
      const resources = new Set(report.closed.map(({ resource }) => resource));
      const expected = openers.flatMap(({ expected: { resource } }) => resource ?? []);
      assert.deepEqual([...resources].sort(), [...new Set(expected)].sort());
    });
  });
}

/** An attempt that ended before it had opened everything says why. */
function assertOpened(gate: Gate): (ended: Ended<unknown>) => void {
  return (ended) => {
    if (gate.marks() === 0 && ended.status === 'rejected') throw ended.error;
  };
}
