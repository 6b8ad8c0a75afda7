import { channel } from 'node:diagnostics_channel';

/** Console's methods that print what they get, and where. */
const OUTPUT_OF = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' } as const;

type Output = 'stdout' | 'stderr';
type Print = (...args: unknown[]) => void;

interface Written {
  readonly write: unknown;
}

/** Takes one whole line, without its newline. */
export type TakeLine = (output: Output, line: string) => void;

/**
 * Has `console` hand over what is a single text, which is what most lines are. Node's own way would cost several times as much: it asks for
 * an inspector, looks for a format, and listens for errors of the write that follows.
 *
 * Everything else goes as before: several arguments, values that are no text, lines in a group; and all of it where somebody wants to see
 * what is printed: has replaced the method before, puts a `write` of their own in place of ours, or subscribes to the method's channel of
 * diagnostics.
 */
export function shortenConsole(outputs: Readonly<Record<Output, Written>>, take: TakeLine): void {
  const own = console as unknown as Record<string, Print>;
  let depth = 0;
  const moveBy = (name: string, by: number): void => {
    replace(own, name, (print) => (...args) => {
      depth = Math.max(0, depth + by);
      print(...args);
    });
  };
  moveBy('group', 1);
  moveBy('groupCollapsed', 1);
  moveBy('groupEnd', -1);
  for (const [name, output] of Object.entries(OUTPUT_OF)) {
    const stream = outputs[output];
    const { write } = stream;
    const listeners = channel(`console.${name}`);
    if (!isNative(own[name])) continue;
    replace(own, name, (print) => (...args) => {
      const [line] = args;
      const isSeen = stream.write !== write || listeners.hasSubscribers;
      if (args.length === 1 && typeof line === 'string' && depth === 0 && !isSeen) take(output, line);
      else print(...args);
    });
  }
}

/** Node's own methods are bound, and so have no source; those of an agent that watches the console have one. */
function isNative(method: unknown): boolean {
  return typeof method === 'function' && Function.prototype.toString.call(method).endsWith('{ [native code] }');
}

/** Puts another function in a method's place, under its name. */
function replace(own: Record<string, Print>, name: string, make: (print: Print) => Print): void {
  const print = own[name];
  if (print === undefined) return;
  own[name] = Object.defineProperty(make(print), 'name', { value: name, configurable: true });
}
