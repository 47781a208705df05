/** The rules of spec.worker that speak of renderers, sources and the sink. */
import { folder, type RuleCase, worker } from './rules.ts';

type Json = Record<string, unknown>;

const http = (fields: Json) => worker({ sources: { http: fields } });
const source = (fields: Json) => worker({ sources: { s3: fields } });
const sink = (fields: Json) => worker({ sink: { s3: { bucket: 'previews', ...fields } } });
const keys = { name: 's3' };

export const WORKER_RULES: readonly RuleCase[] = [
  {
    rule: 'renderers that exist, each once',
    accepted: worker({
      renderers: [{ name: 'image' }, { name: 'pdf', perJob: { memory: '1Gi', timeoutSeconds: 60 } }],
    }),
    refused: [
      {
        spec: worker({ renderers: [{ name: 'vidoe' }] }),
        at: 'spec.worker.renderers[0].name',
        saying: 'supported values: "heic", "image", "pdf", "svg", "text"',
      },
      {
        spec: worker({ renderers: [{ name: 'pdf' }, { name: 'pdf' }] }),
        at: 'spec.worker.renderers[1]',
        saying: 'Duplicate value',
      },
      { spec: worker({ renderers: [] }), at: 'spec.worker.renderers', saying: 'at least 1' },
    ],
  },
  ...(['memory', 'sourceBytes', 'outputBytes'] as const).map((field) => ({
    rule: `perJob.${field} of a renderer within bounds`,
    accepted: worker({ renderers: [{ name: 'pdf', perJob: { [field]: '1Gi' } }] }),
    refused: [
      {
        spec: worker({ renderers: [{ name: 'pdf', perJob: { [field]: '1Ti' } }] }),
        at: `spec.worker.renderers[0].perJob.${field}`,
        saying: 'must be between',
      },
    ],
  })),
  {
    rule: 'allowed hosts are names',
    accepted: http({ allowedHosts: ['files.example.com', '*.example.org', '192.0.2.1'], allowPrivateNetworks: true }),
    refused: ['https://example.com', 'example.com:8080', 'example.com/a', '*', 'a.*.com'].map((host) => ({
      spec: http({ allowedHosts: [host] }),
      at: 'spec.worker.sources.http.allowedHosts[0]',
      saying: 'must be a host such as files.example.com',
    })),
  },
  {
    rule: 'exactly one sink',
    accepted: worker({ sink: { s3: { bucket: 'previews', region: 'eu-central-1' } } }),
    refused: [
      { spec: worker({ sink: {} }), at: 'spec.worker.sink', saying: 'exactly one of file and s3' },
      {
        spec: worker({ sink: { file: folder('/previews'), s3: { bucket: 'previews' } } }),
        at: 'spec.worker.sink',
        saying: 'exactly one of file and s3',
      },
    ],
  },
  ...(
    [
      ['sources', source],
      ['sink', sink],
    ] as const
  ).flatMap(([side, of]): RuleCase[] => [
    {
      rule: `${side}.s3: an endpoint without keys`,
      accepted: of({ endpoint: 'http://minio:9000', credentialsFrom: keys }),
      refused: [
        {
          spec: of({ endpoint: 'https://id:secret@s3.example.com' }),
          at: `spec.worker.${side}.s3.endpoint`,
          saying: 'name it in credentialsFrom',
        },
      ],
    },
    {
      rule: `${side}.s3: an endpoint is an address`,
      accepted: of({ endpoint: 'https://s3.example.com/storage' }),
      refused: ['s3.example.com', 's3://previews', 'https://s3.example.com?x=1'].map((endpoint) => ({
        spec: of({ endpoint }),
        at: `spec.worker.${side}.s3.endpoint`,
        saying: 'must look like https://s3.example.com',
      })),
    },
    {
      rule: `${side}.s3: keys of AWS come with a region`,
      accepted: of({ region: 'eu-central-1', credentialsFrom: keys }),
      refused: [
        {
          spec: of({ credentialsFrom: keys }),
          at: `spec.worker.${side}.s3.region`,
          saying: 'set region, or endpoint for another service',
        },
      ],
    },
    {
      rule: `${side}.s3: the two parts of a key are two values`,
      accepted: of({ region: 'a', credentialsFrom: { ...keys, accessKeyIdKey: 'id', secretAccessKeyKey: 'secret' } }),
      refused: [
        {
          spec: of({ region: 'a', credentialsFrom: { ...keys, accessKeyIdKey: 'key', secretAccessKeyKey: 'key' } }),
          at: `spec.worker.${side}.s3.credentialsFrom.secretAccessKeyKey`,
          saying: 'name two keys of the Secret',
        },
      ],
    },
  ]),
  {
    rule: 'buckets by their plain name',
    accepted: source({ buckets: ['inbox', 'Old_Bucket.1'] }),
    refused: [
      {
        spec: source({ buckets: ['s3://inbox'] }),
        at: 'spec.worker.sources.s3.buckets[0]',
        saying: 'without s3:// and without a path',
      },
      {
        spec: sink({ bucket: 'previews/team-a' }),
        at: 'spec.worker.sink.s3.bucket',
        saying: 'must be the plain name of a bucket',
      },
    ],
  },
  {
    rule: 'a prefix is a folder',
    accepted: sink({ prefix: 'team-a/previews/' }),
    refused: ['/team-a', 'team-a//previews', 'team-a/../team-b', './a'].map((prefix) => ({
      spec: sink({ prefix }),
      at: 'spec.worker.sink.s3.prefix',
      saying: 'must be a folder such as team-a/previews',
    })),
  },
];
