import { expect } from 'chai';
import fc from 'fast-check';
import type { PreviewJob } from '../../worker/job.generated.ts';
import { chosenRenderers, limitsOf, loosestLimits } from '../../worker/limits.ts';
import type { JobLimits } from '../../worker/renderer/protocol.ts';

const NAMES = ['timeoutSeconds', 'memoryBytes', 'sourceBytes', 'pixels', 'pages', 'frames', 'outputBytes'] as const;
const amount = fc.integer({ min: 1, max: 1000 });
const perJob = fc.record(Object.fromEntries(NAMES.map((name) => [name, amount]))) as unknown as fc.Arbitrary<JobLimits>;
const some = fc.record(Object.fromEntries(NAMES.map((name) => [name, amount])), {
  requiredKeys: [],
}) as unknown as fc.Arbitrary<Partial<JobLimits>>;
const job = (limits: Partial<JobLimits>) => ({ limits }) as PreviewJob;

describe('the limits of a job', () => {
  it('are the pool’s, the renderer’s in their place, and the job’s where they are tighter', () => {
    fc.assert(
      fc.property(perJob, some, some, (pool, renderer, asked) => {
        const config = { perJob: pool, renderers: [{ name: 'image', perJob: renderer }, { name: 'pdf' }] };
        const image = limitsOf(config, 'image', job(asked));
        const pdf = limitsOf(config, 'pdf', job(asked));
        for (const name of NAMES) {
          const own = asked[name] ?? Number.POSITIVE_INFINITY;
          expect(image[name]).to.equal(Math.min(renderer[name] ?? pool[name], own));
          expect(pdf[name]).to.equal(Math.min(pool[name], own));
        }
      }),
    );
  });

  it('are never looser than what the renderer’s process allows any job', () => {
    fc.assert(
      fc.property(perJob, some, some, some, (pool, one, other, asked) => {
        const config = {
          perJob: pool,
          renderers: [
            { name: 'one', perJob: one },
            { name: 'other', perJob: other },
          ],
        };
        const loosest = loosestLimits(config);
        for (const renderer of ['one', 'other']) {
          const limits = limitsOf(config, renderer, job(asked));
          for (const name of NAMES) expect(limits[name]).to.be.at.most(loosest[name]);
        }
      }),
    );
  });

  it('load the renderers that are named, or all', () => {
    expect(chosenRenderers({ perJob: {} as JobLimits })).to.deep.equal({});
    expect(chosenRenderers({ perJob: {} as JobLimits, renderers: [{ name: 'pdf' }] })).to.deep.equal({ only: ['pdf'] });
  });
});
