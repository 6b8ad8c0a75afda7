import assert from 'node:assert/strict';
import test from 'node:test';
import { type Evidence, howItEnded, Quarantine, type Verdict } from '../../../runtime/process/quarantine.js';
import { Chance } from '../../simulation/seeded.js';

const RERUN = { rerun: true };

function death(started: readonly number[], how: Partial<Evidence> = {}): Evidence {
  return { exitCode: null, signal: 'SIGSEGV', output: '', started: (id) => started.includes(id), ...how };
}

/** A verdict in short. */
function short({ resend, suspects, lost }: Verdict): unknown {
  return { resend, suspects, lost: lost.map(({ id, deaths }) => [id, deaths]) };
}

test('what had not started is sent again in its order, and nothing is held against it', () => {
  const quarantine = new Quarantine(RERUN);
  assert.deepEqual(short(quarantine.died(death([]), [3, 1, 2])), { resend: [3, 1, 2], suspects: [], lost: [] });
  assert.equal(quarantine.next(), undefined);
  assert.equal(quarantine.size, 0);
});

test('the only one that ran is charged; when it dies alone again it is over', () => {
  const quarantine = new Quarantine(RERUN);
  assert.deepEqual(short(quarantine.died(death([2]), [1, 2, 3])), { resend: [1, 3], suspects: [2], lost: [] });
  assert.equal(quarantine.deaths(2), 1);
  assert.equal(quarantine.next(), 2);
  const verdict = quarantine.died(death([2], { output: 'assertion failed\n' }), [2]);
  assert.deepEqual(short(verdict), { resend: [], suspects: [], lost: [[2, 2]] });
  const { error } = verdict.lost[0] ?? {};
  assert.match(error?.message ?? '', /SIGSEGV/);
  assert.match(error?.message ?? '', /ended 2 processes/);
  assert.deepEqual(
    [error?.code, error?.started, error?.output, error?.ended],
    ['PLUSTWO_THREAD_LOST', true, 'assertion failed\n', 2],
  );
  assert.deepEqual([quarantine.size, quarantine.next()], [0, undefined]);
});

test('of several that ran none is charged; they run one at a time, and who dies then is charged with both', () => {
  const quarantine = new Quarantine(RERUN);
  assert.deepEqual(short(quarantine.died(death([1, 2, 3]), [1, 2, 3, 4])), {
    resend: [4],
    suspects: [1, 2, 3],
    lost: [],
  });
  assert.deepEqual(
    [1, 2, 3].map((id) => quarantine.deaths(id)),
    [0, 0, 0],
  );
  assert.equal(quarantine.next(), 1);
  assert.equal(quarantine.next(), undefined, 'one is under way');
  quarantine.left(1);
  assert.equal(quarantine.next(), 2);
  assert.deepEqual(short(quarantine.died(death([2]), [2])), { resend: [], suspects: [], lost: [[2, 2]] });
  assert.equal(quarantine.next(), 3);
  assert.deepEqual(short(quarantine.died(death([3]), [3])), { resend: [], suspects: [3], lost: [] });
  assert.equal(quarantine.deaths(3), 1, 'the first death has been charged to another');
});

test('a suspect that had not started when its host died is no more guilty, and still the first', () => {
  const quarantine = new Quarantine(RERUN);
  quarantine.died(death([1, 2]), [1, 2]);
  assert.equal(quarantine.next(), 1);
  assert.deepEqual(short(quarantine.died(death([]), [1])), { resend: [], suspects: [1], lost: [] });
  assert.deepEqual([quarantine.deaths(1), quarantine.next()], [0, 1]);
});

test('a suspect that leaves while it waits is not named', () => {
  const quarantine = new Quarantine(RERUN);
  quarantine.died(death([1, 2, 3]), [1, 2, 3]);
  quarantine.left(1);
  quarantine.left(2);
  assert.deepEqual([quarantine.isSuspect(1), quarantine.isSuspect(3), quarantine.size], [false, true, 1]);
  assert.equal(quarantine.next(), 3);
});

test('the main host may die while a suspect is under way: that one is not touched', () => {
  const quarantine = new Quarantine(RERUN);
  quarantine.died(death([1, 2]), [1, 2]);
  assert.equal(quarantine.next(), 1);
  assert.deepEqual(short(quarantine.died(death([7]), [7, 8])), { resend: [8], suspects: [7], lost: [] });
  assert.equal(quarantine.next(), undefined);
  quarantine.left(1);
  assert.deepEqual([quarantine.next(), quarantine.size], [2, 2]);
});

test('without rerun everything that ran is lost at once, and is told so', () => {
  const quarantine = new Quarantine({ rerun: false });
  const verdict = quarantine.died(death([1, 2], { signal: null, exitCode: 134 }), [1, 2, 3]);
  assert.deepEqual(short(verdict), {
    resend: [3],
    suspects: [],
    lost: [
      [1, 0],
      [2, 0],
    ],
  });
  for (const { error } of verdict.lost) assert.match(error.message, /exit code 134 .*several.*rerun is false/);
  const alone = quarantine.died(death([3]), [3]);
  assert.deepEqual(short(alone), { resend: [], suspects: [], lost: [[3, 1]] });
  assert.deepEqual([quarantine.size, quarantine.next()], [0, undefined]);
});

