import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Rounds after which what is still there is held by somebody. */
const ROUNDS = 50;

/** Names of the references whose objects are still there after the garbage was collected as often as it takes, up to a limit. */
export async function stillHeld(references: ReadonlyMap<string, WeakRef<object>>): Promise<string[]> {
  let held = [...references];
  for (let round = 0; round < ROUNDS && held.length > 0; round++) {
    // A reference that was read keeps its object to the end of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    held = held.filter(([, reference]) => reference.deref() !== undefined);
  }
  return held.map(([name]) => name);
}
