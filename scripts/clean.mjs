// Removes what the other scripts made; what they downloaded stays.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

for (const folder of ['dist', 'coverage', '.cache']) rmSync(join(root, folder), { recursive: true, force: true });
