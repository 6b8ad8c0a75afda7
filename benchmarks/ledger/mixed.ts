import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { type LedgerRow, Supervisor } from '../../runtime/index.js';
import { callInWindow } from '../pools/window.js';
import { type MixedInput, type TaskType, writeMixedModule } from './mixed-module.js';

export interface MixedTerms {
  readonly directory: string;
  readonly threads: number;
  readonly tasks: number;
  /** Tasks under way. */
  readonly atATime: number;
  /** Gets every row that was wrong or missing. */
  readonly faults: string;
}

export interface MixedFound {
  /** Types that leave something open, and those of them whose every row has the right task, resource, path and line. */
  readonly leaking: number;
  readonly named: number;
  /** Things left open, and those of them that stand in such a row. */
  readonly leaks: number;
  readonly counted: number;
  /** Types that leave nothing open, and those of them that stand in any row. */
  readonly clean: number;
  readonly accused: number;
  /** Tasks that did not end well. */
  readonly failed: number;
  readonly recycles: number;
}

type Handles = Readonly<Record<string, (input: MixedInput) => Promise<unknown>>>;

/** Runs leaking and clean task types mixed, all io, so that attempts of a thread overlap, and looks at who was named. */
export async function runMixed(terms: MixedTerms): Promise<MixedFound> {
  const { module, types } = await writeMixedModule(terms.directory);
  const server = await listen();
  const supervisor = new Supervisor({ threads: terms.threads, kind: 'io' });
  const handles: Handles = await supervisor.load<Handles>(pathToFileURL(module));
  const runs = new Map<string, number>();
  const failures: string[] = [];
  const call = async (type: unknown): Promise<void> => {
    const { name, path, directory } = type as TaskType;
    try {
      const handle = handles[name];
      if (!handle) throw new Error('the module lacks it');
      await handle({ path, directory, port: (server.address() as AddressInfo).port });
      runs.set(name, (runs.get(name) ?? 0) + 1);
    } catch (error) {
      failures.push(`${name}: ${String(error)}`);
    }
  };
  await callInWindow(call, mix(types, terms.tasks), terms.atATime, () => undefined);
  await supervisor.close();
  server.closeAllConnections();
  server.close();
  const snapshot = supervisor.snapshot();
  const rows = [...snapshot.leaks, ...snapshot.retained];
  const { faults, ...found } = judge(module, types, rows, runs);
  await writeFile(terms.faults, JSON.stringify({ faults, failures }, null, 1));
  return { ...found, failed: failures.length, recycles: snapshot.recycles.length };
}

/** All types in turn, in an order that changes from turn to turn. */
function* mix(types: readonly TaskType[], count: number): Generator<TaskType> {
  for (let index = 0; index < count; index++) {
    const turn = Math.floor(index / types.length);
    const type = types[(index * 7 + turn * 13) % types.length];
    if (type) yield type;
  }
}

/** Answers at once, but `/endless` it never ends. */
async function listen(): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/endless') response.write('something');
    else response.end('something');
  });
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

type Judgement = Omit<MixedFound, 'failed' | 'recycles'> & { readonly faults: readonly unknown[] };

function judge(
  module: string,
  types: readonly TaskType[],
  rows: readonly LedgerRow[],
  runs: ReadonlyMap<string, number>,
): Judgement {
  const faults: unknown[] = [];
  const sum = { leaking: 0, named: 0, leaks: 0, counted: 0, clean: 0, accused: 0 };
  for (const type of types) {
    const own = rows.filter((row) => row.task === type.name);
    const right = own.filter((row) => isRight(row, type, module));
    const ran = runs.get(type.name) ?? 0;
    const counted = right.reduce((total, row) => total + row.count, 0);
    if (type.leak === undefined) {
      sum.clean++;
      if (own.length > 0) sum.accused++;
    } else {
      sum.leaking++;
      sum.leaks += ran;
      sum.counted += counted;
      if (right.length > 0 && right.length === own.length) sum.named++;
    }
    if (right.length !== own.length || (type.leak && counted !== ran)) faults.push({ type, ran, rows: own });
  }
  const names = new Set<string | null>(types.map((type) => type.name));
  faults.push(...rows.filter((row) => !names.has(row.task)));
  return { ...sum, faults };
}

function isRight(row: LedgerRow, { leak, path, directory }: TaskType, module: string): boolean {
  if (leak === undefined || row.resource !== leak.opener.resource) return false;
  if (row.openedAt?.startsWith(`${module}:${String(leak.line)}:`) !== true) return false;
  switch (leak.opener.path) {
    case 'path':
      return row.path === path;
    case 'directory':
      return row.path === directory;
    case 'anything':
      return row.path !== null && row.path !== '';
  }
}
