// What a pruner is: it tells from what was reported so far that a trial is not worth its time.
import type { LiveTrial, StudyRecord, TrialRecord } from "../record.js";

export interface Pruner {
  readonly name: string;
  /** True when the trial should end now; asked after every report. For studies of one objective. */
  prune(study: StudyRecord, trial: LiveTrial): boolean;
  /** The trials that a sampler should learn from for this one. Absent: all of them. */
  relevantTrials?(study: StudyRecord, trial: TrialRecord): readonly TrialRecord[];
}
