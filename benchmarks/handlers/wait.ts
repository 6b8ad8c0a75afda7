import { setTimeout } from 'node:timers/promises';

export default function wait(milliseconds: number): Promise<number> {
  return setTimeout(milliseconds, milliseconds);
}
