import { type Logger, pino } from 'pino';

export type WorkerLog = Logger;

/** JSON lines on stdout. Payloads are never logged: their metadata is their owner's. */
export const createLog = (component: 'worker' | 'renderer', level: string): WorkerLog =>
  pino({
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