test('a death is told by its signal, or else by its exit code', () => {
  assert.equal(howItEnded({ signal: 'SIGABRT', exitCode: null }), 'SIGABRT');
  assert.equal(howItEnded({ signal: null, exitCode: 70 }), 'exit code 70');
});

/** What one task does to the processes it runs in. */
type Character = 'innocent' | 'culprit';

/**
 * Hosts, made up: the main one runs several at a time and dies of what its culprits do; the other runs one. Checks from outside who was
 * charged, how often each task ran, and that each of them settled once.
 */
class Play {
  readonly #chance: Chance;
  readonly #quarantine = new Quarantine(RERUN);
  readonly #characters = new Map<number, Character>();
  readonly #settled = new Map<number, 'ok' | 'lost' | 'cancelled'>();
  /** Deaths of hosts in which it was the only one that ran, and of those in which it was not. */
  readonly #alone = new Map<number, number>();
  readonly #inGroup = new Map<number, number>();
  #main: number[] = [];
  readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#chance = new Chance(seed);
    const share = this.#chance.pick([0, 0.05, 0.3, 1]);
    const tasks = this.#chance.whole(1, 40);
    for (let id = 1; id <= tasks; id++) {
      this.#characters.set(id, this.#chance.happens(share) ? 'culprit' : 'innocent');
      this.#main.push(id);
    }
  }

  run(): void {
    let scenes = 0;
    while (this.#main.length > 0 || this.#quarantine.size > 0) {
      assert.ok(++scenes < 1_000, this.#say('it never comes to an end'));
      if (this.#main.length > 0 && (this.#quarantine.size === 0 || this.#chance.happens(0.5))) this.#playMain();
      else this.#playAlone();
    }
    for (const [id, character] of this.#characters) this.#judge(id, character);
  }

  /** Some run, some have not started; if a culprit is among them the host dies, and others may end before. */
  #playMain(): void {
    const width = this.#chance.whole(1, 8);
    const started = this.#main.slice(0, width);
    if (this.#chance.happens(0.2)) this.#settle(this.#chance.pick(started), 'cancelled');
    for (const id of started) {
      const endsWell = this.#characters.get(id) === 'innocent' && this.#chance.happens(0.5);
      if (endsWell && !this.#settled.has(id)) this.#settle(id, 'ok');
    }
    const running = started.filter((id) => !this.#settled.has(id));
    this.#main = this.#main.filter((id) => !this.#settled.has(id));
    if (running.some((id) => this.#characters.get(id) === 'culprit')) this.#die(running, this.#main);
    else for (const id of running) this.#settle(id, 'ok');
    this.#main = this.#main.filter((id) => !this.#settled.has(id) && !this.#quarantine.isSuspect(id));
  }

  #playAlone(): void {
    const id = this.#quarantine.next();
    assert.ok(id !== undefined, this.#say('suspects wait, none is under way, and none is named'));
    if (this.#chance.happens(0.1)) {
      // Somebody does not want it any more.
      this.#settle(id, 'cancelled');
    } else if (this.#chance.happens(0.1)) {
      const verdict = this.#quarantine.died(death([]), [id]);
      assert.deepEqual(short(verdict), { resend: [], suspects: [id], lost: [] });
    } else if (this.#characters.get(id) === 'innocent') this.#settle(id, 'ok');
    else this.#die([id], [id]);
  }

  #die(running: readonly number[], has: readonly number[]): void {
    const [book] = running.length === 1 ? [this.#alone] : [this.#inGroup];
    for (const id of running) book.set(id, (book.get(id) ?? 0) + 1);
    const { resend, suspects, lost } = this.#quarantine.died(death(running), has);
    const all = [...resend, ...suspects, ...lost.map(({ id }) => id)];
    assert.deepEqual(all.sort(byNumber), [...has].sort(byNumber), this.#say('each is in one part of the verdict'));
    for (const { id, deaths } of lost) {
      assert.equal(this.#characters.get(id), 'culprit', this.#say(`${id} is innocent and was condemned`));
      assert.equal(deaths, 2);
      this.#settle(id, 'lost');
    }
  }

  #settle(id: number, how: 'ok' | 'lost' | 'cancelled'): void {
    assert.equal(this.#settled.has(id), false, this.#say(`${id} was settled twice`));
    assert.equal(this.#characters.get(id) === 'culprit' && how === 'ok', false);
    if (this.#characters.get(id) === 'innocent')
      assert.equal(this.#quarantine.deaths(id), 0, this.#say(`${id} is innocent and was charged`));
    this.#settled.set(id, how);
    this.#quarantine.left(id);
  }

  #judge(id: number, character: Character): void {
    assert.ok(this.#settled.has(id), this.#say(`${id} was never settled`));
    const alone = this.#alone.get(id) ?? 0;
    const inGroup = this.#inGroup.get(id) ?? 0;
    assert.ok(alone <= 2, this.#say(`${id} died alone ${alone} times`));
    assert.ok(inGroup <= 1, this.#say(`${id} was in ${inGroup} group deaths: a suspect had company`));
    if (character === 'innocent') assert.equal(alone, 0);
  }

  #say(what: string): string {
    return `seed ${this.seed}: ${what}`;
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}

test('innocents are never charged, a culprit dies at most twice besides one death it shared, and everything settles once', () => {
  for (let seed = 1; seed <= 3_000; seed++) new Play(seed).run();
});
