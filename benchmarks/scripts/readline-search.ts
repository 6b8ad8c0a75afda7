// What one would write by hand to find the records of a task: `node readline-search.js <file> <task id>`.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [file = '', task = ''] = process.argv.slice(2);
for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
  const record = JSON.parse(line) as Record<string, unknown>;
  if (record['task.id'] === Number(task)) process.stdout.write(`${line}\n`);
}
