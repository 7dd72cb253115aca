/** Translates Angular's packages, which are ES modules, for jest. */
const { createHash } = require('node:crypto');
const { transformSync } = require('esbuild');

const OPTIONS = { format: 'cjs', target: 'es2022', sourcemap: 'inline' };

module.exports = {
  // To a file that ends in `.mjs` a CommonJS module would be its own default export, as to Node; here they all are translated.
  process: (text, path) => transformSync(text, { ...OPTIONS, sourcefile: path.replace(/\.mjs$/, '.js') }),
  getCacheKey: (text) =>
    createHash('sha1').update(text).update(JSON.stringify(OPTIONS)).update('js').digest('hex'),
};
