import type { Snapshot, Supervisor } from '../../runtime/index.js';

/** Counts child processes that died unasked; the snapshot keeps only the last hundred deaths. */
export class HostDeaths {
  #restarted = 0;

  constructor(supervisor: Pick<Supervisor, 'on'>) {
    supervisor.on('restart', ({ process }) => {
      if (process) this.#restarted++;
    });
  }

  /** How many died, and how many of them had a successor: one death too many has none, and is in the records only. */
  count({ restarts }: Pick<Snapshot, 'restarts'>, gaveUp: boolean): { died: number; restarted: number } {
    const last = gaveUp && restarts.at(-1)?.process === true ? 1 : 0;
    return { died: this.#restarted + last, restarted: this.#restarted };
  }
}
