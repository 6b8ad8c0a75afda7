import type { Death } from './thread.js';

/** Why a thread died, in a few words. */
export function reasonOf(death: Death): string {
  switch (death.kind) {
    case 'exit':
      return `exit code ${death.exitCode}`;
    case 'memory':
      return `out of memory, exit code ${death.exitCode}: ${textOf(death.error)}`;
    case 'error':
      return `${textOf(death.error)}, exit code ${death.exitCode}`;
    case 'boot':
      return `it did not come up: ${textOf(death.error)}`;
  }
}

/** A thrown value in a line. */
export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What a worker's exit means, with the error it emitted before, if any. */
export function deathOf(exitCode: number, error: unknown, wasUp: boolean): Death {
  if (error === undefined)
    return wasUp
      ? { kind: 'exit', exitCode }
      : { kind: 'boot', error: new Error(`exit code ${exitCode} while starting`) };
  if (!wasUp) return { kind: 'boot', error };
  const outOfMemory = (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return { kind: outOfMemory ? 'memory' : 'error', exitCode, error };
}
