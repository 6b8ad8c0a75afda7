import assert from 'node:assert/strict';
import test from 'node:test';
import {
  keptForIo,
  type LanesInUse,
  mayTake,
  placeAlone,
  placeCpu,
  placeIo,
  type SlotView,
  TINY_MS,
} from '../../../runtime/threads/placement.js';

const CPU_ONLY: LanesInUse = { cpu: true, io: false };
const IO_ONLY: LanesInUse = { cpu: false, io: true };
const BOTH: LanesInUse = { cpu: true, io: true };
const USES = [CPU_ONLY, IO_ONLY, BOTH, { cpu: false, io: false }];

const IDLE: SlotView = { open: true, kept: false, cpu: 0, io: 0, allowance: Number.POSITIVE_INFINITY, expectedMs: 0 };
const BUSY: SlotView = { ...IDLE, cpu: 1, expectedMs: 0.5 };
const SHARED: SlotView = { ...IDLE, io: 1 };
const MIXED: SlotView = { ...BUSY, io: 1 };
const SHUT: SlotView = { ...IDLE, open: false };
const KEPT: SlotView = { ...IDLE, kept: true };

/** Expected length of an attempt worth a thread of its own. */
const LONG_MS = 0.5;
const LENGTHS = [0, LONG_MS, 1_000, Number.POSITIVE_INFINITY];

const always = (): boolean => true;

function idle(count: number): SlotView[] {
  return new Array<SlotView>(count).fill(IDLE);
}

/** Every way to fill so many places with these. */
function* fillings<Part>(parts: readonly Part[], places: number): Generator<Part[]> {
  if (places === 0) {
    yield [];
    return;
  }
  for (const rest of fillings(parts, places - 1)) for (const part of parts) yield [part, ...rest];
}

function show(slots: readonly SlotView[], inUse: LanesInUse): string {
  return `${JSON.stringify(inUse)} ${slots.map(({ open, cpu, io }) => `${open ? '' : 'shut '}${cpu}/${io}`).join(', ')}`;
}

/** Calls `check` for every small pool in every state. */
function everywhere(check: (slots: SlotView[], inUse: LanesInUse, where: string) => void): void {
  for (const places of [1, 2, 3, 4]) {
    for (const slots of fillings([IDLE, BUSY, SHARED, MIXED, SHUT], places)) {
      for (const inUse of USES) check(slots, inUse, show(slots, inUse));
    }
  }
}

test('keeps two slots for io, and always leaves cpu one', () => {
  assert.deepEqual([2, 3, 4, 10].map(keptForIo), [1, 2, 2, 2]);
});

test('gives all slots to the only kind in use', () => {
  for (const slot of [0, 1, 2, 3]) {
    assert.ok(mayTake('cpu', slot, idle(4), CPU_ONLY));
    assert.ok(mayTake('io', slot, idle(4), IO_ONLY));
  }
});

test('parts the slots while both kinds are in use: the last two to io, the others to cpu', () => {
  const slots = idle(4);
  assert.deepEqual(
    slots.map((_, slot) => mayTake('cpu', slot, slots, BOTH)),
    [true, true, false, false],
  );
  assert.deepEqual(
    slots.map((_, slot) => mayTake('io', slot, slots, BOTH)),
    [false, false, true, true],
  );
});

test('shares a single thread between the kinds, whatever runs there', () => {
  for (const view of [IDLE, BUSY, SHARED, MIXED]) {
    for (const inUse of USES) {
      assert.ok(mayTake('cpu', 0, [view], inUse));
      assert.ok(mayTake('io', 0, [view], inUse));
    }
  }
});

test('everywhere: a slot that takes no attempts gets none', () => {
  everywhere((slots, inUse, where) => {
    for (const ms of LENGTHS) {
      const cpu = placeCpu(slots, inUse, ms, always);
      assert.ok(cpu === -1 || slots[cpu]?.open === true, where);
    }
    const io = placeIo(slots, inUse, 100);
    assert.ok(io === -1 || slots[io]?.open === true, where);
  });
});

