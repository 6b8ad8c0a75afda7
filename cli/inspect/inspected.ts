import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { UsageError } from '../usage-error.js';

const everywhere: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const onUnix: readonly NodeJS.Signals[] = ['SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
const passedOn = process.platform === 'win32' ? everywhere : [...everywhere, ...onUnix];
/** What a terminal sends to everybody in its foreground. */
const fromTerminal = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGHUP']);

/**
 * Runs a command with our own stdin, stdout and stderr, and resolves to its exit code, 128 and the signal's number when a signal ended
 * it. Signals that we get are its to handle. Throws a `UsageError` when it cannot be started.
 */
export async function runInspected(
  [program, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  // Before the command starts: it may run for a while before we do again.
  let child: ChildProcess | undefined;
  const stopPassing = passSignals((signal) => child?.kill(signal));
  try {
    child = spawn(program, args, { stdio: 'inherit', env });
    return await endOf(child);
  } catch (error) {
    throw cannotStart(program, error as NodeJS.ErrnoException);
  } finally {
    stopPassing();
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
    });
  });
}

function passSignals(kill: (signal: NodeJS.Signals) => void): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    // The command got it as well. Passed on it would come twice, and the second Ctrl-C often means: at once.
    if (fromTerminal.has(signal) && isInForeground()) return;
    kill(signal);
  };
  for (const signal of passedOn) process.on(signal, pass);
  return () => {
    for (const signal of passedOn) process.off(signal, pass);
  };
}

/** Whether what is pressed at the terminal reaches this process, and so the command, which is of the same process group. */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // Behind the program's name, which may hold anything: state, parent, group, session, terminal, the terminal's foreground group.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    // No such file system here. A terminal of ours is most likely the one that sent it.
    return process.stdin.isTTY || process.stderr.isTTY;
  }
}

function cannotStart(program: string, error: NodeJS.ErrnoException): UsageError {
  const next = /\.[cm]?[jt]s$/.test(program) ? `Did you mean: plustwo inspect -- node ${program} …` : undefined;
  const reason = error.code === 'ENOENT' ? 'there is no such command' : error.message;
  return new UsageError(`Cannot start '${program}': ${reason}.`, next, { cause: error });
}
