import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';

const WATCHDOG = new URL('../../../worker/renderer/watchdog.ts', import.meta.url).href;

describe('the watchdog of a renderer', function () {
  this.timeout(60_000);
  let folder: string;
  let terminationLog: string;
  let child: ChildProcess;
  let ended: Promise<string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-watchdog-'));
    terminationLog = join(folder, 'termination-log');
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });

  const said = (word: string) =>
    once(child.stdout as NodeJS.ReadableStream, 'data').then(([data]) => expect(String(data)).to.include(word));
  /** A program under the watchdog that then does this. */
  const start = (hungSeconds: number, then: string) => {
    const options = JSON.stringify({ terminationLog, hungSeconds });
    const text = `import { watchLoop } from '${WATCHDOG}'; const watchdog = watchLoop(${options}); ${then}`;
    child = spawn(process.execPath, ['--input-type=module', '--eval', text], { stdio: ['pipe', 'pipe', 'ignore'] });
    ended = once(child, 'exit').then(([code, signal]) => signal ?? `code ${code}`);
  };

  it('ends a process whose loop does not turn, and says why and what to do in one line of the termination log', async () => {
    await writeFile(terminationLog, '');
    start(1, 'setTimeout(() => { for (;;); }, 200);');
    expect(await ended).to.equal('SIGKILL');
    const told = readFileSync(terminationLog, 'utf8');
    expect(told).to.match(/^[^\n]+\n$/);
    expect(JSON.parse(told)).to.include({ error: 'RendererHung' }).and.have.keys('error', 'reason', 'remedy');
  });

  it('makes no termination log where there is none', async () => {
    start(0.5, 'for (;;);');
    expect(await ended).to.equal('SIGKILL');
    expect(existsSync(terminationLog)).to.equal(false);
  });

  it('leaves one alone that was frozen for longer, and goes on', async () => {
    start(2, "process.stdin.on('data', () => process.stdout.write('alive')); process.stdout.write('ready');");
    await said('ready');
    child.kill('SIGSTOP');
    await delay(3_000);
    child.kill('SIGCONT');
    for (let asked = 0; asked < 3; asked += 1) {
      const answer = said('alive');
      child.stdin?.write('are you?');
      await answer;
      await delay(300);
    }
  });

  it('keeps no process alive, stopped or not', async () => {
    start(60, '');
    expect(await ended).to.equal('code 0');
    start(60, 'watchdog.stop();');
    expect(await ended).to.equal('code 0');
  });
});
