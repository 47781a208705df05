import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exitCodeOf } from '../../worker/cli/doctor/command.ts';
import { failed, findingText, ok } from '../../worker/cli/doctor/finding.ts';
import { look } from '../../worker/cli/doctor/look.ts';
import { roomFinding } from '../../worker/cli/doctor/machine.ts';
import { safetyOf, skewFinding } from '../../worker/cli/doctor/redis.ts';
import { ownAddress } from '../../worker/cli/health.ts';
import type { WorkerConfig } from '../../worker/config.generated.ts';

const CONFIG = JSON.parse(readFileSync('systemd/config.json.example', 'utf8')) as WorkerConfig;
const anchor = ({ guide }: { readonly guide?: string }) => guide?.split('#')[1];

describe('what preview-worker doctor makes of what it sees', () => {
  const info = (version: string, policy = 'noeviction', aof = '1') =>
    `redis_version:${version}\r\nmaxmemory_policy:${policy}\r\naof_enabled:${aof}\r\n`;

  it('is a Redis that is too old, or not safe, or fine', () => {
    expect(anchor(safetyOf(info('6.0.16')))).to.equal('redistooold');
    expect(safetyOf(info('6.2.0')).status).to.equal('ok');
    expect(safetyOf(info('8.0.0', 'allkeys-lru')).message).to.match(/^maxmemory-policy is allkeys-lru/);
    expect(anchor(safetyOf(info('8.0.0', 'noeviction', '0')))).to.equal('connectedwithwarnings');
  });

  it('is a clock that is off by more than a network explains', () => {
    expect(skewFinding(0.4).status).to.equal('ok');
    expect(skewFinding(-6).message).to.equal('the clock of this machine is 6.0 s behind that of Redis');
    expect(skewFinding(6).status).to.equal('warning');
  });

  it('is a scratch folder with less room than its slots may write', () => {
    const { slots, perJob } = CONFIG;
    const needed = slots * (perJob.sourceBytes + 4 * perJob.outputBytes);
    expect(roomFinding('/scratch', needed, CONFIG).status).to.equal('ok');
    expect(anchor(roomFinding('/scratch', needed - 1, CONFIG))).to.equal('scratchunavailable');
  });

  it('is told with a remedy and a place in the guide, and ends with 0, 1 or 2', () => {
    const bad = failed('sink', { message: 'full', remedy: 'empty it', entry: 'SinkNotWritable' });
    expect(findingText(bad).replace(/ {2,}/g, ' ')).to.equal(
      'FAILED sink full\n to do: empty it\n see: docs/troubleshooting.md#sinknotwritable',
    );
    expect(
      [[ok('sink', '')], [ok('sink', ''), bad], [{ ...bad, check: 'configuration' }]].map(exitCodeOf),
    ).to.deep.equal([...[0, 1, 2]]);
  });

  it('is a finding also where a look hangs', async () => {
    const about = { check: 'sink', remedy: 'look', entry: 'SinkNotWritable' };
    const [found] = await look({ ...about, seconds: 0.05, work: () => new Promise(() => {}) });
    expect(found).to.include({ status: 'failed', message: 'no answer within 0.05 s', remedy: 'look' });
  });
});

describe('where a worker is asked for its health', () => {
  it('is where its own settings let it listen, as in a pod', () => {
    expect(ownAddress({ listenHost: '10.1.2.3', listenPort: 3000 })).to.equal('http://10.1.2.3:3000');
    expect(ownAddress({ listenHost: 'fd00::7', listenPort: 3001 })).to.equal('http://[fd00::7]:3001');
  });
});
