/** What Angular 20 and newer call a platform for tests; the one before could not compile just in time. */
const {
  BrowserDynamicTestingModule,
  platformBrowserDynamicTesting,
} = require('@angular/platform-browser-dynamic/testing');

module.exports = {
  BrowserTestingModule: BrowserDynamicTestingModule,
  platformBrowserTesting: platformBrowserDynamicTesting,
};
