import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type List, OVERDUE_MS, PriorityQueue, type Queued } from '../../../runtime/lanes/queue.js';

class Member implements Queued {
  readonly id: number;
  readonly priority: number;
  queuedAt = 0;
  list: List<this> | undefined = undefined;
  next: this | undefined = undefined;
  previous: this | undefined = undefined;

  constructor(id: number, priority = 0) {
    this.id = id;
    this.priority = priority;
  }
}

/** The same rules, said as simply as they can be: a list that is searched from end to end. */
class Model {
  readonly #waiting: { member: Member; since: number }[] = [];
  #tookOverdue = false;

  get size(): number {
    return this.#waiting.length;
  }

  push(member: Member, now: number): void {
    this.#waiting.push({ member, since: now });
  }

  putIn(member: Member, since: number): void {
    this.#waiting.push({ member, since });
    this.#waiting.sort((one, other) => one.since - other.since || one.member.id - other.member.id);
  }

  hasBefore(member: Member): boolean {
    const first = this.#waiting.length === 0 ? undefined : this.#firstOf(this.#highest());
    if (first === undefined || first.member.priority < member.priority) return false;
    if (first.member.priority > member.priority) return true;
    return first.since < member.queuedAt || (first.since === member.queuedAt && first.member.id < member.id);
  }

  remove(member: Member): void {
    const at = this.#waiting.findIndex((entry) => entry.member === member);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  at(index: number): Member | undefined {
    return this.#waiting[index % this.#waiting.length]?.member;
  }

