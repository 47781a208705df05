import { type DestinationStream, type Logger, pino } from 'pino';

export type WorkerLog = Logger;

/** JSON lines, on stdout unless told otherwise. Payloads are never logged: their metadata is their owner's. */
export const createLog = (
  component: 'worker' | 'renderer',
  level: string,
  to: DestinationStream = pino.destination(1),
): WorkerLog =>
  pino(
    {
      level,
      base: { component },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    to,
  );
