import type { Handles, LogSink, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import { logPrinter } from '../render/log-printer.js';
import { Circuits } from './circuits.js';
import { collectGrowth } from './collect-growth.js';
import { DroppedLogs } from './dropped-logs.js';
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
  droppedLogs: DroppedLogs;
}

/** Starts the threads of a run. Throws a `BadOptionError` for an option that the supervisor refuses. */
export async function start(options: RunOptions, print: (line: string) => void): Promise<Started> {
  const { Supervisor } = await import('../../runtime/index.js');
  const droppedLogs = new DroppedLogs();
  const heard = heardBy(options, print);
  const supervisor = new Supervisor(supervisorOptions(options, heard && droppedLogs.before(heard)));
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
  return { supervisor, address, handles, growth, circuits, hostDeaths, droppedLogs };
}

/** Who hears what tasks say; undefined where nobody does, and their lines take the short way to stderr, or to the log files. */
function heardBy({ quiet, json, logDir }: RunOptions, print: (line: string) => void): LogSink | undefined {
  if (!quiet) return logPrinter(print);
  // Nothing is printed, and yet the summary counts what the log files lack.
  return json && logDir !== undefined ? DEAF : undefined;
}

const unheard = (): void => undefined;
const DEAF: LogSink = { debug: unheard, info: unheard, warn: unheard, error: unheard };

/** What tasks print goes to stderr. */
function supervisorOptions({ supervisor, logDir: dir }: RunOptions, raw: LogSink | undefined): SupervisorOptions {
  const logs = { ...(dir === undefined ? {} : { dir }), ...(raw === undefined ? {} : { raw }) };
  return { ...supervisor, output: 'stderr', ...(Object.keys(logs).length === 0 ? {} : { logs }) };
}
