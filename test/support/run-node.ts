import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a child process ended, and what it said. */
export interface NodeRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that has not ended by then does not end by itself. */
const STUCK_MS = 120_000;

/** Runs a script in a Node of its own, to its end. */
export async function runNode(script: URL, ...args: string[]): Promise<NodeRun> {
  const child: ChildProcess = spawn(process.execPath, [script.pathname, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const stuck = setTimeout(() => {
    stderr += '[ended by the test: it did not end by itself]';
    child.kill('SIGKILL');
  }, STUCK_MS);
  try {
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { exitCode, signal, stdout, stderr };
  } finally {
    clearTimeout(stuck);
  }
}
