/** Aborts on the first SIGTERM or SIGINT; a second one of a person at a terminal ends the process at once. */
export function endSignal(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGTERM', () => controller.abort(new Error('SIGTERM')));
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('SIGINT'));
  });
  return controller.signal;
}