test('everywhere: a kept slot gets no cpu attempt while io is in use, unless no other slot is open', () => {
  everywhere((slots, inUse, where) => {
    const others = slots.slice(0, slots.length - keptForIo(slots.length));
    if (slots.length === 1 || !inUse.io || !others.some(({ open }) => open)) return;
    for (const ms of LENGTHS) {
      assert.ok(placeCpu(slots, inUse, ms, always) < others.length, where);
    }
  });
});

test('everywhere: io is never put beside a cpu attempt, but in a single thread', () => {
  everywhere((slots, inUse, where) => {
    const place = placeIo(slots, inUse, 100);
    if (slots.length > 1 && place >= 0) assert.equal(slots[place]?.cpu, 0, where);
  });
});

test('everywhere: cpu finds a place as soon as any slot is open, a kept one if no other is', () => {
  everywhere((slots, inUse, where) => {
    if (!slots.some(({ open }) => open)) return;
    for (const ms of LENGTHS) assert.notEqual(placeCpu(slots, inUse, ms, always), -1, where);
  });
});

test('everywhere: io finds a place as soon as one of its kept slots is open and through with its cpu attempts', () => {
  everywhere((slots, inUse, where) => {
    const kept = slots.slice(slots.length === 1 ? 0 : -keptForIo(slots.length));
    const ready = kept.some(({ open, cpu }) => open && (cpu === 0 || slots.length === 1));
    if (ready) assert.notEqual(placeIo(slots, inUse, 100), -1, where);
  });
});

test('everywhere: io goes wherever no cpu attempt runs until a kept slot is through with its own', () => {
  everywhere((slots, inUse, where) => {
    const anywhere = slots.some(({ open, cpu }) => open && cpu === 0);
    const kept = slots.slice(-keptForIo(slots.length));
    const keptReady = kept.some(({ open, cpu }) => open && cpu === 0);
    if (slots.length > 1 && anywhere && !keptReady) assert.notEqual(placeIo(slots, inUse, 100), -1, where);
  });
});

test('everywhere: neither kind starves the other out of a pool whose attempts end', () => {
  everywhere((slots, inUse, where) => {
    if (slots.some(({ open }) => !open) || !inUse.cpu || !inUse.io) return;
    // Whatever runs ends sometime, and the other kind keeps every place it may have busy meanwhile.
    const cpuTakesAll = slots.map((view, slot) => (mayTake('cpu', slot, slots, inUse) ? BUSY : { ...view, cpu: 0 }));
    assert.notEqual(placeIo(cpuTakesAll, inUse, 100), -1, where);
    const ioTakesAll = slots.map((view, slot) =>
      mayTake('io', slot, slots, inUse) ? { ...view, io: 100 } : { ...view, io: 0 },
    );
    assert.notEqual(placeCpu(ioTakesAll, inUse, LONG_MS, always), -1, where);
  });
});

test('cpu keeps to its own slots while the thread of one of them is replaced, so that what ends threads does not end those of io', () => {
  const returning: SlotView = { ...SHUT, isReturning: true };
  for (const own of [
    [returning, SHUT],
    [SHUT, returning],
    [returning, returning],
  ]) {
    const slots = [...own, IDLE, IDLE];
    assert.equal(placeCpu(slots, BOTH, LONG_MS, always), -1);
    assert.equal(placeCpu(slots, CPU_ONLY, LONG_MS, always), 2, 'while io is not in use it has all that are open');
  }
  assert.equal(placeCpu([SHUT, SHUT, IDLE, IDLE], BOTH, LONG_MS, always), 2);
  assert.equal(placeCpu([IDLE, returning, IDLE, IDLE], BOTH, LONG_MS, always), 0);
});

