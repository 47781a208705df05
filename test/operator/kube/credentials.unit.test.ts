import { expect } from 'chai';
import { loadConnection } from '../../../operator/kube/credentials.ts';

describe('the way to a cluster', () => {
  const problemOf = (options: Parameters<typeof loadConnection>[0]) =>
    loadConnection(options).then(
      () => 'none',
      ({ message }: Error) => message,
    );

  it('names a kubeconfig that is not there and what to set instead', async () => {
    expect(await problemOf({ kubeconfig: '/absent/kubeconfig' })).to.equal(
      'kubeconfig /absent/kubeconfig can not be read (ENOENT): name another with --kubeconfig or KUBECONFIG',
    );
  });

  it('says what to pass where neither a kubeconfig nor a pod is', async () => {
    expect(await problemOf({})).to.match(/pass --kubeconfig FILE/);
  });
});
