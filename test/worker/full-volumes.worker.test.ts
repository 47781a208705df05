/** Row 20 of the fault table: scratch and sink that are full or read-only, and S3 that refuses in the middle of a write. */
import { readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import type { PreviewJob, RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { startS3, type TestS3 } from '../cluster/s3.ts';
import { figure } from '../faults/figures.ts';
import { type Seen, startReader } from '../faults/readers.ts';
import { type S3Faults, startS3Faults } from '../faults/s3.ts';
import { mayMount, type SmallVolume, smallVolume } from '../faults/small-volume.ts';
import { damaged, scene } from '../fixtures/images.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const PAGE_BYTES = 4096;
const LARGE: PreviewJob['outputs'] = [{ name: 'large', width: 800, height: 800, format: 'png' }];
const picture = (seed: number, width = 120) =>
  scene({ width, height: (width * 3) / 4, seed })
    .jpeg()
    .toBuffer();

describe('storage that fails under a worker', function () {
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => {
    place = await Workplace.open();
  });
  afterEach(() => place?.close());

  const isBack = (pod: Pod) => eventually('health is ok again', async () => (await pod.health()).status === 'ok');
  /** An attempt of the job has ended with this reason, and the job is to be tried again. */
  const putBack = async (id: string, reason: string) => {
    const job = await eventually(`an attempt of ${id} ended`, async () => {
      const found = await place.job(id);
      return found.attemptsMade > 0 && found.failedReason !== undefined && found;
    });
    expect(job.failedReason, 'the reason').to.match(new RegExp(`^${reason}: .*; .+`));
    expect(await job.getState(), job.failedReason).to.equal('delayed');
  };
  const completed = async (ids: readonly string[]) => {
    for (const id of ids) expect(await place.outcome(id), id).to.equal('completed');
  };
  const quarantined = async () => (await readdir(join(place.site.previews, 'quarantine')).catch(() => [])).length;

  if (mayMount()) {
    describe('a volume', () => {
      let volume: SmallVolume;
      afterEach(() => volume?.[Symbol.dispose]());

      /** Takes all that is left but so many pages. */
      const fill = async (pages: number) => {
        const filler = join(volume.path, 'filler');
        await rm(filler, { force: true });
        await writeFile(filler, Buffer.alloc(64 << 20)).catch(() => {});
        await truncate(filler, Math.max(0, (await stat(filler)).size - pages * PAGE_BYTES));
      };
      const free = () => rm(join(volume.path, 'filler'), { force: true });

      it('for scratch that is full or read-only puts jobs back with a reason, harms no file’s name, and is used again', async () => {
        volume = smallVolume(32 * 1024);
        const pod = await place.pod('cramped', { slots: 1, scratch: volume.path });
        const reading = startReader(place.site.previews);

        await fill(4);
        const source = await place.submit('wide.jpg', await picture(1, 900));
        await putBack(source, 'ScratchUnavailable');
        const fits = await place.submit('small.jpg', await picture(2));
        await completed([fits]);
        await fill(16);
        const output = await place.submit('less-wide.jpg', await picture(3, 400), { outputs: LARGE });
        await putBack(output, 'ScratchUnavailable');
        await free();
        await completed([source, output]);

        volume.readOnly(true);
        const unwritable = await place.submit('read-only.jpg', await picture(4));
        await putBack(unwritable, 'ScratchUnavailable');
        volume.readOnly(false);
        await completed([unwritable]);

        await isBack(pod);
        const seen = await reading();
        expect(await quarantined(), 'files that were blamed').to.equal(0);
        expect(seen).to.deep.include({ partial: [], previews: 4 });
        expect((await readdir(volume.path)).filter((name) => name.startsWith('job-'))).to.deep.equal([]);
        figure(
          20,
          `scratch full for the source, full for an output, read-only: ${tell(seen)}; 3 jobs put back, all done after`,
        );
      });

      it('for previews that is full at any of its writes, or read-only, shows no part of a preview and is used again', async () => {
        volume = smallVolume(256);
        const pod = await place.pod('brimming', { slots: 2, config: { sink: { file: { path: volume.path } } } });
        const reading = startReader(volume.path);
        const ids: string[] = [];
        // A job writes four small files: each of them is the first that does not fit.
        for (let pages = 0; pages < 4; pages += 1) {
          await fill(pages);
          const id = await place.submit(`${pages}.jpg`, await picture(10 + pages));
          await putBack(id, 'SinkUnavailable');
          ids.push(id);
        }
        await fill(0);
        await eventually('health says so', async () => (await pod.health()).sink.ok === false);
        await free();
        await completed(ids);

        volume.readOnly(true);
        const unwritable = await place.submit('read-only.jpg', await picture(14));
        await putBack(unwritable, 'SinkUnavailable');
        volume.readOnly(false);
        await completed([unwritable]);
        await isBack(pod);
        const seen = await reading();
        expect(seen).to.deep.include({ partial: [], previews: 5 });
        const left = await readdir(volume.path, { recursive: true });
        expect(left.filter((name) => name.endsWith('.partial'))).to.deep.equal([]);
        figure(20, `sink full at each of its 4 writes, read-only: ${tell(seen)}; 5 jobs put back, all done after`);
      });

      it('that stays full ends a job with a reason that says what to do, and a file’s own fault stays its own', async () => {
        volume = smallVolume(256);
        await place.pod('full', { slots: 2, config: { sink: { file: { path: volume.path } } } });
        await fill(1);
        const bad = await place.submit('bad.jpg', damaged(await picture(20)));
        expect(await place.outcome(bad)).to.equal('DecodeFailed');
        await fill(0);
        const id = await place.submit('good.jpg', await picture(21));
        const failure = await place.client
          .result(id)
          .then(String, (error: { reason: string; remedy: string }) => error);
        expect(failure).to.deep.include({ reason: 'SinkUnavailable' });
        expect((await place.job(id)).attemptsMade).to.equal(5);
        expect((await place.job(id)).failedReason).to.match(/ENOSPC; .*not full/);
      });
    });
  }

  describe('S3', () => {
    let server: TestS3;
    let faults: S3Faults;
    beforeEach(async () => {
      server = await startS3();
      faults = await startS3Faults(server.endpoint);
    });
    afterEach(async () => {
      await faults?.stop();
      await server?.stop();
    });

    it('that answers 503 in the middle of a write shows no part of a preview; the job is put back and ends', async () => {
      const { keyFiles: credentials } = server;
      const bucket = await server.createBucket('previews');
      const sink = { s3: { endpoint: faults.endpoint, credentials, bucket } };
      const pod = await place.pod('refused', { slots: 1, config: { sink } });
      const object = async (key: string) => {
        const { Body } = await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      };
      const ids: string[] = [];
      // Longer than the worker tries by itself, so that the queue has to.
      for (const path of [/\/sources\//, /\.webp/, /manifest\.json/, /\/requests\//]) {
        faults.next('PUT', { breakUploadAfter: 20, path }, 4);
        const id = await place.submit(`${ids.length}.jpg`, await picture(30 + ids.length));
        await putBack(id, 'SinkUnavailable');
        // Before the next fault, which its next attempt would use up.
        await completed([id]);
        ids.push(id);
      }
      const listed = async () => {
        const { Contents = [] } = await server.client.send(new ListObjectsV2Command({ Bucket: bucket }));
        return Contents.map(({ Key = '' }) => Key);
      };
      await isBack(pod);
      const previews = (await listed()).filter((key) => key.endsWith('.webp'));
      expect(previews).to.have.length(ids.length);
      for (const id of ids) {
        const { outputs } = (await place.client.result(id)) as RenderedResult;
        for (const { uri, bytes } of outputs) {
          const stored = await object(uri.replace(`s3://${bucket}/`, ''));
          expect(stored.length, uri).to.equal(bytes);
        }
      }
      figure(
        20,
        `S3 with 503 in the middle of each of 4 writes, 4 times: ${previews.length} previews, partial ones 0; all done after`,
      );
    });
  });
});

const tell = ({ looks, previews, partial }: Seen) =>
  `a reader looked ${looks} times, saw ${previews} previews and ${partial.length} parts of one`;
