import { Supervisor } from 'plustwo';

await using supervisor = new Supervisor(); // cores + 2 threads
const module = new URL('./tasks/hash.js', import.meta.url);
const { default: hash } = await supervisor.load<typeof import('./tasks/hash.js')>(module);

console.log(await hash('package.json')); // one call, typed: string in, string out

for await (const item of hash.map(['README.md', 'LICENSE', 'missing.txt'])) {
  console.log(item.input, item.status, item.status === 'ok' ? item.value : item.error);
}
