import type { Shape } from './checks.js';
import * as check from './checks.js';
import { CLOSE_OPTIONS, OPTIONS, type Scope } from './options.js';

const SHAPES = new Map<Scope, Shape>();

/** Checks options given in one place; names unknown there are refused. */
export function checkOptions(given: unknown, scope: Scope): Record<string, unknown> {
  let shape = SHAPES.get(scope);
  if (shape === undefined) {
    const table = scope === 'close' ? CLOSE_OPTIONS : OPTIONS;
    shape = Object.fromEntries(
      Object.entries(table).flatMap(([name, entry]) => (entry.scopes.includes(scope) ? [[name, entry.check]] : [])),
    );
    SHAPES.set(scope, shape);
  }
  return check.shaped(given, shape, WHERE[scope]);
}

const WHERE: Record<Scope, string> = {
  supervisor: 'the options of new Supervisor()',
  task: 'the options of task()',
  call: 'the options of a call',
  map: 'the options of map()',
  close: 'the options of close()',
};
