/** Reads a piece of a file. The files stay open for the tasks to come; `shared` says that this is meant. */
import { openSync, readSync } from 'node:fs';
import { shared } from 'plustwo/task';

export interface Piece {
  path: string;
  from: number;
  length: number;
}

const files = new Map<string, number>();

function fileOf(path: string): number {
  const file = files.get(path) ?? shared(() => openSync(path, 'r'));
  files.set(path, file);
  return file;
}

export function readPiece({ path, from, length }: Piece): string {
  const piece = Buffer.alloc(length);
  return piece.toString('utf8', 0, readSync(fileOf(path), piece, 0, length, from));
}
