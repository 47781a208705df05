import { expect } from 'chai';
import { Store } from '../../../operator/kube/store.ts';
import { Reflector } from '../../../operator/kube/watch.ts';
import { eventually } from '../../cluster/eventually.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';

const list = (...namespaces: string[]) =>
  JSON.stringify({
    metadata: { resourceVersion: '1' },
    items: namespaces.map((namespace) => ({
      metadata: { name: 'pool', namespace, uid: namespace, resourceVersion: '1' },
    })),
  });

describe('a reflector', () => {
  let server: FakeServer | undefined;
  let reflectors: Reflector<never>[] = [];
  afterEach(async () => {
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
    reflectors = [];
    await server?.stop();
  });

  it('leaves alone what another namespace’s reflector put into the same store', async () => {
    server = await startFakeServer((url, response) => {
      if (url.searchParams.has('watch')) response.writeHead(200).flushHeaders();
      else response.end(list(url.pathname.split('/')[4] ?? ''));
    });
    const { client } = server;
    const store = new Store<never>();
    reflectors = ['a', 'b'].map(
      (namespace) =>
        new Reflector<never>({
          client,
          path: `/api/v1/namespaces/${namespace}/configmaps`,
          namespace,
          store,
          onChange: () => {},
          onProblem: () => {},
        }),
    );
    for (const reflector of reflectors) {
      reflector.start();
      await reflector.synced;
    }
    expect([store.get('a/pool') !== undefined, store.get('b/pool') !== undefined]).to.deep.equal([true, true]);
  });

  it('waits longer each time when every watch is refused as too old although every list succeeds', async () => {
    server = await startFakeServer((url, response) => {
      if (url.searchParams.has('watch')) response.writeHead(410).end('{}');
      else response.end(list());
    });
    const { client } = server;
    const failures: number[] = [];
    const reflector = new Reflector<never>({
      client,
      path: '/api/v1/configmaps',
      store: new Store<never>(),
      onChange: () => {},
      onProblem: () => {},
      backoff: (count) => {
        failures.push(count);
        return 1;
      },
    });
    reflectors = [reflector];
    reflector.start();
    await eventually('it failed four times', () => failures.length >= 4);
    expect(failures.slice(0, 4)).to.deep.equal([1, 2, 3, 4]);
  });

  it('outlives a handler that throws, and goes on telling', async () => {
    server = await startFakeServer((url, response) => {
      if (url.searchParams.has('watch')) response.writeHead(200).flushHeaders();
      else response.end(list('a', 'b'));
    });
    const { client } = server;
    const told: string[] = [];
    const problems: string[] = [];
    const reflector = new Reflector<never>({
      client,
      path: '/api/v1/configmaps',
      store: new Store<never>(),
      onChange: ({ key }) => {
        told.push(key);
        throw new Error('broken handler');
      },
      onProblem: ({ reason }) => problems.push(reason),
    });
    reflectors = [reflector];
    reflector.start();
    await reflector.synced;
    expect({ told, problems }).to.deep.equal({
      told: ['a/pool', 'b/pool'],
      problems: ['HandlerFailed', 'HandlerFailed'],
    });
  });
});
