/**
 * How fast a number of workers may follow the one that is wanted, as the HorizontalPodAutoscaler v2 does with the same
 * rules: first a window that looks back for a number nearer to the present one, then policies that bound the change.
 */
import type { Behavior, ScalingRules } from '../pool/behavior.ts';

interface Past {
  readonly at: number;
  readonly value: number;
}

export interface Step {
  /** Between the number that lives and the one that is wanted. */
  readonly next: number;
  /** Why it is not the one that is wanted; the window comes first. */
  readonly heldBy: 'window' | 'policies' | null;
  /** Until no look within the window wanted otherwise, if none does from here on; 0 where the window holds nothing. */
  readonly windowSeconds: number;
}

interface Wish {
  /** Seconds, never going back. */
  readonly at: number;
  readonly live: number;
  readonly wanted: number;
  readonly behavior: Behavior;
}

/** Of one pool. It remembers what was wanted and what was changed, no longer than the rules look back. */
export class Pace {
  #wanted: readonly Past[] = [];
  /** Differences: above 0 for workers that were added. */
  #changes: Past[] = [];

  next(wish: Wish): number {
    this.#wanted = this.#with(wish);
    return this.step(wish).next;
  }

  /** As `next`, and remembers nothing. */
  step(wish: Wish): Step {
    const { at, live, wanted, behavior } = wish;
    const { scaleUp, scaleDown } = behavior;
    const past = this.#with(wish);
    const within = (seconds: number) => past.filter((one) => one.at === at || at - one.at < seconds);
    const values = (seconds: number) => within(seconds).map(({ value }) => value);
    const least = Math.min(...values(scaleUp.stabilizationWindowSeconds));
    const most = Math.max(...values(scaleDown.stabilizationWindowSeconds));
    // Up only as far as all of the window wanted, down only as far as any of it did.
    const settled = Math.min(Math.max(live, least), most);
    const next =
      settled > live
        ? Math.min(settled, this.#limit(scaleUp, { at, live, sign: 1 }))
        : settled < live
          ? Math.max(settled, this.#limit(scaleDown, { at, live, sign: -1 }))
          : live;
    if (settled === wanted) return { next, heldBy: next === wanted ? null : 'policies', windowSeconds: 0 };
    const [window, isOther] =
      settled < wanted
        ? [scaleUp.stabilizationWindowSeconds, (value: number) => value < wanted]
        : [scaleDown.stabilizationWindowSeconds, (value: number) => value > wanted];
    const others = within(window).filter(({ value }) => isOther(value));
    const last = Math.max(...others.map((one) => one.at));
    return { next, heldBy: 'window', windowSeconds: window - (at - last) };
  }

  #with({ at, wanted, behavior: { scaleUp, scaleDown } }: Wish): readonly Past[] {
    const longest = Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds);
    return [...this.#wanted.filter((past) => at - past.at <= longest), { at, value: wanted }];
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
