/** What one would give to xargs: a node process for one file. */
import compress from '../handlers/compress.js';

const [input = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify({ input, value: compress(input) })}\n`);
