import type { UnattributedDescriptor } from '../observe/inspection.js';
import { certificateFiles } from './certificate-files.js';
import { openIdentities, unattributed } from './descriptors.js';

/** The process's descriptors as the kernel shows them, against what was open before the supervisor was made. */
export class KernelView {
  readonly #labelOf: (handler: number) => string | null;
  readonly #before = openIdentities();
  readonly #nodes = certificateFiles(process.env);

  /** `labelOf` says what the task of a number on the wire is called. */
  constructor(labelOf: (handler: number) => string | null) {
    this.#labelOf = labelOf;
  }

  /** Descriptors that are in no thread's ledger. */
  unattributed(): UnattributedDescriptor[] {
    return unattributed(this.#before, this.#nodes, this.#labelOf);
  }
}
