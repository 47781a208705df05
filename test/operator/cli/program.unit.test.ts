import { expect } from 'chai';
import { candidates } from '../../../operator/cli/completion.ts';
import { jobsText } from '../../../operator/cli/jobs.ts';
import { pwpProgram } from '../../../operator/cli/program.ts';
import { statusText } from '../../../operator/cli/status.ts';
import { age, table } from '../../../operator/cli/table.ts';
import { topText } from '../../../operator/cli/top.ts';
import { jobView } from '../../../operator/queue-api/job-view.ts';
import { poolLoadView } from '../../../operator/queue-api/pool-load.ts';
import { filledPool } from '../pool/filled.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('what pwp prints', () => {
  it('is columns with a heading; what comes from a cluster can not move the cursor', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['wide cell', ''],
          ['x', '\u001b[2Jy\nz'],
        ],
      ),
    ).to.equal('A           LONG\nwide cell   -\nx            [2Jy z\n');
  });

  it('is ages as kubectl has them', () => {
    expect([0, 59, 61, 599, 600, 3 * 3_600, 71 * 3_600, 72 * 3_600].map(age)).to.deep.equal([
      ...['0s', '59s', '1m1s', '9m59s', '10m', '3h', '71h', '3d'],
    ]);
  });

  it('is a line for each pool, with the reason of Ready, and every condition of one', () => {
    const pool = filledPool({ scaling: { mode: 'Fixed', replicas: 3 } }, 'photos');
    const looked = {
      ...{ ...pool, metadata: { ...pool.metadata, creationTimestamp: ago(90) } },
      status: {
        ...{ replicas: 3, readyReplicas: 2 },
        conditions: [
          { type: 'Ready', status: 'False', reason: 'PodsNotReady', message: '1 of 3', lastTransitionTime: ago(30) },
        ],
      },
    } as typeof pool;
    const shown = { allNamespaces: true, isWide: false, isOne: true };
    expect(statusText([looked], shown, NOW).replace(/ {3,}/g, '|').split('\n')).to.deep.equal([
      'NAMESPACE|NAME|READY|STATUS|WORKERS|MODE|QUEUE|AGE',
      'ns|photos|False|PodsNotReady|2/3|Fixed|previews|1m30s',
      '',
      'CONDITION|IS|REASON|SINCE|MESSAGE',
      'Ready|False|PodsNotReady|30s|1 of 3',
      '',
    ]);
    expect(statusText([pool], { ...shown, allNamespaces: false }, NOW)).to.contain('has not been looked at yet');
  });

  it('is a line for each job', () => {
    const job = jobView('id', 'failed', {
      ...{ data: '{"source":{"uri":"file:///a.jpg"},"outputs":[]}', failedReason: 'TimedOut: 60 s', atm: '5' },
      timestamp: String(NOW - 5_000),
    });
    expect(jobsText([job], NOW, false).split('\n')[1]?.split(/ {3,}/)).to.deep.equal([
      ...['id', 'failed', 'interactive', '5s', '5', 'file:///a.jpg', 'TimedOut: 60 s'],
    ]);
  });

  it('is the pool whose jobs wait longest first; what is not known is a dash', () => {
    const pool = (name: string) => ({
      ...filledPool({ suspend: name === 'b' }, name),
      status: { replicas: 2, readyReplicas: 1 },
    });
    const view = poolLoadView(pool('a'), undefined);
    const load = { waiting: 7, backfill: 1, active: 2, delayed: 0, oldestSeconds: 65, paused: true };
    const loads = [
      view,
      { ...poolLoadView(pool('b'), undefined), load: { ...load, arrivalsPerSecond: 1.234, donePerSecond: null } },
    ];
    const slots = view.slots;
    expect(
      topText(loads, false)
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split(/ {3,}/)),
    ).to.deep.equal([
      ['b', '1/2', `2/${slots}`, '7', '1', '0', '1m5s', '1.23', '-', 'previews (suspended, paused)'],
      ['a', '1/2', ...Array(7).fill('-'), 'previews'],
    ]);
  });
});

describe('what a shell is offered behind pwp', () => {
  const pools = async (flags: object) => ['photos', 'plans', ...('namespace' in flags ? ['there'] : [])];
  const offered = (...words: readonly string[]) => candidates(pwpProgram('pwp'), words, pools);

  for (const [words, expected] of [
    [['re'], ['retry', 'resume', 'restart']],
    [['d'], ['doctor']],
    [['doctor', 'pl'], ['plans']],
    [
      ['jobs', ''],
      ['photos', 'plans'],
    ],
    [
      ['jobs', '-n', 'other', ''],
      ['photos', 'plans', 'there'],
    ],
    [['jobs', '--namespace=other', 't'], ['there']],
    [['jobs', 'photos', ''], []],
    [['retry', 'photos', ''], []],
    [['suspend', 'photos', 'p'], ['plans']],
    [['suspend', '--wait', 'photos', ''], ['plans']],
    [['jobs', 'photos', '--state', 'f'], ['failed']],
    [
      ['jobs', 'photos', '-o', ''],
      ['wide', 'json'],
    ],
    [['jobs', '-n', ''], []],
    [['restart', '--w'], ['--wait']],
    [['law', '--'], ['--terms']],
    [['unknown', ''], []],
  ] as const)
    it(`'${words.join(' ')}' is ${expected.join(', ') || 'nothing'}`, async () =>
      expect(await offered(...words)).to.deep.equal(expected));
});
