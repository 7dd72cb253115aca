/** Translates Angular's packages, which are ES modules, for jest. */
const { createHash } = require('node:crypto');
const { transformSync } = require('esbuild');

const OPTIONS = { format: 'cjs', target: 'es2022', sourcemap: 'inline' };

module.exports = {
  process: (text, path) => transformSync(text, { ...OPTIONS, sourcefile: path }),
  getCacheKey: (text) => createHash('sha1').update(text).update(JSON.stringify(OPTIONS)).digest('hex'),
};
