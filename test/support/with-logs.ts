import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Supervisor, SupervisorOptions } from '../../runtime/index.js';
import type { LogOptions } from '../../runtime/logs/log-options.js';
import { logPlace } from './log-place.js';
import { type ReadRecord, recordsIn } from './records-in.js';
import { withSupervisor } from './with-supervisor.js';

/** What a supervisor has written into its log files. */
export interface Written {
  readonly dir: string;
  readonly app: ReadRecord[];
  readonly incidents: ReadRecord[];
}

/** Runs a test body with a supervisor of one thread that logs into a folder, closes it, and gives what is written then. */
export async function withLogs(
  t: TestContext,
  { logs, ...options }: Omit<SupervisorOptions, 'logs'> & { logs?: LogOptions },
  body: (supervisor: Supervisor) => Promise<void>,
): Promise<Written> {
  const dir = logPlace(t);
  await withSupervisor({ threads: 1, rerun: false, ...options, logs: { dir, ...logs } }, body);
  const stories = join(dir, 'incidents');
  return { dir, app: recordsIn(join(dir, 'app')), incidents: existsSync(stories) ? recordsIn(stories) : [] };
}

/** The place of a task's end among the records of an app log; -1 where it is not told. */
export function endOf(app: readonly ReadRecord[], taskId: number): number {
  return app.findIndex((record) => record['event_name'] === 'task.ended' && record['task.id'] === taskId);
}
