import pino, { type Logger } from 'pino';

/** JSON lines on stdout. */
export const createLog = (level: string): Logger =>
  pino({
    level,
    base: { component: 'operator' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
