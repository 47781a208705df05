/** Aborts at the first signal that asks this process to end, and says so; further ones change nothing: it is ending. */
export function askedToEnd(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // What is just being started is waited for, which may take some seconds.
      if (!asked.signal.aborted) console.error(`\n${signal}: ending …`);
      asked.abort(new Error(`${signal}: ended before it was over`));
    });
  }
  return asked.signal;
}

/** Settles once the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
