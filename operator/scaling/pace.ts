/**
 * How fast a number of workers may follow the one that is wanted, as the HorizontalPodAutoscaler v2 does with the same
 * rules: first a window that looks back for a number nearer to the present one, then policies that bound the change.
 */
import type { Behavior, ScalingRules } from '../pool/behavior.ts';

interface Past {
  readonly at: number;
  readonly value: number;
}

/** Of one pool. It remembers what was wanted and what was changed, no longer than the rules look back. */
export class Pace {
  #wanted: Past[] = [];
  /** Differences: above 0 for workers that were added. */
  #changes: Past[] = [];

  /** The next number, between `live` and `wanted`. `at` in seconds, never going back. */
  next({ at, live, wanted, behavior }: { at: number; live: number; wanted: number; behavior: Behavior }): number {
    const { scaleUp, scaleDown } = behavior;
    const longest = Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds);
    this.#wanted = [...this.#wanted.filter((past) => at - past.at <= longest), { at, value: wanted }];
    const within = (seconds: number) =>
      this.#wanted.filter((past) => past.at === at || at - past.at < seconds).map(({ value }) => value);
    const least = Math.min(...within(scaleUp.stabilizationWindowSeconds));
    const most = Math.max(...within(scaleDown.stabilizationWindowSeconds));
    // Up only as far as all of the window wanted, down only as far as any of it did.
    const settled = Math.min(Math.max(live, least), most);
    if (settled > live) return Math.min(settled, this.#limit(scaleUp, { at, live, sign: 1 }));
    if (settled < live) return Math.max(settled, this.#limit(scaleDown, { at, live, sign: -1 }));
    return live;
  }

  /** To be told of each number that was written. */
  changed({ at, from, to, behavior }: { at: number; from: number; to: number; behavior: Behavior }): void {
    const periods = [behavior.scaleUp, behavior.scaleDown].flatMap(({ policies }) =>
      policies.map(({ periodSeconds }) => periodSeconds),
    );
    const longest = Math.max(0, ...periods);
    this.#changes = [...this.#changes.filter((past) => at - past.at < longest), { at, value: to - from }];
  }

  #limit({ selectPolicy, policies }: ScalingRules, of: { at: number; live: number; sign: 1 | -1 }): number {
    const { at, live, sign } = of;
    if (selectPolicy === 'Disabled') return live;
    const proposals = policies.map(({ type, value, periodSeconds }) => {
      const changed = this.#changes
        .filter((past) => at - past.at < periodSeconds)
        .reduce((sum, past) => sum + past.value, 0);
      const begin = live - changed;
      if (type === 'Pods') return begin + sign * value;
      const share = begin * (1 + (sign * value) / 100);
      return sign > 0 ? Math.ceil(share) : Math.trunc(share);
    });
    const fastest = (selectPolicy === 'Max') === sign > 0 ? Math.max(...proposals) : Math.min(...proposals);
    // What a period allowed before may be more than it allows now: that takes nothing back.
    return sign > 0 ? Math.max(fastest, live) : Math.min(fastest, live);
  }
}
