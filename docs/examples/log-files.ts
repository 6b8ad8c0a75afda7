/** Writes log files, and reads back everything that was kept of the task that failed: `node log-files.js [directory]`. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Supervisor } from 'plustwo';

const [, , folder = '.'] = process.argv;
const orders = join(folder, 'orders');
mkdirSync(orders, { recursive: true });
const files = Array.from({ length: 20 }, (_, file) => join(orders, `${file + 1}.ndjson`));
for (const file of files) writeFileSync(file, '{"id":"a","cents":100}\n{"id":"b","cents":250}\n');
writeFileSync(join(orders, '17.ndjson'), '{"id":"a","cents":100}\n{"id":"b","cen');

const logs = { dir: join(folder, 'logs'), retention: '3d' };
const supervisor = new Supervisor({ logs });
const module = new URL('./tasks/add-up.js', import.meta.url);
const { addUp } = await supervisor.load<typeof import('./tasks/add-up.js')>(module);
for await (const item of addUp.map(files)) {
  if (item.status !== 'ok') console.log(`${item.input} ${item.status}: ${String(item.error)}`);
}
await supervisor.close(); // from here on everything is in the files

const app = recordsIn('app');
const story = recordsIn('incidents');
console.log(`${app.length} records in the app log, ${story.length} of the incident:`);
for (const record of story) console.log(record['severity_text'], record['task.attempt'] ?? '-', record['body']);

function recordsIn(kind: 'app' | 'incidents'): Record<string, unknown>[] {
  const from = join(logs.dir, kind);
  const names = readdirSync(from).filter((name) => /\.log(\.gz)?$/.test(name));
  return names.flatMap((name) => {
    const content = readFileSync(join(from, name));
    const text = (name.endsWith('.gz') ? gunzipSync(content) : content).toString();
    const lines = text.trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  });
}
