import type { Handles, Supervisor, SupervisorOptions } from '../../runtime/index.js';
import { logPrinter } from '../render/log-printer.js';
import { type HandlerAddress, parseHandlerAddress } from './handler-address.js';
import type { RunOptions } from './run-options.js';

/** A command line says nothing about the types of a module. */
export type TaskModule = Record<string, (input: unknown) => unknown>;

/** Threads on their way up, the module of the run being imported in one of them. */
export interface Started {
  supervisor: Supervisor;
  address: HandlerAddress;
  handles: Promise<Handles<TaskModule>>;
}

/** Starts the threads of a run. Throws a `BadOptionError` for an option that the supervisor refuses. */
export async function start(options: RunOptions, print: (line: string) => void): Promise<Started> {
  const { Supervisor } = await import('../../runtime/index.js');
  const supervisor = new Supervisor(supervisorOptions(options, print));
  const address = parseHandlerAddress(options.module);
  const handles = supervisor.load<TaskModule>(address.module);
  // Whoever awaits it later sees the failure; until then Node must not take it for one that nobody sees.
  handles.catch(() => undefined);
  return { supervisor, address, handles };
}

function supervisorOptions(options: RunOptions, print: (line: string) => void): SupervisorOptions {
  return {
    output: 'stderr',
    ...(options.quiet ? {} : { logs: logPrinter(print) }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.kind === undefined ? {} : { kind: options.kind }),
    ...(options.grace === undefined ? {} : { grace: options.grace }),
    ...(options.args === undefined ? {} : { args: options.args.value }),
  };
}
