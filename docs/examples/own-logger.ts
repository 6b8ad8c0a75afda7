/** Hands what tasks say to the application's own logger: `node own-logger.js [files…]`. One of winston's is taken as it is. */
import { Supervisor } from 'plustwo';

const at = (level: string) => (message: string, fields: object) => {
  console.log(JSON.stringify({ level, message, ...fields }));
};
const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

const rules = [{ name: 'order', pattern: /^added an order$/ }];
await using supervisor = new Supervisor({ logs: { logger, noise: { rules } } });
const module = new URL('./tasks/add-up.js', import.meta.url);
const { addUp } = await supervisor.load<typeof import('./tasks/add-up.js')>(module);

for await (const item of addUp.map(process.argv.slice(2))) {
  if (item.status !== 'ok') logger.error(`${item.input} was not added up: ${String(item.error)}`, {});
}
