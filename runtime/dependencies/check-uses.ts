import { BadOptionError } from '../errors.js';

/**
 * Checks the `uses` of a task, or of a supervisor, against the names of its dependencies.
 *
 * @throws BadOptionError that lists the known names
 */
export function checkUses(uses: readonly string[], known: readonly string[]): void {
  for (const name of uses) {
    if (known.includes(name)) continue;
    const names = known.length === 0 ? 'it has none' : known.map((one) => `'${one}'`).join(', ');
    throw new BadOptionError(
      'uses',
      `Expected \`uses\` to name dependencies of the supervisor (${names}), got '${name}'`,
    );
  }
}
