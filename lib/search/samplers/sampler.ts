// What a sampler is: it proposes parameters from what a study has seen.
import type { Distribution, ParameterValue } from "../distribution.js";
import type { LiveTrial, StudyRecord } from "../record.js";

/**
 * Proposes values; keeps nothing between calls that a study's record does not hold, so that a study goes on after a kill
 * and several workers may serve it. Whatever is random is a function of the seed and the trial's number.
 */
export interface Sampler {
  readonly name: string;
  /** True for one that must know of all trials, also of those that the pruner would leave out for this one. Default false. */
  readonly needsAllTrials?: boolean;
  /**
   * Values for parameters that belong together, before the objective begins; those that the objective then does not ask for,
   * or asks for with other bounds, are forgotten. Absent: every parameter is sampled when it is asked for.
   */
  sampleTogether?(
    study: StudyRecord,
    trial: LiveTrial,
  ): Readonly<Record<string, { distribution: Distribution; value: ParameterValue }>>;
  /** A value for one parameter, of the distribution; `trial` holds those that it has so far. Never called for a single value. */
  sample(study: StudyRecord, trial: LiveTrial, name: string, distribution: Distribution): ParameterValue;
  /** Called before a trial is begun; true when there is nothing left to try (a grid that is done), and `optimize` ends. */
  isExhausted?(study: StudyRecord): boolean;
}
