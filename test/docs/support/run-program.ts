import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root; this file is compiled to four folders below it. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { plustwo: string } };

/** The command as the package ships it. */
export const main = join(root, manifest.bin.plustwo);

/** What a program did, from start to end. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program on its way. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: { stdout: string; stderr: string };
  /** Resolves when it is gone and everything it printed was read. */
  readonly ended: Promise<Ended>;
}

/** Starts a program from the project's root. */
export function startProgram(program: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const printed = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...printed,
  }));
  return { child, printed, ended };
}

/** Runs a file with the Node that runs the tests, to its end. */
export function runNode(file: string, args: readonly string[] = [], options: SpawnOptions = {}): Promise<Ended> {
  return startProgram(process.execPath, [file, ...args], options).ended;
}
