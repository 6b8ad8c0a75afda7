import Module from 'node:module';
import { outside } from '../current.js';
import { replace } from './replace.js';

interface Compiling {
  _compile(content: string, file: string, format?: string): unknown;
}

/**
 * What a CommonJS module opens while it is evaluated belongs to the module, also when it is required in the middle of an attempt. ES modules
 * cannot be followed this way; those are told by the stack, see `Site.isModules`.
 */
export function trackLoading(): void {
  replace(Module.prototype as unknown as Compiling, '_compile', (native) => {
    return function _compile(this: Compiling, content: string, file: string, format?: string): unknown {
      return outside((): unknown => Reflect.apply(native, this, [content, file, format]));
    };
  });
}
