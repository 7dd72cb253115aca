import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { Playground } from './Playground.js';

bootstrapApplication(Playground, { providers: [provideZonelessChangeDetection()] }).catch((error: unknown) =>
  console.error(error),
);
