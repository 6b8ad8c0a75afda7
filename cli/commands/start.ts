import type { Handles, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import { logPrinter } from '../render/log-printer.js';
import { Circuits } from './circuits.js';
import { collectGrowth } from './collect-growth.js';
import { type HandlerAddress, parseHandlerAddress } from './handler-address.js';
import { HostDeaths } from './host-deaths.js';
import type { RunOptions } from './run-options.js';
import type { Growth } from './run-report.js';

/** A command line says nothing about the types of a module. */
export type TaskModule = Record<string, (input: unknown) => unknown>;

/** Threads on their way up, the module of the run being imported in one of them. */
export interface Started {
  supervisor: Supervisor;
  address: HandlerAddress;
  handles: Promise<Handles<TaskModule>>;
  /** Growth of memory seen so far. */
  growth: () => Growth[];
  circuits: Circuits;
  hostDeaths: HostDeaths;
}

/** Starts the threads of a run. Throws a `BadOptionError` for an option that the supervisor refuses. */
export async function start(options: RunOptions, print: (line: string) => void): Promise<Started> {
  const { Supervisor } = await import('../../runtime/index.js');
  const supervisor = new Supervisor(supervisorOptions(options, print));
  const growth = collectGrowth(supervisor);
  const circuits = new Circuits({
    supervisor,
    print: options.quiet ? () => undefined : print,
    now: () => performance.now(),
  });
  const hostDeaths = new HostDeaths(supervisor);
  const address = parseHandlerAddress(options.module);
  const handles = supervisor.load<TaskModule>(address.module);
  // Whoever awaits it later sees the failure; until then Node must not take it for one that nobody sees.
  handles.catch(() => undefined);
  return { supervisor, address, handles, growth, circuits, hostDeaths };
}

/** What tasks print goes to stderr; without anybody who wants their lines it takes the short way there. */
function supervisorOptions(
  { supervisor, quiet, logDir: dir }: RunOptions,
  print: (line: string) => void,
): SupervisorOptions {
  const raw = quiet ? undefined : logPrinter(print);
  const logs = { ...(dir === undefined ? {} : { dir }), ...(raw === undefined ? {} : { raw }) };
  return { ...supervisor, output: 'stderr', ...(Object.keys(logs).length === 0 ? {} : { logs }) };
}
