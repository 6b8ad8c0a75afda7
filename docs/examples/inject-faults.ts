/** How an application fares when one attempt in five goes wrong: `node inject-faults.js [seed]`. */
import { Supervisor } from 'plustwo';

const faults = { rate: 0.2, seed: Number(process.argv[2] ?? 2), kinds: ['throw', 'exit', 'delay'] } as const;

await using supervisor = new Supervisor({ faults });
const module = new URL('./tasks/hash.js', import.meta.url);
const { default: hash } = await supervisor.load<typeof import('./tasks/hash.js')>(module);

const files = new Array<string>(100).fill('package.json');
let attempts = 0;
let ok = 0;
for await (const item of hash.map(files, { retry: { attempts: 2, backoff: 10 } })) {
  attempts += item.usage.attempts;
  if (item.status === 'ok') ok++;
  else console.log(`task ${item.index + 1} ${item.status}: ${String(item.error)}`);
}
console.log(`${ok} of ${files.length} ok, ${attempts} attempts`);
