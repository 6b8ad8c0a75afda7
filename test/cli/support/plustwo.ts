import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The command, as it is installed. */
export const main = fileURLToPath(new URL('../../../cli/main.js', import.meta.url));

/** What a command did. */
export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What is written to stdin, which is then closed. */
  stdin?: string;
  /** Whether it gets a process group of its own, as from a terminal. */
  detached?: boolean;
}

/** The path of a task module under test/fixtures/batch. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/batch/${name}`, import.meta.url));
}

/** Starts the command. Two threads unless told otherwise: a test machine has better things to do. */
export function startPlustwo(args: readonly string[], { cwd, env, detached = false }: Surroundings = {}) {
  return spawn(process.execPath, [main, ...args], {
    cwd,
    detached,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs the command to its end. */
export async function plustwo(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const child = startPlustwo(args, surroundings);
  // A command that ends without reading its stdin breaks this pipe, which is its right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(surroundings.stdin ?? '');
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), endOf(child)]);
  return { ...end, stdout, stderr };
}

/** `plustwo run` with two threads. */
export function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  return plustwo(['run', '--threads', '2', ...args], surroundings);
}

/** How a process ended. */
export async function endOf(child: ChildProcess): Promise<Pick<Ran, 'code' | 'signal'>> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

/** A line of results, as read back. */
export interface ResultLine {
  index: number;
  key: string;
  input: unknown;
  status: string;
  value?: unknown;
  error?: { name: string; message: string; code?: string; stack?: string; output?: string };
  attempts: number;
  waitMs: number;
  runMs: number;
  cpuMs: number | null;
  slot: number | null;
  heapDeltaBytes: number | null;
  descriptors: {
    opened: number | null;
    leaked: { resource: string; path: string | null; openedAt: string | null }[];
  };
}

/** The results on stdout, by index. */
export function results(stdout: string): ResultLine[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ResultLine).sort((a, b) => a.index - b.index);
}
