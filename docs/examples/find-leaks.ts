/** Says which task left what open, and where: `node find-leaks.js [files…]`. */
import { Supervisor } from 'plustwo';

const [, , ...given] = process.argv;
const files = given.length > 0 ? given : ['README.md', 'LICENSE', 'dist/cli/main.js', 'package.json'];

await using supervisor = new Supervisor();
const module = new URL('./tasks/shebang-leaks.js', import.meta.url);
const { shebang } = await supervisor.load<typeof import('./tasks/shebang-leaks.js')>(module);

for await (const item of shebang.map(files)) console.log(item.input, item.usage.descriptors.leaked);
console.log(supervisor.snapshot().leaks);
