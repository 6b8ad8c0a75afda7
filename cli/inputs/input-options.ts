import type { Format } from './format.js';

/** What the command line says about the inputs. */
export interface InputOptions {
  /** The arguments after the module. */
  arguments: readonly string[];
  /** `--in`: a file, or `-` for stdin. */
  in: string | undefined;
  format: Format | 'auto';
  /** `-0`: records end with NUL instead of a line end. */
  null: boolean;
}
