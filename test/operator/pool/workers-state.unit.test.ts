import { expect } from 'chai';
import type { WorkerHeartbeat } from '../../../operator/pool/worker-heartbeat.generated.ts';
import { provenRenderers, sinkStateOf } from '../../../operator/pool/workers-state.ts';

type Renderer = WorkerHeartbeat['renderers'][number];

const beat = (changes: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat => ({
  version: 1,
  at: 0,
  pod: 'p',
  template: '',
  build: 'b',
  renderers: [],
  slots: 1,
  busy: 0,
  selfTest: 'passed',
  sink: { writable: true },
  ...changes,
});
const renderer = (name: string, ...formats: string[]): Renderer => ({ name, version: '1', formats });
const failing = (reason: string) => beat({ sink: { writable: false, reason } });

describe('what a pool’s workers tell', () => {
  it('of the sink is said the same way whoever tells first, without counts', () => {
    const all = [failing('EROFS'), failing('EACCES')];
    expect(sinkStateOf(all)).to.deep.equal(sinkStateOf(all.toReversed()));
    expect(sinkStateOf(all).message).to.equal('no worker can write to the sink: EACCES');
    expect(sinkStateOf([...all, beat()]).message).to.equal('not every worker can write to the sink: EACCES');
  });

  it('of the sink comes out as one line', () => {
    expect(sinkStateOf([failing('a\u001b[2J\nb\u202ec')]).message).to.match(/: a \[2J b c$/);
  });

  it('of renderers is put together and sorted, of those only that passed their self-test', () => {
    const beats = [
      beat({ renderers: [renderer('svg', 'svg'), renderer('image', 'webp', 'jpeg')] }),
      beat({ renderers: [renderer('image', 'avif', 'jpeg')] }),
      beat({ selfTest: 'pending', renderers: [renderer('pdf', 'pdf')] }),
    ];
    expect(provenRenderers(beats)).to.deep.equal([
      { name: 'image', formats: ['avif', 'jpeg', 'webp'] },
      { name: 'svg', formats: ['svg'] },
    ]);
    expect(provenRenderers([])).to.equal(undefined);
  });

  it('is bounded, and holds words only', () => {
    const many = Array.from({ length: 40 }, (_, at) =>
      renderer(`r${at}`, ...Array.from({ length: 40 }, (_, f) => `f${f}`)),
    );
    const told = provenRenderers([beat({ renderers: [...many, renderer('<b>', 'jpeg')] })]) ?? [];
    expect(told).to.have.length(16);
    for (const { name, formats } of told) {
      expect(name).to.match(/^r\d+$/);
      expect(formats).to.have.length(32);
    }
  });
});
