/** Shows what is open in the threads, and what they closed when they ended: `node keep-open.js [file]`. */
import { statSync } from 'node:fs';
import { Supervisor } from 'plustwo';

const path = process.argv[2] ?? 'LICENSE';
const length = 100;

const supervisor = new Supervisor({ threads: 1 });
const module = new URL('./tasks/read-piece.js', import.meta.url);
const { readPiece } = await supervisor.load<typeof import('./tasks/read-piece.js')>(module);

const starts = Array.from({ length: Math.ceil(statSync(path).size / length) }, (_, index) => index * length);
const pieces = await Promise.all(starts.map((from) => readPiece({ path, from, length })));
console.log(`${pieces.join('').length} characters`, supervisor.snapshot().leaks);

const [thread] = (await supervisor.inspect()).threads;
console.log(thread?.holdings);

const { closed, left } = await supervisor.close();
console.log(`closed with the thread: ${closed.length}, could not be closed: ${left.length}`);
