import { cutEnd, cutStart, pad, widthOf } from './width.js';

/** A column of a table. */
export interface Column {
  heading: string;
  align?: 'left' | 'right';
  /** Which part of a text stays when there is no room for all of it. */
  keep: 'start' | 'end';
  /** It gets no narrower than this, unless its texts are. */
  least: number;
}

const gap = '  ';

/**
 * A heading and a line for each row, none wider than `width` columns as long as the least widths fit. Where room is short the widest
 * column gives first, so that short names stay whole beside long paths.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const lines = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index] ?? ''))));
  narrow(widths, columns, width - gap.length * (columns.length - 1));
  return lines.map((cells) =>
    columns
      .map(({ keep, align }, index) => {
        const room = widths[index] ?? 0;
        const text = cells[index] ?? '';
        return pad(keep === 'start' || cells === lines[0] ? cutEnd(text, room) : cutStart(text, room), room, align);
      })
      .join(gap)
      .trimEnd(),
  );
}

function narrow(widths: number[], columns: readonly Column[], room: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    let widest = -1;
    for (const [index, width] of widths.entries()) {
      if (width > (columns[index]?.least ?? 0) && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
}
