// What every script needs: the project's root, and a way to run a program to its end.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(import.meta.dirname, '..');

/**
 * Runs a program from the project's root with our own stdio and resolves to its exit code (128 when a signal ended
 * it). With `onLine`, its stdout is still shown, and each line is handed over too.
 */
export function run(program, args, { env = process.env, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = ['inherit', onLine === undefined ? 'inherit' : 'pipe', 'inherit'];
    // npm is a shell script on Windows.
    const shell = program === 'npm' && process.platform === 'win32';
    const child = spawn(program, args, { cwd: root, env, stdio, shell });
    if (onLine !== undefined) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        console.log(line);
        onLine(line);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal !== null) console.error(`${program} was ended by ${signal}`);
      resolve(code ?? 128);
    });
  });
}

/** Runs a script of this folder, or a file of the project, with the Node that runs us. */
export const runNode = (file, args = [], options = {}) => run(process.execPath, [join(root, file), ...args], options);

/** Runs the command of an installed package without npx, which costs a second of its own. */
export function runTool(packageName, args, { command = packageName, ...options } = {}) {
  const folder = join('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return runNode(join(folder, typeof bin === 'string' ? bin : bin[command]), args, options);
}

/** Like `run`, but a failure ends this process with the same exit code. */
export async function orExit(code) {
  const value = await code;
  if (value !== 0) process.exit(value);
}
