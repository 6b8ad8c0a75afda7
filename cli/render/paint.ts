import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours a text for one stream. */
export type Paint = (format: Format, text: string) => string;

/**
 * Colours as far as this stream shows them: a terminal, unless `NO_COLOR` or `TERM=dumb` say no; `FORCE_COLOR` says
 * yes to any stream. Asked anew each time by `styleText`, which knows those rules.
 */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (format, text) => styleText(format, text, { stream });
}

/** No colours. */
export const noPaint: Paint = (_format, text) => text;
