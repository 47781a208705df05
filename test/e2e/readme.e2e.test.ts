/** README.md's commands in a shell, beside a cluster that its `npm run cluster` would bring up. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import { ManagedProcess } from '../cluster/process.ts';
import { inShell, shownIn } from '../documents/shown.ts';
import { scene } from '../fixtures/images.ts';

describe('README.md, in another terminal', function () {
  this.timeout(300_000);
  const shown = shownIn('README.md', import.meta.url);
  let folder: string;
  let cluster: ManagedProcess;
  /** What the cluster says of itself. */
  let told: (name: string) => string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-readme-'));
    const command = [process.execPath, 'scripts/cluster.ts', '--folder', join(folder, 'cluster')];
    cluster = new ManagedProcess({ name: 'npm run cluster', command, logFile: join(folder, 'log') });
    await cluster.ready(async () => cluster.logTail().includes('Ctrl-C ends it'), 120);
    const said = cluster.logTail(100);
    told = (name) => {
      const [, value] = new RegExp(`^${name} +(\\S+)`, 'm').exec(said) ?? [];
      if (value === undefined) throw new Error(`the cluster says nothing of its ${name}:\n${said}`);
      return value;
    };
  });
  after(async () => {
    await cluster?.stop(60);
    await rm(folder, { recursive: true, force: true });
  });

  const run = (pattern: RegExp, placeholders: Record<string, string> = {}) => {
    const path = `${dirname(told('kubectl'))}${delimiter}${process.env['PATH']}`;
    const env = { KUBECONFIG: told('kubeconfig'), PATH: path, NO_COLOR: '1' };
    return inShell(shown.take(pattern), { env, with: placeholders, seconds: 130 });
  };
  const portOf = (name: string) => ({ PORT: new URL(told(name)).port });

  it('a pool is applied, becomes Ready, and is looked at', async () => {
    expect(await run(/^kubectl apply -f examples\/pool\.yaml$/)).to.match(/sample created/);
    await run(/ wait --for=condition=Ready /);
    expect(await run(/ get pwp$/)).to.match(/^sample +True /m);
    expect(await run(/ describe pwp sample$/)).to.match(/^Kind: +PreviewWorkerPool$/m);
    expect(await run(/^kubectl explain /)).to.match(/^ +slots\t?/m);
  });

  it('a pool that sleeps takes its place, and says why it has no worker', async () => {
    await run(/^kubectl delete -f/);
    await run(/^kubectl apply -f examples\/pool-that-sleeps/);
    expect(await run(/explain sleeper .*PORT$/, portOf('operator'))).to.match(/^preview-worker\/sleeper: /);
    expect(await run(/explain sleeper .*--what-if/, portOf('operator'))).to.match(/^What if wait=10, ?rate=40/m);
  });

  it('jobs wake it, and come back as previews', async () => {
    const inbox = told('inbox');
    await writeFile(join(inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    expect(await run(/submit\.ts/, portOf('redis'))).to.match(/^grid file:\/\/\S+\/grid\.webp$/m);
    expect(await run(/ submit /, portOf('redis'))).to.match(/grid/);
  });

  it('payloads are validated and files rendered without queue and cluster', async () => {
    const [payload, photo, out] = ['payload.json', 'photo.jpg', 'out'].map((name) => join(folder, name));
    await writeFile(photo ?? '', await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    const job = { version: 1, source: { uri: 'file:///inbox/photo.jpg' }, outputs: [{ preset: 'grid' }] };
    await writeFile(payload ?? '', JSON.stringify(job));
    expect(await run(/ validate /, { 'payload.json': payload ?? '' })).to.match(/^ok /);
    expect(await run(/ render /, { 'photo.jpg': photo ?? '', '--out previews': `--out ${out}` })).to.include(out);
  });
});
