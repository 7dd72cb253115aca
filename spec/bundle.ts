import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Bundles a TypeScript file, named from the root of the repository, with all that it imports, into the text of one script. */
export async function bundle(path: string, options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await build({
    ...options,
    absWorkingDir: join(__dirname, '..'),
    entryPoints: [path],
    bundle: true,
    write: false,
    target: 'es2022',
    tsconfig: 'tsconfig.json',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}
