import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sharp from 'sharp';
import { PreviewClient, type PreviewFailure, type RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { type Keys, startS3, type TestS3 } from '../cluster/s3.ts';
import { inShell, shownIn } from '../documents/shown.ts';
import { scene } from '../fixtures/images.ts';

interface PodState {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

describe('a pool between http, S3 and S3', function () {
  this.timeout(180_000);
  const shown = shownIn('docs/worker.md', import.meta.url);
  let cluster: PreviewCluster;
  let s3: TestS3;
  let origin: Server;
  let site: string;
  let client: PreviewClient;
  let keys: Keys;

  before(async () => {
    [cluster, s3] = await Promise.all([startPreviewCluster(), startS3()]);
    await s3.createBucket('inbox');
    await s3.createBucket('previews');
    keys = (await s3.account('admin')).keys;
    const photo = await scene({ width: 320, height: 200 }).jpeg().toBuffer();
    origin = createServer((_, response) => response.setHeader('content-type', 'image/jpeg').end(photo));
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    site = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    client = new PreviewClient({ redis: { url: cluster.redis.url } });
    await apply(pool());
  });
  after(async () => {
    await client?.close();
    origin?.closeAllConnections();
    origin?.close();
    await cluster?.stop();
    await s3?.stop();
  });

  const apply = (object: object) =>
    cluster.controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  const pool = () => {
    const service = { endpoint: s3.endpoint, credentialsFrom: { name: 'object-store' } };
    return {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'stores', namespace: NAMESPACE },
      spec: {
        image: 'mobius-preview-worker:dev',
        queue: { name: 'previews', redis: { urlFrom: { name: 'redis', key: 'url' } } },
        scaling: { mode: 'Fixed', replicas: 1 },
        worker: {
          slots: 1,
          renderers: [{ name: 'image', perJob: { pixels: 100_000 } }],
          sources: {
            http: { allowPrivateNetworks: true, allowedHosts: ['127.0.0.1'] },
            s3: { ...service, buckets: ['inbox'] },
          },
          sink: { s3: { ...service, bucket: 'previews', prefix: 'team-a' } },
          presets: [{ name: 'grid', width: 160, height: 160 }],
        },
      },
    };
  };
  const secret = ({ accessKeyId, secretAccessKey }: Keys) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'object-store', namespace: NAMESPACE },
    stringData: { accessKeyId, secretAccessKey },
  });
  /** As docs/worker.md has it: the keys are files. */
  const createSecret = async ({ accessKeyId, secretAccessKey }: Keys) => {
    const cwd = await mkdtemp(join(tmpdir(), 'preview-keys-'));
    try {
      await writeFile(join(cwd, 'accessKeyId'), accessKeyId);
      await writeFile(join(cwd, 'secretAccessKey'), secretAccessKey);
      const { kubeconfigPath, kubectlPath } = cluster.controlPlane;
      const path = `${dirname(kubectlPath)}${delimiter}${process.env['PATH']}`;
      await inShell(shown.take(/create secret/), { cwd, env: { KUBECONFIG: kubeconfigPath, PATH: path } });
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  };
  const render = async (uri: string): Promise<RenderedResult> => {
    const { id } = await client.submit({ version: 1, source: { uri }, outputs: [{ preset: 'grid' }] });
    return (await client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
  };
  const refusal = (uri: string) =>
    render(uri).then(
      () => 'a preview',
      ({ reason }: PreviewFailure) => reason,
    );
  const put = async (key: string, body: Buffer | string) => {
    await s3.client.send(new PutObjectCommand({ Bucket: 'inbox', Key: key, Body: body }));
    return `s3://inbox/${key}`;
  };
  const stored = async (uri: string): Promise<Buffer> => {
    const { host, pathname } = new URL(uri);
    const { Body: body } = await s3.client.send(
      new GetObjectCommand({ Bucket: host, Key: decodeURIComponent(pathname.slice(1)) }),
    );
    return Buffer.from((await body?.transformToByteArray()) ?? []);
  };
  const pods = async () =>
    (JSON.parse(await cluster.kubectl('get', 'pods', '-o', 'json')) as { items: PodState[] }).items;
  /** What each process of the pod's containers reads at a path, by the words of its command. */
  const seen = async (path: string): Promise<{ command: string[]; content: string | undefined }[]> => {
    const [pod] = await pods();
    const pids = await cluster.node.pids(NAMESPACE, pod?.metadata.name ?? '');
    return Promise.all(
      pids.map(async (pid) => ({
        command: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0'),
        content: await readFile(`/proc/${pid}/root${path}`, 'utf8').catch(() => undefined),
      })),
    );
  };

  it('says which Secret its object stores wait for, and is Ready once that is there', async () => {
    const reason = '{.status.conditions[?(@.type=="Ready")].reason}';
    await cluster.kubectl('wait', `--for=jsonpath=${reason}=SecretNotFound`, 'pwp/stores', '--timeout=30s');
    await createSecret(keys);
    await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/stores', '--timeout=90s');
  });

  it('a file of a web server becomes a preview in the bucket, below the prefix', async () => {
    const { outputs, manifest } = await render(`${site}/photo.jpg`);
    expect(manifest).to.match(/^s3:\/\/previews\/team-a\/artifacts\/c[0-9a-f]{64}\/manifest\.json$/);
    const { width, height, format } = await sharp(await stored(outputs[0]?.uri ?? '')).metadata();
    expect({ width, height, format }).to.deep.equal({ width: 160, height: 100, format: 'webp' });
  });

  it('an object of a bucket becomes one too', async () => {
    const uri = await put('a photo.png', await scene({ width: 200, height: 300 }).png().toBuffer());
    const { outputs } = await render(uri.replace(' ', '%20'));
    expect(outputs[0]).to.include({ width: 107, height: 160 });
    expect(await stored(outputs[0]?.uri ?? '')).to.have.length(outputs[0]?.bytes ?? 0);
  });

  it('reads no other host, no other bucket and no file', async () => {
    expect(await refusal(site.replace('127.0.0.1', 'localhost'))).to.equal('SourceForbidden');
    expect(await refusal('s3://previews/team-a/x')).to.equal('SourceForbidden');
    expect(await refusal('file:///etc/hostname')).to.equal('SourceForbidden');
  });

  it('renders with the renderers it names, within their limits', async () => {
    expect(await refusal(await put('notes.txt', 'no picture'))).to.equal('UnsupportedMedia');
    const large = await scene({ width: 400, height: 300 }).png().toBuffer();
    expect(await refusal(await put('large.png', large))).to.equal('LimitExceeded');
  });

  it('uses a key that was rotated in the Secret, without a restart', async () => {
    const before = await pods();
    const fresh = (await s3.account('admin')).keys;
    await apply(secret(fresh));
    await eventually('the file in the worker is the new one', async () =>
      (await seen('/etc/preview-worker/s3/sink-access-key-id')).some(({ content }) => content === fresh.accessKeyId),
    );
    await s3.removeAccount(keys);
    await render(await put('after.png', await scene({ width: 100, height: 100 }).png().toBuffer()));
    const after = await pods();
    expect(after.map(({ metadata }) => metadata.uid)).to.deep.equal(before.map(({ metadata }) => metadata.uid));
    const restarts = after.flatMap(({ status }) => status.containerStatuses.map(({ restartCount }) => restartCount));
    expect(restarts).to.deep.equal([0, 0]);
  });

  it('shows the keys to the worker and to nothing that decodes', async () => {
    const processes = await seen('/etc/preview-worker/s3/source-secret-access-key');
    const workers = processes.filter(({ command }) => command.includes('work'));
    const others = processes.filter(({ content }) => content === undefined);
    expect(workers.every(({ content }) => content !== undefined) && workers.length > 0).to.equal(true);
    expect(others.some(({ command }) => command.includes('renderer'))).to.equal(true);
    const readers = processes.filter(({ command, content }) => command.includes('renderer') && content !== undefined);
    expect(readers).to.deep.equal([]);
  });
});
