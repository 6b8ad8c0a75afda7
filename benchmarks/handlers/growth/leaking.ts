import { EventEmitter } from 'node:events';
import { setInterval } from 'node:timers';
import { numbers, work } from './work.js';

/** What outlives every task here, on purpose. */
const kept: unknown[] = [];
const byId = new Map<number, unknown>();
const bus = new EventEmitter().setMaxListeners(0);

const HOUR_MS = 3_600_000;

/** An array of 20 numbers and its place in the list: about 200 bytes. */
export function crumbs(index: number): number {
  kept.push(numbers(160, index));
  return work(index);
}

export function listeners(index: number): number {
  const held = numbers(1_000, index);
  bus.on('change', () => held.length);
  return work(index);
}

export function objects(index: number): number {
  kept.push({ index, name: `object ${String(index)}`, rows: numbers(2_000, index), parent: kept.at(-1) });
  return work(index);
}

export function timers(index: number): number {
  const held = numbers(4_096, index);
  setInterval(() => held.length, HOUR_MS).unref();
  return work(index);
}

export function closures(index: number): number {
  const held = numbers(8_192, index);
  kept.push(() => held[index % held.length]);
  return work(index);
}

export function maps(index: number): number {
  byId.set(
    index,
    Array.from({ length: 10 }, (_, row) => ({ row, values: numbers(2_048, index) })),
  );
  return work(index);
}

export function buffers(index: number): number {
  kept.push(Buffer.alloc(65_536, index));
  return work(index);
}

/** Runs among healthy types; see healthy.ts. */
export function amongOthers(index: number): number {
  kept.push(numbers(16_384, index));
  return work(index);
}
