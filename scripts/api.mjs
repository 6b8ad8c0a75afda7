// Compares the public surface with the reports in etc/. `npm run api:accept` writes the reports anew.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './run.mjs';

const entries = [
  { report: 'plustwo', types: 'dist/runtime/index.d.ts', project: 'runtime/tsconfig.json' },
  { report: 'plustwo-task', types: 'dist/workers/task.d.ts', project: 'workers/tsconfig.json' },
];
const accept = process.argv.includes('--accept');
const fatal = { logLevel: 'error', addToApiReportFile: false };

const configurationOf = ({ report, types, project }) => ({
  projectFolder: root,
  mainEntryPointFilePath: join(root, types),
  newlineKind: 'lf',
  compiler: { tsconfigFilePath: join(root, project) },
  apiReport: {
    enabled: true,
    reportFolder: join(root, 'etc'),
    reportFileName: report,
    reportTempFolder: join(root, '.cache/api'),
  },
  docModel: { enabled: false },
  dtsRollup: { enabled: false },
  tsdocMetadata: { enabled: false },
  messages: {
    compilerMessageReporting: { default: { logLevel: 'error' } },
    extractorMessageReporting: {
      default: { logLevel: 'error' },
      // The package makes no use of release tags: what is exported is public.
      'ae-missing-release-tag': { logLevel: 'none' },
      'ae-forgotten-export': fatal,
      'ae-undocumented': fatal,
    },
    tsdocMessageReporting: { default: { logLevel: 'error' } },
  },
});

await build();
const { Extractor, ExtractorConfig } = await import('@microsoft/api-extractor');
mkdirSync(join(root, 'etc'), { recursive: true });

for (const entry of entries) {
  const extractorConfig = ExtractorConfig.prepare({
    configObject: configurationOf(entry),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(extractorConfig, { localBuild: accept });
  if (!succeeded) process.exitCode = 1;
  if (apiReportChanged && !accept) console.error(`etc/${entry.report}.api.md is out of date: npm run api:accept`);
}
