import { numbers } from './work.js';

const table = Array.from({ length: 24 }, (_, row) => numbers(2 ** 20, row));

export const rows = table.length;
