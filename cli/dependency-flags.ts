import { InvalidArgumentError } from 'commander';
import { count } from './option-values.js';

/** A dependency of `--dependency`, with its concurrency or without, beside those given before it. */
export function dependency(
  given: string,
  before: ReadonlyMap<string, number | undefined> = new Map(),
): Map<string, number | undefined> {
  const [, name = '', concurrency] = /^([^=]*)(?:=(.*))?$/s.exec(given) ?? [];
  if (name.trim() === '') {
    throw new InvalidArgumentError(`Expected a name, or a name and a number such as billing=10, got '${given}'.`);
  }
  if (name.includes(',')) {
    const each = name.split(',').map((one) => `--dependency ${one}`);
    throw new InvalidArgumentError(`Expected one name, got '${given}'. Did you mean ${each.join(' ')}?`);
  }
  return new Map([...before, [name, concurrency === undefined ? before.get(name) : count(1)(concurrency)]]);
}

/** Names of `--uses`, after those given before them; each once. */
export function uses(given: string, before: readonly string[] = []): string[] {
  const names = given.split(',').map((name) => name.trim());
  if (names.includes('')) {
    throw new InvalidArgumentError(`Expected a name, or names such as billing,search, got '${given}'.`);
  }
  return [...new Set([...before, ...names])];
}

/** A share of `--retry-budget`, or none. */
export function retryBudget(given: string): { ratio: number } | false {
  if (given === 'off') return false;
  const ratio = Number(given);
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(given) && ratio <= 1) return { ratio };
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(given) ?? [];
  const meant = percent !== undefined && Number(percent) <= 100 ? ` Did you mean ${Number(percent) / 100}?` : '';
  throw new InvalidArgumentError(
    `Expected a share of the calls from 0 to 1, such as 0.2, or off, got '${given}'.${meant}`,
  );
}
