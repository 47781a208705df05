import { Queue } from 'bullmq';
import { expect } from 'chai';
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { eventually } from '../../cluster/eventually.ts';
import { randomFrom } from '../../fixtures/random.ts';
import { AUDIT_RULES, type ReplicasChange, replicasChanges } from './replica-writes.ts';
import { type ScaledPools, startScaledPools } from './scaled-pools.ts';

const SECONDS = process.env['FAULTS_FULL'] ? 600 : 25;
const POOL = 'watched';
const PACING = { maxReplicas: 8, scaleToZeroAfterSeconds: 2, scaleDownWindowSeconds: 0 };

/** A step of the walk that changes who owns the number, and the one who may change it from then on. */
const OWNERS = {
  'Auto by metric': { scaling: { mode: 'Auto', auto: { ...PACING } } },
  'Auto by metric from 2': { scaling: { mode: 'Auto', auto: { ...PACING, minReplicas: 2 } } },
  'Auto Direct': { scaling: { mode: 'Auto', auto: { ...PACING, provider: 'Direct' } } },
  'Auto CPU': {
    scaling: { mode: 'Auto', auto: { ...PACING, provider: 'CPU', minReplicas: 1, targetCPUUtilizationPercentage: 75 } },
  },
  'Fixed 3': { scaling: { mode: 'Fixed', replicas: 3 } },
  External: { scaling: { mode: 'External' } },
  'suspended, Auto by metric': { suspend: true, scaling: { mode: 'Auto', auto: { ...PACING } } },
  'suspended, Fixed': { suspend: true, scaling: { mode: 'Fixed', replicas: 3 } },
} as const;
type Owner = keyof typeof OWNERS;

function may(owner: Owner, { from, to, by }: ReplicasChange): boolean {
  if (owner === 'External') return by === 'outside';
  const isSwitch = from === undefined || from === 0 || to === 0;
  if (['Auto by metric', 'Auto by metric from 2', 'Auto CPU'].includes(owner))
    return by === (isSwitch ? 'operator' : 'autoscaler');
  return by === 'operator' && (to === 0 || !owner.startsWith('suspended'));
}

/** What its controller had computed before a 0 fell in between, and writes after the conflict all the same. It is undone at once. */
const isSecondTry = ({ from, by }: ReplicasChange, next: ReplicasChange | undefined) =>
  by === 'autoscaler' && from === 0 && next?.by === 'operator' && next.to === 0;

interface Phase {
  readonly owner: Owner;
  /** From when it was asked for, and from when it was carried out: in between the owner before may still write. */
  readonly asked: number;
  carriedOut: number;
}

describe('whoever writes the number of workers', function () {
  this.timeout(SECONDS * 1_000 + 240_000);
  let pools: ScaledPools;
  let queue: Queue;
  before(async () => {
    pools = await startScaledPools({ metricsApi: true, auditRules: AUDIT_RULES });
    queue = new Queue(POOL, { connection: { host: '127.0.0.1', port: pools.redis.port } });
  });
  after(async () => {
    await queue?.close();
    await pools?.stop();
  });

  it(`is its owner, through ${SECONDS} s of bursts, lulls, sleep, suspension, other modes and providers, and operators that die`, async () => {
    const random = randomFrom(15);
    const roll = (sides: number) => Math.floor(random() * sides);
    const phases: Phase[] = [];
    const steps: string[] = [];
    const give = async (owner: Owner) => {
      const { metadata } = (await pools.applyPool(POOL, { suspend: false, ...OWNERS[owner] })) as Pool;
      const phase: Phase = { owner, asked: Number(metadata.resourceVersion), carriedOut: Number.POSITIVE_INFINITY };
      phases.push(phase);
      const isCarriedOut = async () => {
        const { metadata: now, status } = await pools.client.get<Pool>(pools.poolPath(POOL));
        return status?.observedGeneration === now.generation && Number(now.resourceVersion);
      };
      phase.carriedOut = await eventually(`${owner} is carried out`, isCarriedOut, { seconds: 90 });
    };
    const acts: Readonly<Record<string, () => Promise<unknown>>> = {
      burst: () => queue.addBulk(Array.from({ length: 1 + roll(400) }, () => ({ name: 'job', data: {} }))),
      lull: () => queue.obliterate({ force: true }),
      'another owner': async () => {
        const owners = Object.keys(OWNERS) as Owner[];
        await give(owners[roll(owners.length)] as Owner);
      },
      'a number from outside': async () => {
        if (phases.at(-1)?.owner === 'External') await pools.scale(POOL, roll(6));
      },
      'the operator killed': async () => {
        await pools.killTheOperator();
        await pools.startTheOperator();
      },
      'the operator restarted': async () => {
        await pools.stopTheOperator();
        await pools.startTheOperator();
      },
    };
    const often = ['burst', 'lull', 'another owner', 'burst', 'another owner', 'lull', 'a number from outside'];
    const all = [...often, ...often, 'the operator killed', 'the operator restarted'];

    await give('Auto by metric');
    const until = performance.now() + SECONDS * 1_000;
    while (performance.now() < until) {
      const step = all[roll(all.length)] as string;
      steps.push(step);
      await acts[step]?.();
      await new Promise((resolve) => setTimeout(resolve, roll(4_000)));
    }

    const changes = await replicasChanges(pools.cluster, `preview-${POOL}`);
    const last = await pools.client.get<KubeObject & { spec: { replicas: number } }>(pools.pathOf(POOL));
    expect(changes.at(-1)?.to, 'the record is whole').to.equal(last.spec.replicas);
    const strangers = changes.filter((change, index) => {
      const at = phases.findLastIndex(({ asked }) => asked < change.version);
      const [now, before] = [phases[at], phases[at - 1]];
      if (now === undefined) return true;
      const isHandedOver = change.version > now.carriedOut;
      const isAllowed = may(now.owner, change) || (!isHandedOver && before !== undefined && may(before.owner, change));
      return !isAllowed && !isSecondTry(change, changes[index + 1]);
    });
    expect(strangers).to.deep.equal([]);
    const by = (writer: string) => changes.filter((change) => change.by === writer).length;
    const told = `operator ${by('operator')}, autoscaler ${by('autoscaler')}, outside ${by('outside')}`;
    console.log(
      `      ${SECONDS} s, ${steps.length} steps, ${phases.length} owners: ${changes.length} changes of replicas (${told}), by another than the owner 0`,
    );
    expect(by('operator')).to.be.above(0);
  });
});
