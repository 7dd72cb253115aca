/** On the oldest Angular `oldest/platform.cjs` takes the place of this file. */
export { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
