/** The thread of watchdog.ts. It imports no more than it needs: it stands beside the slots in the container's memory. */
import { writeFileSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { WatchdogArguments } from './watchdog.ts';

const { turns, lookMilliseconds, looks, terminationLog } = workerData as WatchdogArguments;
const count = new Int32Array(turns);
let seen = Atomics.load(count, 0);
let still = 0;

setInterval(() => {
  const now = Atomics.load(count, 0);
  still = now === seen ? still + 1 : 0;
  seen = now;
  if (still >= looks) end();
}, lookMilliseconds);

function end(): void {
  const reason = `the renderer’s loop did not turn for ${(looks * lookMilliseconds) / 1000} s`;
  const remedy = 'its container is started again and its jobs are given back; if it recurs, report it with this line';
  try {
    // Only where Kubernetes has put the file, as main.ts does it; the log by hand, because its writer hangs.
    writeSync(
      2,
      `${JSON.stringify({ level: 'error', component: 'renderer', reason, remedy, msg: 'renderer hung' })}\n`,
    );
    writeFileSync(terminationLog, `${JSON.stringify({ error: 'RendererHung', reason, remedy })}\n`, { flag: 'r+' });
  } catch {
    // Nobody reads it: that keeps nothing alive.
  } finally {
    // A thread's process.exit ends the thread.
    process.kill(process.pid, 'SIGKILL');
  }
}