  oldest(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ since }) => since));
  }

  peek(now: number): Member | undefined {
    return this.#turn(now)?.member;
  }

  take(now: number): Member | undefined {
    const turn = this.#turn(now);
    if (turn === undefined) return undefined;
    this.#tookOverdue = !this.#tookOverdue && turn.member.priority !== this.#highest();
    this.remove(turn.member);
    return turn.member;
  }

  #highest(): number {
    return Math.max(...this.#waiting.map(({ member }) => member.priority));
  }

  #firstOf(priority: number): { member: Member; since: number } | undefined {
    return this.#waiting.find(({ member }) => member.priority === priority);
  }

  #turn(now: number): { member: Member; since: number } | undefined {
    const strict = this.#firstOf(this.#highest());
    if (strict === undefined || this.#tookOverdue) return strict;
    const priorities = [...new Set(this.#waiting.map(({ member }) => member.priority))].sort((a, b) => b - a);
    let longest = strict;
    for (const priority of priorities) {
      const first = this.#firstOf(priority);
      if (first !== undefined && first.since < longest.since) longest = first;
    }
    return now - longest.since >= OVERDUE_MS ? longest : strict;
  }
}

function filled(...priorities: number[]): PriorityQueue<Member> {
  const queue = new PriorityQueue<Member>();
  for (const [id, priority] of priorities.entries()) queue.push(new Member(id, priority), 0);
  return queue;
}

function takeAll(queue: PriorityQueue<Member>, now = 0): number[] {
  const ids: number[] = [];
  for (let member = queue.take(now); member !== undefined; member = queue.take(now)) ids.push(member.id);
  return ids;
}

test('takes first come first served inside a priority', () => {
  assert.deepEqual(takeAll(filled(0, 0, 0, 0)), [0, 1, 2, 3]);
});

test('takes higher priorities first, negative and fractional ones included', () => {
  assert.deepEqual(takeAll(filled(0, -1, 5, 0.5, 5, 0)), [2, 4, 3, 0, 5, 1]);
});

test('keeps the strict order for whatever is not overdue', () => {
  assert.deepEqual(takeAll(filled(0, 9, 0, 9), OVERDUE_MS - 1), [1, 3, 0, 2]);
});

test('gives an overdue task every second turn, however large the gap between the priorities', () => {
  const queue = filled(0, 0, 0);
  for (let id = 3; id < 7; id++) queue.push(new Member(id, 1e9), OVERDUE_MS);
  assert.deepEqual(takeAll(queue, OVERDUE_MS), [0, 3, 1, 4, 2, 5, 6]);
});

test('counts the turn of an overdue task of the highest priority as a turn of the strict order', () => {
  const queue = new PriorityQueue<Member>();
  queue.push(new Member(0, 9), 0);
  queue.push(new Member(1, 0), 1);
  queue.push(new Member(2, 9), 2);
  assert.deepEqual(takeAll(queue, 10 * OVERDUE_MS), [0, 1, 2]);
});

test('takes the longest waiting of several overdue ones', () => {
  const queue = new PriorityQueue<Member>();
  queue.push(new Member(0, 1), 20);
  queue.push(new Member(1, 0), 10);
  queue.push(new Member(2, 2), OVERDUE_MS);
  assert.equal(queue.take(2 * OVERDUE_MS)?.id, 1);
});

test('shows whose turn it is without taking it', () => {
  const queue = filled(0, 1);
  assert.equal(queue.peek(0)?.id, 1);
  assert.equal(queue.peek(0)?.id, 1);
  assert.equal(queue.size, 2);
  assert.equal(queue.take(0)?.id, 1);
});

test('has nothing to show or take when it is empty', () => {
  const queue = new PriorityQueue<Member>();
  assert.equal(queue.peek(0), undefined);
  assert.equal(queue.take(0), undefined);
  assert.equal(queue.oldest(), undefined);
  assert.equal(queue.size, 0);
});

test('puts one back before all of its priority, with the wait it has behind it', () => {
  const queue = filled(0, 0);
  const first = queue.take(5);
  assert.ok(first !== undefined);
  queue.push(new Member(2), 7);
  queue.insert(first);
  assert.equal(first.queuedAt, 0);
  assert.deepEqual(takeAll(queue), [0, 1, 2]);
});

test('puts one back into an empty queue', () => {
  const queue = filled(3);
  const only = queue.take(0);
  assert.ok(only !== undefined);
  queue.insert(only);
  assert.equal(queue.size, 1);
  assert.deepEqual(takeAll(queue), [0]);
});

test('puts one in where it would stand had it never left', () => {
  const queue = new PriorityQueue<Member>();
  const members = [0, 1, 2, 3].map((id) => new Member(id));
  for (const member of members) queue.push(member, member.id);
  for (const at of [2, 0, 3, 1]) {
    const member = members[at];
    assert.ok(member !== undefined);
    queue.remove(member);
    queue.insert(member);
    assert.equal(member.queuedAt, at);
    assert.equal(queue.size, 4);
  }
  assert.deepEqual(takeAll(queue), [0, 1, 2, 3]);
});

test('puts those that began to wait at once in by their numbers, and the youngest at the end', () => {
  const queue = new PriorityQueue<Member>();
  for (const id of [2, 0, 3, 1]) queue.insert(new Member(id));
  const late = new Member(-1);
  late.queuedAt = 1;
  queue.insert(late);
  assert.deepEqual(takeAll(queue), [0, 1, 2, 3, -1]);
});

test('knows whether somebody stands before one that is not in it', () => {
  const queue = filled(0);
  assert.equal(queue.hasBefore(new Member(1, 0)), true, 'its elder');
  assert.equal(queue.hasBefore(new Member(-1, 0)), false, 'its junior');
  assert.equal(queue.hasBefore(new Member(1, 1)), false, 'lower');
  assert.equal(queue.hasBefore(new Member(-1, -1)), true, 'higher');
  assert.equal(new PriorityQueue<Member>().hasBefore(new Member(0)), false, 'nobody');
});

test('takes one out wherever it stands, and leaves it without links', () => {
  for (const place of [0, 1, 2]) {
    const queue = new PriorityQueue<Member>();
    const members = [new Member(0), new Member(1), new Member(2)];
    for (const member of members) queue.push(member, 0);
    const [gone] = members.splice(place, 1);
    assert.ok(gone !== undefined);
    queue.remove(gone);
    assert.deepEqual([gone.list, gone.next, gone.previous], [undefined, undefined, undefined]);
    assert.equal(queue.size, 2);
    assert.deepEqual(
      takeAll(queue),
      members.map(({ id }) => id),
    );
  }
});

test('does nothing when one is taken out that is in no queue', () => {
  const queue = filled(0);
  queue.remove(new Member(7));
  const taken = queue.take(0);
  assert.ok(taken !== undefined);
  queue.remove(taken);
  assert.equal(queue.size, 0);
});

test('looks at as many members to take one of a thousand out as one of ten', () => {
  const looks = (length: number): number => {
    let count = 0;
    const watched = (id: number): Member =>
      new Proxy(new Member(id), {
        get: (member, field) => {
          count++;
          return Reflect.get(member, field) as unknown;
        },
      });
    const queue = new PriorityQueue<Member>();
    const members = Array.from({ length }, (_, id) => watched(id));
    for (const member of members) queue.push(member, 0);
    count = 0;
    const middle = members[length / 2];
    assert.ok(middle !== undefined);
    queue.remove(middle);
    return count;
  };
  assert.equal(looks(1_000), looks(10));
});

type Step =
  | { readonly do: 'push'; readonly priority: number }
  | { readonly do: 'take' | 'peek' | 'take and put back' }
  | { readonly do: 'remove'; readonly at: number }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), priority: fc.integer({ min: -2, max: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('take' as const, 'peek' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('take and put back' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: OVERDUE_MS }) }),
  },
);

