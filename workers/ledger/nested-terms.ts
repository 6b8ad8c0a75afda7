/** Under this key a thread that is started by a thread finds what it keeps to. Environment data is cloned, so the key can be no symbol. */
export const NESTED = 'plustwo.nested';

/** What a thread that was started by a task, or by another such thread, keeps to. */
export interface NestedTerms {
  /** The table of owners. */
  readonly owners: SharedArrayBuffer;
  /** The stamp of the supervisor's thread above. */
  readonly stamp: number;
  /** The task above; 0 when it is none's. */
  readonly task: number;
  /** The recorder's table of process ids. */
  readonly children: Int32Array;
  /** The file that such a thread loads before all others. */
  readonly entry: string;
  /** The options it was started with, but for those that make it load that file. */
  readonly execArgv: readonly string[];
}
