import assert from 'node:assert/strict';
import test from 'node:test';
import { faultTerms } from '../../runtime/fault-terms.js';
import { BadOptionError, type FaultKind, Supervisor, type SupervisorOptions } from '../../runtime/index.js';
import { FAULT_KINDS } from '../../runtime/option-shapes.js';

const USUAL: readonly FaultKind[] = ['throw', 'reject', 'exit', 'uncaught', 'hang', 'delay', 'leak'];

test('nothing is injected unless it is asked for', () => {
  assert.equal(faultTerms(undefined, 'thread'), undefined);
});

test('seed and kinds have defaults', () => {
  assert.deepEqual(faultTerms({ rate: 0.1 }, 'thread'), { rate: 0.1, seed: 1, kinds: USUAL });
  assert.deepEqual(faultTerms({ rate: 0.1 }, 'process'), { rate: 0.1, seed: 1, kinds: USUAL });
  assert.deepEqual(faultTerms({ rate: 1, seed: 7, kinds: ['loop', 'loop'] }, 'thread'), {
    rate: 1,
    seed: 7,
    kinds: ['loop', 'loop'],
  });
});

test('inline, only what ends with the attempt is a default, and only that is allowed', () => {
  const contained: readonly FaultKind[] = ['throw', 'reject', 'hang', 'delay'];
  assert.deepEqual(faultTerms({ rate: 0.1 }, 'inline')?.kinds, contained);
  for (const kind of FAULT_KINDS) {
    const ask = (): unknown => faultTerms({ rate: 0.1, kinds: ['throw', kind] }, 'inline');
    if (contained.includes(kind)) assert.doesNotThrow(ask);
    else assert.throws(ask, badOption(new RegExp(`only 'throw', .* with \`threads: 0\`.* got '${kind}'`)));
  }
});

test('a segfault is allowed in a process of its own only', () => {
  for (const kind of FAULT_KINDS) assert.doesNotThrow(() => faultTerms({ rate: 0.1, kinds: [kind] }, 'process'));
  const ask = (): unknown => faultTerms({ rate: 0.1, kinds: ['throw', 'segfault'] }, 'thread');
  assert.throws(ask, badOption(/`isolation: 'process'` with 'segfault'.* got 'thread'/));
});

test('the constructor refuses faults that would hit its own process, and those it cannot read', () => {
  const refusals: [SupervisorOptions, string, RegExp][] = [
    [{ faults: { rate: 0.1, kinds: ['segfault'] } }, 'faults.kinds', /isolation: 'process'/],
    [{ threads: 0, faults: { rate: 0.1, kinds: ['exit'] } }, 'faults.kinds', /threads: 0/],
    [{ faults: { rate: 1.5 } }, 'faults.rate', /from 0 to 1.* got 1\.5/],
    [{ faults: {} as never }, 'faults.rate', /from 0 to 1.* got undefined/],
    [{ faults: { rate: 0.5, kinds: [] } }, 'faults.kinds', /a list of/],
    [{ faults: { rate: 0.5, kinds: ['burn' as never] } }, 'faults.kinds', /'segfault'.*burn/],
    [{ faults: { rate: 0.5, seed: -1 } }, 'faults.seed', /got -1/],
  ];
  for (const [options, option, message] of refusals) {
    assert.throws(
      () => new Supervisor(options),
      (error) => error instanceof BadOptionError && error.option === option && message.test(error.message),
      `${JSON.stringify(options)} is refused for ${option}`,
    );
  }
});

function badOption(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof BadOptionError && error.option === 'faults.kinds' && message.test(error.message);
}
