/**
 * What the person at the keyboard can put right. Its message says what was expected and what was given; `next` is
 * the command to run next. Ends the process with exit code 2, before any item runs.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly next: string | undefined;

  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, options);
    this.next = next;
  }
}
