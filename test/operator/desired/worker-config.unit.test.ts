import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { workerConfig } from '../../../operator/desired/config-map.ts';
import { RENDERER_NAMES } from '../../../worker/renderers/registry.ts';
import { filledPool, type Schema, SPEC_SCHEMA } from '../pool/filled.ts';
import { MINIMAL, RULES, worker } from '../pool/rules.ts';
import { TEMPLATE_RULES } from '../pool/template-rules.ts';
import { WORKER_RULES } from '../pool/worker-rules.ts';

const schema = JSON.parse(readFileSync('schemas/worker-config.schema.json', 'utf8')) as object;
const fits = new Ajv2020({ strict: true }).compile(schema);

/** What is wrong with the configuration that a pool's worker would read. */
const faults = (spec: Record<string, unknown>): unknown =>
  fits(workerConfig(filledPool(spec))) ? undefined : fits.errors;

describe('the configuration that a pool’s workers read', () => {
  for (const { rule, accepted } of [...RULES, ...WORKER_RULES, ...TEMPLATE_RULES]) {
    it(`fits its schema for what the API server accepts: ${rule}`, () => {
      expect(faults({ ...MINIMAL, ...accepted })).to.equal(undefined);
    });
  }

  it('fits at the least and at the most of every number', () => {
    const limits = schemaOf('worker', 'perJob');
    for (const bound of ['minimum', 'maximum'] as const) {
      const numbers = Object.entries(limits.properties ?? {}).filter(([, { type }]) => type === 'integer');
      const perJob = {
        ...Object.fromEntries(numbers.map(([name, field]) => [name, field[bound]])),
        ...(bound === 'minimum'
          ? { memory: '64Mi', sourceBytes: 1, outputBytes: 1 }
          : { memory: '64Gi', sourceBytes: '64Gi', outputBytes: '4Gi' }),
      };
      const slots = schemaOf('worker', 'slots')[bound];
      expect(faults(worker({ slots, perJob, renderers: [{ name: 'pdf', perJob }] })), bound).to.equal(undefined);
    }
  });

  it('names a target of the waiting time only where a worker would take another by itself', () => {
    const targets = (auto: object) =>
      workerConfig(filledPool({ scaling: { mode: 'Auto', auto: { minReplicas: 1, ...auto } } })).waitTargetSeconds;
    expect(workerConfig(filledPool()).waitTargetSeconds).to.equal(undefined);
    expect(targets({})).to.equal(undefined);
    expect(targets({ targetWaitSeconds: 20 })).to.deep.equal({ interactive: 20 });
    expect(targets({ targetWaitSeconds: 30, backfillTargetWaitSeconds: 60 })).to.deep.equal({ backfill: 60 });
    const byCpu = { provider: 'CPU', targetCPUUtilizationPercentage: 75, targetWaitSeconds: 20 };
    expect(targets(byCpu)).to.equal(undefined);
  });

  it('says S3 and http as the pool does, with keys as files', () => {
    const credentialsFrom = { name: 's3', accessKeyIdKey: 'id', secretAccessKeyKey: 'secret' };
    const service = { endpoint: 'http://minio:9000', region: 'eu', forcePathStyle: false, credentialsFrom };
    const { sources, sink } = workerConfig(
      filledPool(
        worker({
          sources: { http: { allowedHosts: ['a.example'] }, s3: { ...service, buckets: ['inbox'] } },
          sink: { s3: { ...service, bucket: 'previews', prefix: 'a' } },
        }),
      ),
    );
    const { credentialsFrom: _, ...told } = service;
    const files = (side: string) => ({
      accessKeyIdFile: `/etc/preview-worker/s3/${side}-access-key-id`,
      secretAccessKeyFile: `/etc/preview-worker/s3/${side}-secret-access-key`,
    });
    expect(sources).to.deep.equal({
      http: { allowedHosts: ['a.example'], allowPrivateNetworks: false },
      s3: { ...told, buckets: ['inbox'], credentials: files('source') },
    });
    expect(sink).to.deep.equal({ s3: { ...told, bucket: 'previews', prefix: 'a', credentials: files('sink') } });
  });

  it('says renderers with what differs, in bytes', () => {
    const renderers = [{ name: 'image' }, { name: 'pdf', perJob: { memory: '1Gi', outputBytes: 1000, pages: 3 } }];
    expect(workerConfig(filledPool(worker({ renderers }))).renderers).to.deep.equal([
      { name: 'image' },
      { name: 'pdf', perJob: { memoryBytes: 2 ** 30, outputBytes: 1000, pages: 3 } },
    ]);
    expect(workerConfig(filledPool())).to.not.have.property('renderers');
  });

  it('can name every renderer that the worker has', () => {
    const { properties = {} } = schemaOf('worker', 'renderers').items ?? {};
    expect(properties['name']?.['enum']).to.deep.equal([...RENDERER_NAMES].sort());
  });
});

function schemaOf(...path: readonly string[]): Schema {
  return path.reduce<Schema>((schema, name) => schema.properties?.[name] ?? {}, SPEC_SCHEMA);
}
