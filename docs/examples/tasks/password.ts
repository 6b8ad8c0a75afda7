/** Password hashes, which are slow on purpose: work that has no place on the event loop of a service. */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { task } from 'plustwo/task';

const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 };
const KEY_BYTES = 32;

/** Gives what may be stored: `salt:key`, both in base64. */
export const hashPassword = task({ timeout: '10s' }, (password: string): string => {
  const salt = randomBytes(16);
  return `${salt.toString('base64')}:${scryptSync(password, salt, KEY_BYTES, COST).toString('base64')}`;
});

export const verifyPassword = task({ timeout: '10s' }, (given: { password: string; stored: string }): boolean => {
  const [salt = '', key = ''] = given.stored.split(':').map((part) => Buffer.from(part, 'base64'));
  const candidate = scryptSync(given.password, salt, KEY_BYTES, COST);
  return key.length === candidate.length && timingSafeEqual(candidate, key as Buffer);
});
