/** Functions of node:fs as they were before the ledger replaced them: for its own looks at the kernel, which are nobody's openings. */
import fs from 'node:fs';

export const { fstatSync, readFileSync, readdirSync, readlinkSync, statSync } = fs;
