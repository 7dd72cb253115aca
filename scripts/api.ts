/**
 * Writes the public surface of every entry to `api`, one file each, as API Extractor finds it in `dist`. With `--check`
 * nothing is written: a surface that is not what its file says fails, and so does a file that belongs to no entry.
 * Needs `npm run build` before.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConsoleMessageId, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const FOLDER = 'api';
const check = process.argv.includes('--check');

interface Entry {
  readonly file: string;
  readonly types: string;
}

/** Every entry of package.json that has types. */
function entries(): Entry[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.keys(exports).flatMap((name) => {
    const types: string | undefined = exports[name].import?.types;
    return types === undefined ? [] : [{ file: `${name.slice(2) || 'index'}.api.md`, types }];
  });
}

/** Answers whether the surface of `entry` is what its file says, and unless it is only checked, makes it so. */
function report({ file, types }: Entry): boolean {
  if (!existsSync(types)) {
    throw new Error(`${types} is not there: run npm run build first`);
  }
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: resolve(types),
      compiler: { tsconfigFilePath: resolve('tsconfig.build.json') },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName: file,
        reportFolder: resolve(FOLDER),
        reportTempFolder: resolve('.cache/api'),
        // What a signature names belongs to the surface, whether it is exported or not.
        includeForgottenExports: true,
      },
      // Only what the surface is; how it is documented is looked at elsewhere.
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
  });
  mkdirSync('.cache/api', { recursive: true });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: !check,
    printApiReportDiff: true,
    messageCallback: (message) => {
      if (message.messageId === ConsoleMessageId.ApiReportDiff) console.log(message.text);
      else if (message.logLevel === ExtractorLogLevel.Error) throw new Error(message.text);
      message.handled = true;
    },
  });
  return !apiReportChanged;
}

mkdirSync(FOLDER, { recursive: true });
const all = entries();
const changed = all.filter((entry) => !report(entry)).map(({ file }) => file);
const stray = readdirSync(FOLDER).filter((file) => !all.some((entry) => entry.file === file));
for (const file of changed) {
  console.log(`${FOLDER}/${file}: ${check ? 'the public surface is another one' : 'written'}`);
}
for (const file of stray) {
  console.log(`${FOLDER}/${file} belongs to no entry${check ? '' : ', removed'}`);
  if (!check) rmSync(`${FOLDER}/${file}`);
}
if (check && changed.length + stray.length > 0) {
  console.log('Run npm run api, look at what has changed, and commit it with the change.');
  process.exitCode = 1;
}
