import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reading } from './bench.js';

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Where the output, the errors and the times are written. */
  readonly directory: string;
  readonly stdin?: string;
}

/**
 * Runs a command to its end and measures it from outside with bash's `time`: Node cannot read the CPU time of ended
 * children, and `time` counts the command with every process it waited for, which is what a run of xargs needs.
 */
export async function runCommand(
  command: Command,
): Promise<Reading & { readonly wallMs: number; readonly cpuMs: number }> {
  const path = (name: string): string => join(command.directory, name);
  const stdin = await open(command.stdin ?? '/dev/null');
  const stdout = await open(path('stdout'), 'w');
  const times = await open(path('times'), 'w');
  try {
    const shell = spawn('bash', ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$@" 2>"$0"', path('stderr'), ...command.argv], {
      cwd: command.cwd,
      stdio: [stdin.fd, stdout.fd, times.fd],
    });
    const [code] = (await once(shell, 'exit')) as [number | null];
    if (code !== 0) {
      throw new Error(
        `${command.argv.join(' ')} ended with ${String(code)}: ${await readFile(path('stderr'), 'utf8')}`,
      );
    }
  } finally {
    await Promise.all([stdin.close(), stdout.close(), times.close()]);
  }
  const [wall = NaN, user = NaN, system = NaN] = (await readFile(path('times'), 'utf8')).trim().split(' ').map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}
