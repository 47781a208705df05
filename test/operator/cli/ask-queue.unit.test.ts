import { expect } from 'chai';
import { askQueue, jobsPath, tellQueue } from '../../../operator/cli/ask-queue.ts';
import type { Cluster } from '../../../operator/cli/cluster.ts';
import { KubeError } from '../../../operator/kube/errors.ts';

/** Fails as many times as there are failures, then answers. */
function failing(...failures: readonly { code: number; message?: string; retryAfter?: string }[]) {
  let asked = 0;
  const answer = async (path: string) => {
    const failure = failures[asked++];
    if (failure === undefined) return { asked };
    const { code, message = 'no', retryAfter } = failure;
    throw KubeError.fromBody(`GET ${path}`, code, JSON.stringify({ message }), retryAfter);
  };
  return { client: { get: answer, create: answer }, namespace: 'default' } as unknown as Cluster;
}
const path = jobsPath('default', 'photos');
const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    ({ message }: Error) => message,
  );

describe('asking for jobs', () => {
  it('waits as it is told to when that was one request too many', async () => {
    const soon = { code: 429, retryAfter: '0' };
    expect(await askQueue(failing(soon), path)).to.deep.equal({ asked: 2 });
    expect(await tellQueue(failing(soon), path, {})).to.deep.equal({ asked: 2 });
  });

  it('asks again while an operator has just started, but gives no job back twice over an answer that did not come', async () => {
    const starting = { code: 503, retryAfter: '0' };
    expect(await askQueue(failing(starting), path)).to.deep.equal({ asked: 2 });
    expect(await problemOf(tellQueue(failing(starting), path, {}))).to.equal('no');
  });

  for (const [failure, expected] of [
    [{ code: 404, message: 'the server could not find the requested resource' }, /has no queues.previews.mobius.dev: /],
    [{ code: 404, message: 'there is no pool default/photos in' }, /^there is no pool default\/photos in$/],
    [{ code: 403, message: 'forbidden' }, /^you may not: .*view.*edit.*The API server says: forbidden$/],
    [{ code: 503, message: 'no endpoints' }, /^the operator does not answer: .*no endpoints$/],
    [{ code: 502, message: 'Redis refuses this' }, /^Redis refuses this$/],
  ] as const)
    it(`says of ${failure.code} '${failure.message}' what to do`, async () =>
      expect(await problemOf(askQueue(failing(failure), path))).to.match(expected));

  it('says of 403 that there is no such API, where discovery has none', async () => {
    const problem = await problemOf(askQueue(failing({ code: 403 }, { code: 404 }), path));
    expect(problem).to.match(/has no queues.previews.mobius.dev: .*with --watch-namespaces has none/);
  });

  it('asks for nothing under a name that is none', () => {
    for (const name of ['../x', 'a/b', 'A', '', 'a?b'])
      expect(() => jobsPath('default', name), name).to.throw(/is no name/);
  });
});
