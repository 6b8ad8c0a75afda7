import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SinkNotice } from '../../runtime/logs/files/sink-notice.js';
import { Sweep, type SweepTerms } from '../../runtime/logs/files/sweep.js';
import { filesIn, logPlace } from './log-place.js';

export const DAY_MS = 24 * 3_600_000;

/** A folder that is swept on the 20th of January 2026 at noon, with a retention of seven days. */
export class SweepStand {
  readonly folder: string;
  readonly notices: SinkNotice[] = [];
  readonly inUse = new Set<string>();
  now = Date.UTC(2026, 0, 20, 12);
  readonly sweep: Sweep;

  constructor(t: TestContext, terms: Partial<SweepTerms> = {}) {
    this.folder = logPlace(t);
    this.sweep = new Sweep({
      dir: this.folder,
      prefix: 'app',
      retentionMs: 7 * DAY_MS,
      maxBytes: undefined,
      wallNow: () => this.now,
      inUse: () => this.inUse,
      told: (notice) => this.notices.push(notice),
      ...terms,
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  put(name: string, contents: string | Buffer = name): void {
    writeFileSync(this.path(name), contents);
  }

  files(): string[] {
    return filesIn(this.folder);
  }
}
