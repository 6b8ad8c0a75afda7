import type { Core } from '../core.js';
import type { UnattributedDescriptor } from '../observe/inspection.js';
import { openDescriptors, unattributed } from './descriptors.js';

/** The process's descriptors as the kernel shows them, against what was open before the supervisor was made. */
export class KernelView {
  readonly #core: Core;
  readonly #before = openDescriptors() ?? new Map<number, string>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Descriptors that are in no thread's ledger. */
  unattributed(): UnattributedDescriptor[] {
    return unattributed(this.#before, (handler) => this.#core.labelOf(handler));
  }
}
