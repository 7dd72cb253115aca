/** How pressure gets into a log: each takes a logger and answers with what `onPressure` calls. */
import type { PressureEvent } from 'rxjs-backpressure/metrics';

type Listener = (event: PressureEvent) => void;

/** The console: a line, and the event as an object that can be opened. */
export function toConsole(console: Pick<Console, 'info' | 'warn' | 'error'>): Listener {
  return ({ level, message, ...event }) => console[level](message, event);
}

/** pino: the object first. */
export function toPino(
  logger: Record<PressureEvent['level'], (event: object, message: string) => void>,
): Listener {
  return ({ level, message, ...event }) => logger[level](event, message);
}

/** winston: the message first. */
export function toWinston(logger: { log(level: string, message: string, event: object): unknown }): Listener {
  return ({ level, message, ...event }) => void logger.log(level, message, event);
}

/** A logging service that an Angular application injects, with the methods that such services have. */
export interface LoggerService {
  info(message: string, event?: unknown): void;
  warn(message: string, event?: unknown): void;
  error(message: string, event?: unknown): void;
}

/** Angular: `onPressure(toAngular(inject(LoggerService)))`, outside the zone where there is one. */
export function toAngular(logger: LoggerService): Listener {
  return ({ level, message, ...event }) => logger[level](message, event);
}
