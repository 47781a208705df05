/** The command as scripts use it: a process that answers each line as it comes. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { TIED_TO_PARENT } from '../../cluster/process.ts';
import { inShell, shownIn } from '../../documents/shown.ts';
import { BURST } from '../scaling/observations.ts';

const MAIN = fileURLToPath(new URL('../../../operator/cli/main.ts', import.meta.url));

const line = (changes: object = {}) => `${JSON.stringify({ ...BURST, ...changes })}\n`;

function start(...options: string[]): ChildProcessWithoutNullStreams {
  const [program = '', ...args] = [...TIED_TO_PARENT, process.execPath, MAIN, 'law', ...options];
  const child = spawn(program, args);
  child.stdin.on('error', () => {});
  return child;
}

async function answer(input: string | Buffer, ...options: string[]) {
  const child = start(...options);
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, answers: stdout.trimEnd().split('\n'), stderr };
}

describe('pwp law', () => {
  const shown = shownIn('docs/scaling.md', import.meta.url);

  it('answers as docs/scaling.md shows it', async () => {
    expect(await inShell(shown.take(/pwp -- law$/))).to.equal('2\n');
  });

  it('answers each observation before the next one comes', async () => {
    const child = start();
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (input: string) => {
      child.stdin.write(input);
      return (await answers.next()).value;
    };
    expect(await ask(line())).to.equal('2');
    expect(await ask(line({ waiting: [30_000, 0] }))).to.equal('30');
    const [first, second] = [line().slice(0, 40), line().slice(40)];
    child.stdin.write(first);
    expect(await ask(second)).to.equal('2');
    child.stdin.end();
    const [code] = await once(child, 'close');
    expect(code).to.equal(0);
  });

  it('answers null where an input is missing, and names it', async () => {
    const { code, answers, stderr } = await answer(
      `${line({ lambda: null })}${line({ oldestSeconds: -1, rho: undefined })}${line().trimEnd()}`,
    );
    expect({ code, answers }).to.deep.equal({ code: 0, answers: ['null', 'null', '2'] });
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((said) => said.split(':', 2).join(':')),
    ).to.deep.equal(['pwp law: line 1 has no usable lambda', 'pwp law: line 2 has no usable oldestSeconds, rho']);
  });

  it('answers null to a line that is no observation, names line and remedy, and ends with 1', async () => {
    for (const bad of ['{"lambda":', '[]', '7', 'null', '', '\u0000\ufffd']) {
      const { code, answers, stderr } = await answer(`${line()}${bad}\n${line()}`);
      expect({ code, answers }, bad).to.deep.equal({ code: 1, answers: ['2', 'null', '2'] });
      expect(stderr).to.equal(
        'pwp law: line 2 is no JSON object; give one observation a line, as in: pwp law --help\n',
      );
    }
  });

  it('keeps nothing of a line that is too long', async () => {
    const child = start();
    const answers = text(child.stdout);
    const errors = text(child.stderr);
    const block = Buffer.alloc(1 << 20, 'x');
    for (let megabytes = 0; megabytes < 64; megabytes += 1)
      if (!child.stdin.write(block)) await once(child.stdin, 'drain');
    child.stdin.end(`\n${line()}`);
    const [code] = await once(child, 'close');
    expect({ code, answers: await answers }).to.deep.equal({ code: 1, answers: 'null\n2\n' });
    expect(await errors).to.contain('line 1 is longer than 65536 bytes');
  });

  it('ends quietly when nobody reads its answers any more', async () => {
    const child = start();
    const errors = text(child.stderr);
    child.stdin.write(line());
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const closed = once(child, 'close');
    const writing = setInterval(() => child.stdin.write(line()), 20);
    const [code] = await closed;
    clearInterval(writing);
    expect({ code, stderr: await errors }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('prints with --terms what the number was made of', async () => {
    const { answers } = await answer(line(), '--terms');
    expect(JSON.parse(answers[0] ?? '')).to.deep.include({ slots: 7, workers: 2, desired: 2, limitedBy: null });
  });
});
