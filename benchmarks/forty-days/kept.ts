import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Fate, happeningsOf, type Shape } from './days.js';

interface IncidentRecord {
  readonly timestamp: string;
  readonly body: string;
  readonly event_name?: string;
  readonly 'incident.id'?: string;
  readonly 'incident.kind'?: string;
  readonly 'task.id'?: number;
  readonly 'log.seq'?: number;
}

/** What the files still hold at the end. */
export interface Kept {
  /** Hours of the first and the last record of the app log. */
  readonly app: { readonly from: string; readonly to: string; readonly records: number; readonly bytesOnDisk: number };
  readonly incidents: {
    readonly all: number;
    readonly whole: number;
    readonly others: number;
    readonly bytesOnDisk: number;
  };
}

/** Reads the folder as somebody who comes after forty days does. */
export function keptIn(dir: string, shape: Shape, fates: ReadonlyMap<number, Fate>): Kept {
  const app = recordsIn(join(dir, 'app'));
  const times = app.records.map(({ timestamp }) => timestamp).sort();
  const incidents = recordsIn(join(dir, 'incidents'));
  const byId = groupById(incidents.records);
  const whole = new Set<number>();
  let others = 0;
  for (const records of byId.values()) {
    const task = records[0]?.['task.id'];
    if (task !== undefined && isWhole(records, fates.get(task), textsOf(task, shape, fates))) whole.add(task);
    else others++;
  }
  return {
    app: { from: times[0] ?? '', to: times.at(-1) ?? '', records: times.length, bytesOnDisk: app.bytes },
    incidents: { all: fates.size, whole: whole.size, others, bytesOnDisk: incidents.bytes },
  };
}

/** Head, every line in order, and the end. */
function isWhole(records: readonly IncidentRecord[], fate: Fate | undefined, texts: readonly string[]): boolean {
  const [head, ...rest] = records;
  const end = rest.pop();
  return (
    head?.event_name === 'incident' &&
    head['incident.kind'] === fate &&
    end?.event_name === 'task.ended' &&
    rest.length === texts.length &&
    rest.every(({ body, 'log.seq': seq }, place) => seq === place && body === texts[place])
  );
}

function textsOf(task: number, shape: Shape, fates: ReadonlyMap<number, Fate>): string[] {
  return happeningsOf(Math.floor(task / shape.tasksPerDay), shape, fates).flatMap((what) =>
    'line' in what && what.line.taskId === task ? [what.line.text] : [],
  );
}

function groupById(records: readonly IncidentRecord[]): Map<string, IncidentRecord[]> {
  const byId = new Map<string, IncidentRecord[]>();
  for (const record of records) {
    const id = record['incident.id'] ?? '';
    byId.set(id, [...(byId.get(id) ?? []), record]);
  }
  return byId;
}

function recordsIn(dir: string): { records: IncidentRecord[]; bytes: number } {
  let bytes = 0;
  const records = readdirSync(dir)
    .filter((name) => /\.log(?:\.gz)?$/.test(name))
    .sort()
    .flatMap((name) => {
      const contents = readFileSync(join(dir, name));
      bytes += contents.length;
      const text = (name.endsWith('.gz') ? gunzipSync(contents) : contents).toString();
      return text.split('\n').filter((line) => line !== '');
    })
    .map((line) => JSON.parse(line) as IncidentRecord);
  return { records, bytes };
}
