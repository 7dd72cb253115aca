/** Builds the application as `ng build` does, without the rest of Angular's command line. */
import { fileURLToPath } from 'node:url';
import { Architect } from '@angular-devkit/architect';
import { WorkspaceNodeModulesArchitectHost } from '@angular-devkit/architect/node/index.js';
import { json, logging, workspaces } from '@angular-devkit/core';
import { NodeJsSyncHost } from '@angular-devkit/core/node';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Answers whether it could be built; what is wrong is printed. */
export async function build(): Promise<boolean> {
  const { workspace } = await workspaces.readWorkspace(
    ROOT,
    workspaces.createWorkspaceHost(new NodeJsSyncHost()),
  );
  const registry = new json.schema.CoreSchemaRegistry();
  registry.addPostTransform(json.schema.transforms.addUndefinedDefaults);
  const architect = new Architect(new WorkspaceNodeModulesArchitectHost(workspace, ROOT), registry);
  const logger = new logging.Logger('build');
  logger.subscribe(({ level, message }) => {
    if (level === 'error' || level === 'fatal' || level === 'warn') {
      console.error(message);
    }
  });
  const run = await architect.scheduleTarget({ project: 'playground', target: 'build' }, {}, { logger });
  try {
    const { success } = await run.result;
    return success;
  } finally {
    await run.stop();
  }
}
