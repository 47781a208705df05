import { expect } from 'chai';
import { memoryNeeds, scratchNeeds, shutdownGraceSeconds } from '../../../operator/pool/job-needs.ts';
import { specProblem } from '../../../operator/pool/problems.ts';
import { filledPool } from './filled.ts';
import { worker } from './rules.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

const perJob = { timeoutSeconds: 30, memory: '512Mi', sourceBytes: '100Mi', outputBytes: '10Mi' };
const two = (more: Record<string, unknown> = {}) => worker({ slots: 2, perJob, ...more });

describe('what the jobs of a pool need', () => {
  it('is slots × perJob.memory and 128Mi for the renderer', () => {
    expect(memoryNeeds(filledPool(two())).renderer).to.deep.equal({ least: GiB, ample: GiB + 128 * MiB });
    expect(memoryNeeds(filledPool(two())).worker.ample).to.equal(256 * MiB);
  });

  it('is slots × (sourceBytes + 4 × outputBytes) and the fonts for the scratch folder', () => {
    expect(scratchNeeds(filledPool(two())).ample).to.equal(2 * (100 + 4 * 10) * MiB + 32 * MiB);
  });

  it('is 10 seconds more than a job may take for the grace, at most the hour that the worker takes', () => {
    expect(shutdownGraceSeconds(filledPool(two()))).to.equal(40);
    expect(shutdownGraceSeconds(filledPool(two({ perJob: { timeoutSeconds: 3600 } })))).to.equal(3600);
    expect(shutdownGraceSeconds(filledPool(two({ shutdownGraceSeconds: 5 })))).to.equal(5);
  });

  it('goes by the largest limit of the renderers that are enabled, field by field', () => {
    const renderers = [
      { name: 'image', perJob: { memory: '256Mi', sourceBytes: '300Mi' } },
      { name: 'pdf', perJob: { memory: '2Gi', timeoutSeconds: 120, outputBytes: '20Mi' } },
    ];
    const pool = filledPool(two({ renderers }));
    expect(memoryNeeds(pool).renderer.ample).to.equal(2 * 2 * GiB + 128 * MiB);
    expect(scratchNeeds(pool).ample).to.equal(2 * (300 + 4 * 20) * MiB + 32 * MiB);
    expect(shutdownGraceSeconds(pool)).to.equal(130);
  });

  it('leaves a common limit out that every enabled renderer tightens', () => {
    const pool = filledPool(two({ renderers: [{ name: 'image', perJob: { memory: '128Mi', timeoutSeconds: 5 } }] }));
    expect(memoryNeeds(pool).renderer.ample).to.equal((2 * 128 + 128) * MiB);
    expect(shutdownGraceSeconds(pool)).to.equal(15);
  });

  it('counts files in memory against the container that writes them', () => {
    const pool = filledPool({ ...two(), template: { scratch: { medium: 'Memory' } } });
    expect(memoryNeeds(pool).worker.ample).to.equal((256 + 2 * 100) * MiB);
    expect(memoryNeeds(pool).renderer.ample).to.equal(GiB + (128 + 2 * 4 * 10 + 32) * MiB);
  });
});

describe('a spec whose parts do not fit together', () => {
  const limits = (container: string, memory: string) => ({ resources: { [container]: { limits: { memory } } } });

  it('has memory for fewer jobs than slots', () => {
    const renderers = [{ name: 'pdf', perJob: { memory: '1Gi' } }];
    const pool = filledPool({ ...two({ renderers }), template: limits('renderer', '2047Mi') });
    expect(specProblem(pool)).to.deep.equal({
      reason: 'MemoryTooSmall',
      message: "the renderer's memory limit 2047Mi is below slots × perJob.memory = 2 × 1024Mi, together 2048Mi",
    });
    expect(specProblem(filledPool({ ...two({ renderers }), template: limits('renderer', '2Gi') }))).to.equal(undefined);
  });

  it('has no memory for what lies in a scratch folder in memory', () => {
    const template = { ...limits('worker', '199Mi'), scratch: { medium: 'Memory' } };
    expect(specProblem(filledPool({ ...two(), template }))).to.deep.include({ reason: 'MemoryTooSmall' });
    expect(specProblem(filledPool({ ...two(), template: limits('worker', '199Mi') }))).to.equal(undefined);
  });

  it('has a scratch folder smaller than what the jobs may write', () => {
    const of = (sizeLimit: string) => filledPool({ ...two(), template: { scratch: { sizeLimit } } });
    expect(specProblem(of('251Mi'))?.message).to.equal(
      'template.scratch.sizeLimit 251Mi is below what the jobs of 2 slots may write, 252Mi',
    );
    expect(specProblem(of('252Mi'))).to.equal(undefined);
  });

  it('has a grace shorter than its longest job', () => {
    const renderers = [{ name: 'image' }, { name: 'pdf', perJob: { timeoutSeconds: 120 } }];
    expect(specProblem(filledPool(two({ renderers, shutdownGraceSeconds: 119 })))).to.deep.equal({
      reason: 'GraceTooShort',
      message: 'shutdownGraceSeconds 119 is shorter than a job may take, 120 s',
    });
    expect(specProblem(filledPool(two({ renderers, shutdownGraceSeconds: 120 })))).to.equal(undefined);
  });

  it('has none of these where everything is computed', () => {
    const renderers = [{ name: 'pdf', perJob: { timeoutSeconds: 3600, memory: '64Gi', sourceBytes: '64Gi' } }];
    const template = { scratch: { medium: 'Memory' } };
    expect(specProblem(filledPool({ ...two({ renderers }), template }))).to.equal(undefined);
  });
});
