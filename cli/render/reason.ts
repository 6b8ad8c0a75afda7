/** What was thrown, in one line. Of `null` and `undefined` type and text are the same. */
export function reasonOf(type = 'Error', message: string): string {
  return message === '' || message === type ? type : `${type}: ${message}`;
}

/** A text and why it came to that, unless it says so itself: behind a colon, since a short message may be a piece of any word. */
export function withReason(text: string, type: string | undefined, message: string): string {
  const isSaid = message !== '' && text.includes(`: ${message}`);
  return isSaid ? text : `${text}: ${reasonOf(type, message)}`;
}
