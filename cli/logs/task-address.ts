import { InvalidArgumentError } from 'commander';

/** Which task is meant: by its id, and by its name if that was given with it. */
export interface TaskAddress {
  readonly id: number;
  readonly name: string | undefined;
}

/**
 * A task as somebody at a prompt has it: its id, or what a listing (`resize#17`, `resize#17/2` for a later attempt) or a story (`resize #17`)
 * call it. Throws for anything else.
 */
export function taskAddress(given: string): TaskAddress {
  const [, name = '', digits] = /^(?:(.*?) ?#)?(\d+)$/s.exec(given.replace(/(#\d+)\/\d+$/, '$1')) ?? [];
  const id = Number(digits);
  if (digits !== undefined && Number.isSafeInteger(id)) return { id, name: name === '' ? undefined : name };
  const hint = given === '' || digits !== undefined ? '' : ` Tasks of a name are found by --name ${shown(given)}.`;
  throw new InvalidArgumentError(
    `Expected a whole number of at least 0, or a name with it such as resize#17, got '${given}'.${hint}`,
  );
}

/** A name as it may be typed. */
function shown(name: string): string {
  return /^[\w.:@-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
