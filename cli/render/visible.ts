/**
 * Text of inputs and errors as one line that is safe to print: control characters, which could move the cursor of a
 * terminal or write its title, become their escapes.
 */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
