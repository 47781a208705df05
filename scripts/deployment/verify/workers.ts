/** What the workers themselves say: health, Redis, consumption and metrics. Pure. */

import { failed, ok, skipped, warning } from '../../../operator/cli/doctor/finding.ts';
import { conditionOf } from '../../../operator/pool/pool.ts';
import type { Health } from '../../../worker/health.ts';
import type { Part } from '../../../worker/part.ts';
import { type Facts, type WorkerAnswer, wantedWorkers } from './facts.ts';
import type { Check, Finding } from './finding.ts';

/** Parts that are spoken of as health; each of the others is a check of its own. */
const OF_HEALTH = ['sink', 'renderer', 'selfTest'] as const;
/** Without these no alert on jobs can fire. */
const SERIES = ['preview_slots', 'preview_jobs_started_total'];

export function workerFindings(facts: Facts): Finding[] {
  const { answers } = facts;
  const redis = redisCondition(facts);
  if (answers.length === 0) {
    const why = wantedWorkers(facts) === 0 ? 'no worker runs' : 'no worker is ready to be asked';
    const unasked = (check: Check) => skipped(check, why);
    return [unasked('health'), redis ?? unasked('redis'), unasked('consumption'), unasked('metrics')];
  }
  const silent = answers.flatMap(({ pod, problem }) => (problem ? [{ pod, problem }] : []))[0];
  if (silent)
    return [
      failed('health', `${silent.pod} could not be asked: ${silent.problem.message}`, silent.problem.remedy),
      ...(redis ? [redis] : []),
    ];
  return [
    healthFinding(answers),
    redis ?? partFinding('redis', answers, { part: (health) => health.redis, does: 'reach Redis' }),
    partFinding('consumption', answers, { part: (health) => health.consumption, does: 'fetch jobs' }),
    metricsFinding(answers),
  ];
}

/** The operator sees Redis from its own place, also while no worker runs. */
function redisCondition({ pool }: Facts): Finding | undefined {
  const condition = pool && conditionOf(pool, 'RedisReady');
  if (condition?.status !== 'False' && condition?.status !== 'Unknown') return undefined;
  const words = `the operator says ${condition.reason}: ${condition.message}`;
  return condition.status === 'False'
    ? failed('redis', words, 'docs/redis.md has what a Redis must be')
    : warning('redis', words);
}

function partFinding(
  check: Check,
  answers: readonly WorkerAnswer[],
  { part, does }: { part: (health: Health) => Part | undefined; does: string },
): Finding {
  for (const { pod, health } of answers) {
    const found = health && part(health);
    if (found && !found.ok) return failed(check, `${pod}: ${found.reason}`, found.remedy);
  }
  return ok(check, `${answers.length} of ${answers.length} workers ${does}`);
}

/** A worker whose own parts are well answers for Redis and consumption, too. */
function healthFinding(answers: readonly WorkerAnswer[]): Finding {
  const finding = partFinding('health', answers, {
    part: (health) => OF_HEALTH.map((name) => health[name]).find((part) => !part.ok),
    does: 'answer 200',
  });
  const unwell = answers.find(({ health }) => health?.status !== 'ok');
  if (finding.status === 'failed' || unwell === undefined) return finding;
  return failed(
    'health',
    `${unwell.pod} answers ${unwell.health?.status}`,
    'see Redis and consumption; one that stops is replaced',
  );
}

function metricsFinding(answers: readonly WorkerAnswer[]): Finding {
  for (const { pod, metrics = '' } of answers) {
    const missing = SERIES.filter((name) => !new RegExp(`^# TYPE ${name} `, 'm').test(metrics));
    if (missing.length > 0)
      return failed(
        'metrics',
        `${pod} exports no ${missing.join(', ')}`,
        'is port 3000 really the worker’s? Look at its image',
      );
  }
  return ok('metrics', `${answers.length} of ${answers.length} workers export their metrics`);
}
