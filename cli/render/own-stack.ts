import { fileURLToPath } from 'node:url';
import { thrownFields } from './thrown.js';

/** Where we are installed, as a stack may write it. Compiled or bundled, this file is in `dist` there. */
const homes = [new URL(import.meta.url.replace(/^(.*\/)dist\/.*$/, '$1'))].flatMap((url) => [
  url.href,
  fileURLToPath(url),
]);

/** What was thrown while code of the user's was loaded, with the lines of that code; those of Node and of ours would bury them. */
export function ownStack(thrown: unknown): string {
  const { name, message, stack } = thrownFields(thrown);
  const lines = (stack ?? `${name}: ${message}`).split('\n');
  return lines
    .filter((line) => !/^\s+at /.test(line) || !isForeign(line))
    .map((line) => line.replace(/ imported from .*$/, (from) => (isOurs(from) ? '' : from)))
    .join('\n');
}

/** Commander is what calls us. */
function isForeign(line: string): boolean {
  return /(?:at (?:async )?|\()node:|[\\/]node_modules[\\/]commander[\\/]/.test(line) || isOurs(line);
}

/** By rooms: whatever else is below our folder, such as an example, is the user's. */
function isOurs(line: string): boolean {
  const [, place = ''] = homes.map((home) => line.split(home)).find(({ length }) => length > 1) ?? [];
  return /^(?:dist[\\/])?(?:bundle|cli|runtime|workers)[\\/]/.test(place);
}