test('does what the simple model does, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new PriorityQueue<Member>();
      const model = new Model();
      let now = 0;
      for (const [id, act] of steps.entries()) {
        if (act.do === 'wait') now += act.ms;
        else perform(queue, model, act, id, now);
        assert.equal(queue.size, model.size);
        assert.equal(queue.oldest(), model.oldest());
      }
      for (let member = model.take(now); member !== undefined; member = model.take(now))
        assert.equal(queue.take(now), member);
      assert.equal(queue.take(now), undefined);
    }),
  );
});

function perform(
  queue: PriorityQueue<Member>,
  model: Model,
  act: Exclude<Step, { do: 'wait' }>,
  id: number,
  now: number,
): void {
  switch (act.do) {
    case 'push': {
      const member = new Member(id, act.priority);
      queue.push(member, now);
      model.push(member, now);
      return;
    }
    case 'remove': {
      const member = model.size === 0 ? undefined : model.at(act.at);
      if (member === undefined) return;
      queue.remove(member);
      model.remove(member);
      return;
    }
    case 'peek':
      assert.equal(queue.peek(now), model.peek(now));
      return;
    default: {
      const member = model.take(now);
      assert.equal(queue.take(now), member);
      if (act.do === 'take' || member === undefined) return;
      assert.equal(queue.hasBefore(member), model.hasBefore(member));
      queue.insert(member);
      model.putIn(member, member.queuedAt);
    }
  }
}

test('lets no task wait for more than one other task and its elders once it is overdue', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 30 }), (priorities) => {
      const queue = filled(...priorities);
      const late = new Member(-1, -99);
      queue.push(late, 1);
      let turns = 0;
      let id = 1_000;
      for (let taken = queue.take(OVERDUE_MS + 1); taken !== late; taken = queue.take(OVERDUE_MS + 1)) {
        turns++;
        // A crowd of higher priority keeps coming.
        queue.push(new Member(++id, 99), OVERDUE_MS + 1);
        queue.push(new Member(++id, 99), OVERDUE_MS + 1);
        assert.ok(turns <= 2 * (priorities.length + 1), `waited for ${turns} turns`);
      }
    }),
  );
});
