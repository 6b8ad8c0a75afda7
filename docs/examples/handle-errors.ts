import { PlustwoError, Supervisor, ThreadLostError } from 'plustwo';

await using supervisor = new Supervisor();
const module = new URL('./tasks/hash.js', import.meta.url);
const { default: hash } = await supervisor.load<typeof import('./tasks/hash.js')>(module);

try {
  console.log(await hash('missing.txt', { timeout: '5s' }));
} catch (error) {
  if (error instanceof ThreadLostError) console.error(error.started ? 'may have had effects' : 'never ran');
  else if (error instanceof PlustwoError) console.error(error.code, error.message);
  else console.error('the handler threw', error);
  process.exitCode = 1;
}
