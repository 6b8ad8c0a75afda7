/** Whether something thrown is an error of this code. */
export function hasCode(thrown: unknown, code: string): thrown is Error & { code: string; started?: boolean } {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
