import pino, { type Logger } from 'pino';

/** JSON lines on stdout. */
export const createLog = (level: string, component = 'operator'): Logger =>
  pino({
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
