/** The task of find-leaks.ts, repaired in three ways; nothing is accused any more: `node repair-leaks.js [files…]`. */
import { Supervisor } from 'plustwo';

const [, , ...given] = process.argv;
const files = given.length > 0 ? given : ['README.md', 'LICENSE', 'dist/cli/main.js', 'package.json'];

await using supervisor = new Supervisor();
const module = new URL('./tasks/shebang.js', import.meta.url);
const handles = await supervisor.load<typeof import('./tasks/shebang.js')>(module);

for (const handle of Object.values(handles)) {
  for await (const { input, status, usage } of handle.map(files)) {
    console.log(handle.taskName, input, status, usage.descriptors);
  }
}
console.log(supervisor.snapshot().leaks);
