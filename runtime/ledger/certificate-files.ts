import { realpathSync } from 'node:fs';

/** What names certificates to Node and OpenSSL: https://nodejs.org/api/cli.html#node_extra_ca_certsfile, #--use-system-ca. */
const NAMES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'] as const;

/**
 * Paths, links followed, that Node reads certificates from. Node 24 and newer do so in a thread of their own, begun by
 * the first `node:tls` that is loaded: what is open there for a moment is nobody's. Not looked for are the many small
 * ones of a folder (`SSL_CERT_DIR`, with `--use-system-ca`), of which one is open for some microseconds.
 */
export function certificateFiles(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  return new Set(NAMES.flatMap((name) => pathOf(env[name])));
}

function pathOf(named: string | undefined): string[] {
  if (named === undefined || named === '') return [];
  try {
    return [realpathSync(named)];
  } catch {
    // Named and not there: Node warns of it, and opens nothing.
    return [];
  }
}
