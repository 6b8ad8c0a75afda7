/** Descriptors that the runtime itself has open in this process, for its child processes: no thread's, and nothing that was left behind. */
export const ownDescriptors = new Set<number>();
