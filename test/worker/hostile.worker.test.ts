/** Files that mean harm, between files that do not: rows 21 and 22 of the fault table. */
import { expect } from 'chai';
import type { RenderedResult } from '../../worker/client.ts';
import { figure, tallied } from '../faults/figures.ts';
import { attemptsOf, connectFrom, IN_OWN_NETWORK, mayHaveOwnNetwork } from '../faults/own-network.ts';
import { bombs } from '../fixtures/bombs.ts';
import { hostileFiles } from '../fixtures/hostile.ts';
import { scene } from '../fixtures/images.ts';
import { seedlings } from '../fixtures/seedlings.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
const FILES = 400;
const INNOCENTS = 100;
const ALONE_SECONDS = 5;

/** What a file may end with: a preview, or a reason that speaks of the file. */
const TYPED = new Set([
  ...['completed', 'DecodeFailed', 'UnsupportedMedia', 'LimitExceeded', 'InvalidPayload', 'PasswordProtected'],
  ...['TimedOut', 'OutOfMemory', 'RendererCrashed'],
]);

describe('hostile files', function () {
  this.timeout(400_000);
  const apart = mayHaveOwnNetwork();
  let place: Workplace;
  let pod: Pod;

  before(async () => {
    place = await Workplace.open();
    pod = await place.pod('attacked', {
      slots: 2,
      perJob: { timeoutSeconds: 8, memoryBytes: 400 * 2 ** 20 },
      ...(apart ? { rendererBehind: IN_OWN_NETWORK } : {}),
    });
  });
  after(() => place?.close());

  const innocent = (seed: number) => scene({ width: 120, height: 90, seed }).jpeg().toBuffer();

  it(`${FILES} damaged files of every format: each a preview or a typed failure, and their neighbours unharmed`, async () => {
    const { pid } = pod.worker;
    const first = (await place.client.result(await place.submit('first.jpg', await innocent(0)))) as RenderedResult;
    const hostile = new Map<string, string>();
    const innocents: string[] = [];
    const every = Math.floor(FILES / INNOCENTS);
    const kinds = await seedlings();
    let number = 0;
    for (const { title, bytes } of hostileFiles(kinds, FILES)) {
      hostile.set(title, await place.submit(`hostile-${number}`, bytes));
      if (number % every === 0)
        innocents.push(await place.submit(`innocent-${number}.jpg`, await innocent(number + 1)));
      number += 1;
    }
    const outcomes: string[] = [];
    for (const [title, id] of hostile) {
      const outcome = await place.outcome(id, 120);
      outcomes.push(outcome);
      expect(TYPED.has(outcome), `${title}: ${outcome}`).to.equal(true);
      expect((await place.job(id)).attemptsStarted, `${title}: starts`).to.equal(1);
    }
    for (const id of innocents) expect(await place.outcome(id)).to.equal('completed');
    expect(pod.worker.pid, 'the worker').to.equal(pid);
    expect((await pod.health()).status).to.equal('ok');
    // What a file left behind in a decoder would show in the next picture.
    const again = (await place.client.result(
      await place.submit('first.jpg', await innocent(0), { force: true }),
    )) as RenderedResult;
    expect(again.outputs[0]?.sha256, 'the same picture as before').to.equal(first.outputs[0]?.sha256);
    figure(
      21,
      `${FILES} files of ${kinds.length} kinds: ${tallied(outcomes)}; worker deaths 0, innocents failed 0 of ${INNOCENTS}`,
    );
  });

  // Behind all of the files above.
  if (apart) {
    it('sends nothing to anybody, whatever the files named', () => {
      const { pid } = pod.renderer;
      const attempts = attemptsOf(pid);
      figure(21, `outbound requests of the renderer in its own network: ${attempts}`);
      expect(attempts).to.equal(0);
      connectFrom(pid);
      expect(attemptsOf(pid), 'a connection is counted').to.be.at.least(1);
    });
  }

  /** As fast as the pod takes them, four at a time, until it is over. How many a second. */
  const neighbours = async (until: Promise<unknown>, kind: string): Promise<number> => {
    const picture = await innocent(1_000);
    let [done, number, over] = [0, 0, false];
    const start = performance.now();
    const ended = until.finally(() => {
      over = true;
    });
    const lane = async () => {
      while (!over) {
        number += 1;
        // Bytes behind the end of a JPEG change its digest, and nothing else.
        const unique = Buffer.concat([picture, Buffer.from(`${kind}-${number}`)]);
        expect(await place.outcome(await place.submit(`${kind}-${number}.jpg`, unique))).to.equal('completed');
        done += 1;
      }
    };
    await Promise.all([ended, lane(), lane(), lane(), lane()]);
    return done / ((performance.now() - start) / 1000);
  };

  it('bombs end typed, while their neighbours are served', async () => {
    const files = await bombs({ all: FULL });
    const alone = await neighbours(new Promise((resolve) => setTimeout(resolve, ALONE_SECONDS * 1000)), 'alone');
    const outcomes = new Map<string, string>();
    // One after the other: there is always one, and a slot for those who wait.
    const over = (async () => {
      for (const [title, bytes] of files) {
        outcomes.set(title, await place.outcome(await place.submit(`bomb-${outcomes.size}`, bytes)));
      }
    })();
    const beside = await neighbours(over, 'beside');
    for (const [title, outcome] of outcomes) {
      console.log(`      ${title}: ${outcome}`);
      expect(TYPED.has(outcome), `${title}: ${outcome}`).to.equal(true);
    }
    expect((await pod.health()).status).to.equal('ok');
    figure(
      22,
      `${files.size} bombs, one after the other, at 2 slots: ${tallied(outcomes.values())}; neighbours failed 0, ${beside.toFixed(1)} a second beside ${alone.toFixed(1)} alone: ${(beside / alone).toFixed(2)}`,
    );
  });
});
