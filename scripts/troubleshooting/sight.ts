/** What of the guide is in no table of the product: how a thing looks to the person who is on call. */
import type { SymptomId } from './symptoms.ts';

export interface Sight {
  /** Under which symptom it is found. */
  readonly symptom: SymptomId;
  /** What is seen of it, besides its own name. */
  readonly sees: string;
  /** A command that tells more than the symptom's own; in capitals what is to be put in. */
  readonly look?: string;
}
