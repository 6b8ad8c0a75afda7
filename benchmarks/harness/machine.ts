import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Figures of two machines cannot be compared, so every result says which one it comes from. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly kernel: string;
  /** Load average of the last minute before the first measurement. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

const PEERS = ['piscina', 'tinypool', 'workerpool', 'poolifier'] as const;

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: `${type()} ${release()}`,
    load: loadavg()[0] ?? 0,
    versions: Object.fromEntries(PEERS.map((name) => [name, installedVersion(name)])),
  };
}

/** Walks up from the package's entry: `exports` of most packages hide their package.json from the resolver. */
export function installedVersion(name: string): string {
  for (let at = new URL('.', import.meta.resolve(name)); at.pathname !== '/'; at = new URL('..', at)) {
    const file = new URL('package.json', at);
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (manifest.name === name && manifest.version !== undefined) return manifest.version;
  }
  throw new Error(`the version of ${name} cannot be found`);
}

export interface Commit {
  readonly short: string;
  /** Whether the tree had changes that the commit has not. */
  readonly dirty: boolean;
}

export function describeCommit(directory: string): Commit {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { short: git('rev-parse', '--short', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
  } catch {
    // A copy without its history, or a repository without a first commit, can be measured too.
    return { short: 'no-commit', dirty: true };
  }
}
