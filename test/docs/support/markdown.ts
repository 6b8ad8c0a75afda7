import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-program.js';

/** A fenced block of a page. */
export interface Fence {
  /** The word behind the opening ticks; `''` without one. */
  readonly language: string;
  readonly text: string;
  /** The example's path in the comment before it, if there is one. */
  readonly file: string | undefined;
}

/** The project's own pages, by path from the root. */
export function pages(): string[] {
  const own = (folder: string): string[] =>
    readdirSync(join(root, folder), { encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  return [...own('.'), ...own('docs'), ...own('benchmarks')].sort();
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

export function fencesOf(text: string): Fence[] {
  const fences = /(?:<!-- (docs\/examples\/\S+) -->\n\n)?^```(\w*)\n(.*?)^```$/gms;
  return [...text.matchAll(fences)].map(([, file, language = '', body = '']) => ({ language, text: body, file }));
}

/** The page without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '');
}

/** Targets of the page's links. */
export function linksOf(text: string): string[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors GitHub gives the page's headings. */
export function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The rows of the table whose first heading is `heading`, each as its cells. */
export function tableOf(text: string, heading: string): string[][] {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  if (head === -1) throw new Error(`there is no table that begins with ${heading}`);
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map(cellsOf);
}

function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** What stands in ticks. */
export function codesOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