test('puts cpu on an idle slot before any other', () => {
  assert.equal(placeCpu([BUSY, SHARED, IDLE, BUSY], CPU_ONLY, LONG_MS, always), 2);
});

test('puts cpu beside io that was left running before it puts it behind cpu', () => {
  assert.equal(placeCpu([BUSY, { ...SHARED, io: 90 }, { ...SHARED, io: 3 }], CPU_ONLY, LONG_MS, always), 2);
});

test('puts cpu on the slot that is soonest through', () => {
  const slots = [0.9, 0.2, 0.4].map((expectedMs) => ({ ...BUSY, expectedMs }));
  for (const ms of [0, LONG_MS]) assert.equal(placeCpu(slots, CPU_ONLY, ms, always), 1);
});

test('puts tiny attempts on a slot that works before it wakes another', () => {
  const slots = [IDLE, { ...BUSY, expectedMs: 0.9 }, { ...BUSY, expectedMs: 0.3 }, SHARED];
  assert.equal(placeCpu(slots, CPU_ONLY, TINY_MS / 2, always), 2);
  assert.equal(placeCpu(slots, CPU_ONLY, TINY_MS, always), 0);
});

test('wakes a slot for tiny attempts as soon as those that work take no more', () => {
  const slots = [BUSY, SHARED, IDLE, BUSY];
  const tired = (slot: number): boolean => slots[slot]?.cpu === 0;
  assert.equal(placeCpu(slots, CPU_ONLY, 0, tired), 2);
});

test('puts cpu only where it is taken', () => {
  for (const ms of LENGTHS) {
    const only = placeCpu(idle(3), CPU_ONLY, ms, (slot) => slot === 1);
    const none = placeCpu(idle(3), CPU_ONLY, ms, () => false);
    assert.deepEqual([only, none], [1, -1]);
  }
});

test('spreads io evenly and stops at the limit of each slot', () => {
  const slots = idle(4).map((view) => ({ ...view }));
  const placed: number[] = [];
  for (let place = placeIo(slots, IO_ONLY, 3); place !== -1; place = placeIo(slots, IO_ONLY, 3)) {
    const view = slots[place];
    assert.ok(view !== undefined);
    view.io++;
    placed.push(place);
    const counts = slots.map(({ io }) => io);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `uneven: ${counts.join(', ')}`);
  }
  assert.equal(placed.length, 12);
});

test('a slot that is kept gets nothing', () => {
  for (const inUse of USES) {
    assert.equal(placeCpu([KEPT], inUse, LONG_MS, always), -1);
    assert.equal(placeIo([KEPT], inUse, 100), -1);
    assert.equal(placeAlone('io', [KEPT], inUse), -1);
  }
  assert.equal(placeIo([KEPT, SHARED], IO_ONLY, 100), 1);
});

test('who must be alone gets the slot with the fewest attempts, and the first of several that are empty', () => {
  assert.equal(placeAlone('io', [SHARED, IDLE, IDLE], IO_ONLY), 1);
  assert.equal(placeAlone('io', [{ ...SHARED, io: 3 }, { ...SHARED, io: 2 }, SHUT], IO_ONLY), 1);
  assert.equal(placeAlone('cpu', [BUSY, MIXED, SHUT], CPU_ONLY), 0);
});

test('who must be alone stays on its side, like everybody', () => {
  everywhere((slots, inUse, where) => {
    for (const kind of ['cpu', 'io'] as const) {
      const place = placeAlone(kind, slots, inUse);
      const isAnywhere = slots.some((_, slot) => mayTake(kind, slot, slots, inUse));
      assert.equal(place !== -1, isAnywhere, where);
      if (place !== -1) assert.ok(mayTake(kind, place, slots, inUse), where);
    }
  });
});

test('finds no place in no pool', () => {
  assert.equal(placeAlone('io', [], BOTH), -1);
  assert.equal(placeCpu([], BOTH, LONG_MS, always), -1);
  assert.equal(placeIo([], BOTH, 100), -1);
});
