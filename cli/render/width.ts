/** What takes two columns of a terminal: East Asian wide characters, and emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;
const invisible = /^[\p{M}\p{Cf}\p{Zl}\p{Zp}]+$/u;
const plain = /^[ -~]*$/;

let segmenter: Intl.Segmenter | undefined;

/** The parts of a text that a terminal shows as one character each. Not kept for plain text, which is nearly all there is. */
function charactersOf(text: string): string[] {
  if (plain.test(text)) return Array.from(text);
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function widthOfCharacter(character: string): number {
  if (invisible.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** How many columns of a terminal a text takes; it must hold no control characters. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  return charactersOf(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

/** The beginning of a text, at most `width` columns of it; `…` stands for the rest. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${take(charactersOf(text), width - 1).join('')}…`;
}

/** The end of a text, at most `width` columns of it: what tells a path from its neighbours. `…` stands for the rest. */
export function cutStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `…${take(charactersOf(text).reverse(), width - 1)
    .reverse()
    .join('')}`;
}

/**
 * The text in as many parts as it takes for none to be wider than `width` columns, cut behind a space where that leaves no more than half
 * of a part empty. An empty text is one part.
 */
export function fold(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const parts: string[] = [];
  for (let rest = charactersOf(text); rest.length > 0; ) {
    // A wide character in a single column is cut by the terminal, which is better than never to end.
    const fitting = Math.max(1, take(rest, width).length);
    const space = fitting === rest.length ? -1 : rest.lastIndexOf(' ', fitting);
    // The space itself may stand beyond the edge, where nobody sees it missing.
    const length = space > fitting / 2 ? Math.min(space + 1, fitting) : fitting;
    parts.push(rest.slice(0, length).join(''));
    rest = rest.slice(space === fitting ? fitting + 1 : length);
  }
  return parts;
}

/** The text with spaces behind it, or before it, up to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** As many of the first characters as fit. */
function take(characters: readonly string[], width: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += widthOfCharacter(character);
    return used > width;
  });
  return end === -1 ? [...characters] : characters.slice(0, end);
}
