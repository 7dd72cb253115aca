/** Angular's TestBed, on the newest Angular and on the oldest: components made by plain calls, in fake time. */
import * as core from '@angular/core';
import { type EnvironmentProviders, PLATFORM_ID, type Type } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import { DemandObservable } from 'rxjs-backpressure';
import { BrowserTestingModule, platformBrowserTesting } from './platform.js';

/** A source that honours demand, and what has been drawn from it. */
export function counter(end = Infinity) {
  const source = {
    drawn: 0,
    subscribed: 0,
    released: 0,
    source$: new DemandObservable<number>((sink) => {
      source.subscribed++;
      return {
        request: (n) => {
          for (let i = 0; i < n && !sink.closed; i++) {
            sink.next(source.drawn++);
            if (source.drawn === end) sink.complete();
          }
        },
        unsubscribe: () => {
          source.released++;
        },
      };
    }),
  };
  return source;
}

/**
 * Sets up Angular for the file that calls it, without zones unless it says else. Time is jest's: frames, timers and microtasks
 * pass when `frames` says so.
 */
export function angular(detection = zoneless): void {
  beforeAll(() => {
    jest.useFakeTimers();
    TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting(), {
      errorOnUnknownElements: true,
    });
  });
  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [detection()] });
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    jest.clearAllTimers();
  });
}

/** Lets `n` rendered frames pass, and what Angular does behind the last of them. */
export async function frames(n = 1): Promise<void> {
  for (let i = 0; i < n; i++) {
    jest.advanceTimersToNextFrame();
    await settled();
  }
}

/** What is due now, Angular's drawing included, has been done. */
export async function settled(): Promise<void> {
  await jest.advanceTimersByTimeAsync(1);
}

export function onServer(): void {
  TestBed.configureTestingModule({ providers: [{ provide: PLATFORM_ID, useValue: 'server' }] });
}

export const inContext = <R>(run: () => R): R => TestBed.runInInjectionContext(run);

/** Makes and draws a component, as a page would: with `OnPush` and without zones it is drawn again when a signal says so. */
export async function draw<T>(component: Type<T>): Promise<ComponentFixture<T> & { text(): string }> {
  const fixture = TestBed.createComponent(component);
  fixture.autoDetectChanges();
  await settled();
  return Object.assign(fixture, {
    text: () => String(fixture.nativeElement.textContent).replace(/\s+/g, ' ').trim(),
  });
}

/** Its name before Angular 20 said that it was an experiment. */
export function zoneless(): EnvironmentProviders {
  const provide: () => EnvironmentProviders =
    Reflect.get(core, 'provideZonelessChangeDetection') ??
    Reflect.get(core, 'provideExperimentalZonelessChangeDetection');
  return provide();
}
