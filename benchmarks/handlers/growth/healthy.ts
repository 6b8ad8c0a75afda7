import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers';
import { numbers, work } from './work.js';

const MB = 2 ** 20;

/** Makes a quarter of a megabyte of garbage. */
export function garbage(index: number): number {
  let sum = 0;
  for (let round = 0; round < 4; round++) sum += numbers(MB / 16, index).length;
  return sum;
}

/** Takes four buffers of 256 KB and lets them go. */
export function bufferGarbage(index: number): number {
  const taken = Array.from({ length: 4 }, () => Buffer.alloc(MB / 4, index));
  return work(index) + taken.length;
}

const recent = new Map<number, number[]>();

/** A cache of the 1,000 newest results of 8 KB: full after 1,000 tasks. */
export function newestCache(index: number): number {
  recent.set(index, numbers(8_192, index));
  if (recent.size > 1_000) recent.delete(recent.keys().next().value ?? 0);
  return work(index);
}

const wide = new Map<number, number[]>();

/** The same with 4,000 entries of 4 KB: until it is full nothing tells it from a leak. */
export function wideCache(index: number): number {
  wide.set(index, numbers(4_096, index));
  if (wide.size > 4_000) wide.delete(wide.keys().next().value ?? 0);
  return work(index);
}

const byKey = new Map<number, number[]>();

/** A cache without a bound over 2,000 possible keys: it fills ever more slowly. */
export function keyedCache(index: number): number {
  const key = (index * 7_919 + ((index * index) % 101) * 17) % 2_000;
  if (!byKey.has(key)) byKey.set(key, numbers(4_096, key));
  return work(index);
}

let session: number[][] = [];

/** Gathers 10 KB a task and lets go of all of it every 700 tasks. */
export function sawTooth(index: number): number {
  session.push(numbers(10_240, index));
  if (session.length >= 700) session = [];
  return work(index);
}

let burst: number[][] = [];

/** Every 500 tasks 30 MB are needed for 40 tasks. */
export function bursts(index: number): number {
  if (index % 500 === 250) burst = Array.from({ length: 30 }, () => numbers(MB, index));
  if (index % 500 === 290) burst = [];
  return work(index) + burst.length;
}

const free: Buffer[] = [];
const lent: Buffer[] = [];

/** Lends buffers of 64 KB to the next tasks and takes them back: now more, now fewer of them. */
export function bufferPool(index: number): number {
  lent.push(free.pop() ?? Buffer.alloc(65_536));
  const out = 16 + Math.round(100 * (1 + Math.sin(index / 300)));
  while (lent.length > out) free.push(lent.shift() ?? Buffer.alloc(65_536));
  return work(index);
}

const names = new Set<string>();

/** Keeps every word it meets, from a vocabulary of 20,000. */
export function interning(index: number): number {
  for (let word = 0; word < 40; word++)
    names.add(`word number ${String((index * 40 + word * word * 31) % 20_000)} of a text`);
  return work(index);
}

let table: Promise<{ readonly rows: number }> | undefined;

/** Needs a module with a table of 24 MB from its 1,500th task on. */
export async function lateModule(index: number): Promise<number> {
  if (index >= 1_500) table ??= import('./table.js');
  return work(index) + ((await table)?.rows ?? 0);
}

const compiled = new Map<number, (value: number) => number>();

/** Compiles one of 400 templates when it first meets it. */
export function templates(index: number): number {
  const key = (index * 31) % 400;
  let template = compiled.get(key);
  if (template === undefined) {
    const lines = Array.from({ length: 60 }, (_, line) => `value += ${String(key)} * ${String(line)};`).join('\n');
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- code that is made at run time is the point
    template = new Function('value', `${lines}\nreturn value;`) as (value: number) => number;
    compiled.set(key, template);
  }
  return work(index) + template(index);
}

const bus = new EventEmitter();

/** Adds a listener and a timer, each holding 20 KB; the one is removed, the other runs. */
export function tidy(index: number): number {
  const held = numbers(20_480, index);
  const listener = (): number => held.length;
  bus.on('change', listener);
  bus.emit('change');
  bus.off('change', listener);
  setTimeout(listener, 20);
  return work(index);
}
