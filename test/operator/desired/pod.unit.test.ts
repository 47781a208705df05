import { expect } from 'chai';
import { desiredChildren } from '../../../operator/desired/index.ts';
import { podTemplate } from '../../../operator/desired/pod.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { filledPool } from '../pool/filled.ts';
import { worker } from '../pool/rules.ts';

interface Template {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly volumes: readonly { readonly name: string; readonly emptyDir?: unknown; readonly projected?: unknown }[];
    readonly containers: readonly {
      readonly name: string;
      readonly env: readonly { readonly name: string }[];
      readonly resources: unknown;
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
    readonly [field: string]: unknown;
  };
}

const template = (pool: Pool) => podTemplate(pool) as unknown as Template;
const container = (pool: Pool, wanted: string) => template(pool).spec.containers.find(({ name }) => name === wanted);
const credentialsFrom = { name: 's3' };
const onS3 = () =>
  filledPool(
    worker({
      sources: { s3: { region: 'eu', credentialsFrom } },
      sink: { s3: { bucket: 'previews', endpoint: 'http://minio:9000', credentialsFrom: { name: 'other' } } },
    }),
  );

describe('a worker’s pod', () => {
  it('mounts keys of S3 as files into the worker alone', () => {
    const item = (key: string, path: string) => ({ items: [{ key, path }] });
    expect(template(onS3()).spec.volumes.find(({ name }) => name === 's3')?.projected).to.deep.equal({
      defaultMode: 0o440,
      sources: [
        { secret: { name: 's3', ...item('accessKeyId', 'source-access-key-id') } },
        { secret: { name: 's3', ...item('secretAccessKey', 'source-secret-access-key') } },
        { secret: { name: 'other', ...item('accessKeyId', 'sink-access-key-id') } },
        { secret: { name: 'other', ...item('secretAccessKey', 'sink-secret-access-key') } },
      ],
    });
    const mounts = (name: string) => container(onS3(), name)?.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts('worker')).to.deep.equal(['/etc/preview-worker/config', '/scratch', '/etc/preview-worker/s3']);
    expect(mounts('renderer')).to.deep.equal(['/etc/preview-worker/config', '/scratch']);
  });

  it('has no volume for keys where the pod’s identity is used, and none for claims that nothing names', () => {
    const pool = filledPool(worker({ sources: { http: {} }, sink: { s3: { bucket: 'previews' } } }));
    expect(template(pool).spec.volumes.map(({ name }) => name)).to.deep.equal(['config', 'scratch']);
  });

  it('tells the webhooks of clouds to leave the renderer alone, whatever the pool’s annotations', () => {
    const pool = filledPool({ template: { annotations: { 'eks.amazonaws.com/skip-containers': 'none' } } });
    expect(template(pool).metadata.annotations).to.include({
      'eks.amazonaws.com/skip-containers': 'renderer',
      'azure.workload.identity/skip-containers': 'renderer',
    });
  });

  it('gives environment to the worker alone', () => {
    const pool = filledPool({ template: { env: [{ name: 'AWS_REGION', value: 'eu' }] } });
    const names = (name: string) => container(pool, name)?.env.map((variable) => variable.name);
    expect(names('worker')).to.include('AWS_REGION');
    expect(names('renderer')).to.not.include('AWS_REGION');
  });

  it('computes resources and the size of the scratch folder, and takes those given instead', () => {
    const memory = String(2 * 512 * 2 ** 20 + 128 * 2 ** 20);
    expect(container(filledPool(), 'renderer')?.resources).to.deep.equal({
      requests: { cpu: '2', memory },
      limits: { memory },
    });
    const scratch = (pool: Pool) => template(pool).spec.volumes.find(({ name }) => name === 'scratch')?.emptyDir;
    expect(scratch(filledPool())).to.deep.equal({ sizeLimit: String((2 * (256 + 4 * 32) + 32) * 2 ** 20) });
    const given = filledPool({
      template: { scratch: { medium: 'Memory', sizeLimit: '1Gi' }, resources: { renderer: { limits: { cpu: 1 } } } },
    });
    expect(scratch(given)).to.deep.equal({ medium: 'Memory', sizeLimit: '1Gi' });
    expect(container(given, 'renderer')?.resources).to.deep.equal({ limits: { cpu: 1 } });
  });

  it('lies over the nodes as well as it goes, unless the pool says how', () => {
    const selector = { 'previews.mobius.dev/pool': 'pool', 'previews.mobius.dev/component': 'worker' };
    const own = { labelSelector: { matchLabels: selector }, matchLabelKeys: ['pod-template-hash'] };
    const spread = (constraints?: object[]) =>
      template(filledPool({ template: constraints ? { topologySpreadConstraints: constraints } : {} })).spec[
        'topologySpreadConstraints'
      ];
    expect(spread()).to.deep.equal([
      { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 1, ...own },
    ]);
    const zone = { topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 2 };
    expect(spread([zone])).to.deep.equal([{ ...zone, ...own }]);
    expect(spread([{ ...zone, labelSelector: { matchLabels: { a: 'b' } } }])).to.deep.equal([
      { ...zone, labelSelector: { matchLabels: { a: 'b' } } },
    ]);
    expect(spread([])).to.deep.equal([]);
  });

  it('runs as a ServiceAccount of the pool’s choice, and then the pool makes none', () => {
    const pool = filledPool({ template: { serviceAccountName: 'previews' } });
    expect(template(pool).spec['serviceAccountName']).to.equal('previews');
    expect(template(pool).spec['automountServiceAccountToken']).to.equal(false);
    expect(
      desiredChildren(pool, { demandUrl: 'http://operator', hasCpuMetrics: true, alerting: 'PerPool' }).map(
        ({ kind }) => kind,
      ),
    ).to.not.include('ServiceAccount');
    expect(
      desiredChildren(filledPool(), { demandUrl: 'http://operator', hasCpuMetrics: true, alerting: 'PerPool' }).map(
        ({ kind }) => kind,
      ),
    ).to.include('ServiceAccount');
  });

  it('takes what schedules it from the pool', () => {
    const fields = {
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } },
      priorityClassName: 'high',
      runtimeClassName: 'gvisor',
    };
    expect(template(filledPool({ template: fields })).spec).to.deep.include(fields);
    expect(template(filledPool({ template: { supplementalGroups: [3000] } })).spec['securityContext']).to.deep.include({
      supplementalGroups: [3000],
      runAsNonRoot: true,
    });
  });
});
