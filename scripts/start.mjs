// `npm start`: from a fresh clone to work done on every core.
import { build } from './build.mjs';
import { packInstalled } from './pack-installed.mjs';

await build();
process.exitCode = await packInstalled();
