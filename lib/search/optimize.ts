// The loop of a study: slots that begin trials, run the objective and record how it ended.
import { setTimeout as sleep } from "node:timers/promises";
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import { knownOptions, wholeNumber } from "../runtime/fit_options.js";
import { type Duration, milliseconds } from "./duration.js";
import { LiveView } from "./live_view.js";
import { type Outcome, outcomeOf, outcomeOfError, TrialAborted } from "./outcome.js";
import { progressOf } from "./progress.js";
import type { StudyRecord, TrialRecord } from "./record.js";
import { HEARTBEAT_INTERVAL, Heartbeat } from "./storage/heartbeat.js";
import type { Study } from "./study.js";
import { withThreadShare } from "./thread_share.js";
import type { Trial } from "./trial.js";
import { Undertaker } from "./undertaker.js";
import { workerId } from "./worker_id.js";

/** Runs one trial and returns its value, or a value per objective. */
export type Objective = (trial: Trial) => number | readonly number[] | Promise<number | readonly number[]>;

export interface OptimizeOptions {
  /** Runs that many more trials. */
  readonly trials?: number;
  /** Stops when so many trials of the study are finished, by whomever: the form to start again after a kill. */
  readonly until?: number;
  /** Begins no trial after that time: milliseconds, or `"10 min"`. Trials that run are finished. */
  readonly timeout?: Duration;
  /** Trials beside each other in this process; they share its cores. Default 1. */
  readonly parallel?: number;
  /** Ends trials that run within an epoch of `trial.fit` and puts them in line again; `optimize` then resolves. */
  readonly signal?: AbortSignal;
  /** Shows running trials, the best one and the time left on stderr. Default: when that is a terminal. */
  readonly live?: boolean;
  /** Called when a trial has ended; a promise is waited for. An error ends `optimize`, which rejects with it. */
  readonly onTrial?: (trial: TrialRecord) => unknown;
  /** How often a trial that runs tells that it is alive. Default `"10 s"`; three silent ones and it is tried again by another worker. */
  readonly heartbeat?: Duration;
}

const OPTIONS = ["trials", "until", "timeout", "parallel", "signal", "live", "onTrial", "heartbeat"];

/** How often a slot looks whether others have got on, while all that is left runs elsewhere. */
const LOOK_MILLISECONDS = 500;

/** For `study.optimize`. */
export async function optimize(
  study: Study,
  objective: Objective,
  options: OptimizeOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { parallel, trials, until, timeout, heartbeat } = checkOptions(objective, options);
  const deadline = performance.now() + timeout;
  const failing = new AbortController();
  const fail = (error: unknown) => failing.abort(error);
  const signal = AbortSignal.any([failing.signal, ...(options.signal ? [options.signal] : [])]);
  const view = new LiveView(study, { ...(until !== undefined && { until }), trials, deadline }, options.live);
  const undertaker = new Undertaker(study, heartbeat, fail);
  let begun = 0;

  /** Asked again within the journal's turn: workers that begin at the same moment do not begin too many. */
  const isWanted = until === undefined ? undefined : (record: StudyRecord) => leftOf(record, until) > 0;
  const isOver = () =>
    signal.aborted ||
    stopping.aborted ||
    begun >= trials ||
    performance.now() >= deadline ||
    (until !== undefined && progressOf(study.record).finished >= until);

  const begin = async (worker: string, lost: AbortSignal) => {
    if (isWanted?.(study.record) === false) return "unwanted";
    begun++;
    const host = { worker, signal: AbortSignal.any([signal, lost]), reported: view.reported.bind(view) };
    const trial = await study.begin(host, { heartbeat, isWanted });
    if (typeof trial === "string") begun--;
    return trial;
  };

  const slot = async () => {
    const worker = workerId();
    while (!isOver()) {
      const lost = new AbortController();
      const trial = await begin(worker, lost.signal);
      if (trial === "exhausted") return;
      if (trial === "unwanted") {
        await sleep(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
        await study.refresh();
        continue;
      }
      view.began(trial.record);
      const alive = new Heartbeat(study.journal, trial.id, worker, heartbeat, () => lost.abort());
      try {
        await runTrial(study, worker, trial, objective, parallel);
      } finally {
        alive.stop();
      }
      const record = study.journal.trial(trial.id);
      view.ended(record);
      await options.onTrial?.(record);
    }
  };

  try {
    // The journal or a listener failed in one slot: the others put their trials in line again and end.
    await Promise.all(Array.from({ length: parallel }, () => slot().catch(fail)));
    if (failing.signal.aborted) throw failing.signal.reason;
  } finally {
    await undertaker.stop();
    view.close();
  }
}

/** How many trials are neither finished nor being run. */
function leftOf(record: StudyRecord, until: number): number {
  const { finished, running } = progressOf(record);
  return until - finished - running;
}

async function runTrial(study: Study, worker: string, trial: Trial, objective: Objective, parallel: number) {
  let outcome: Outcome;
  try {
    const answer = await withThreadShare(parallel, async () => objective(trial));
    outcome = outcomeOf(answer, study.directions.length);
  } catch (error) {
    outcome = outcomeOfError(trial.signal.aborted ? new TrialAborted() : error, trial.record);
  }
  if (outcome.state === "failed" && outcome.failure.kind === "aborted")
    await study.putBack(trial.id, worker, outcome.failure);
  else await study.end(trial.id, worker, outcome);
}

interface CheckedOptions {
  readonly parallel: number;
  /** Infinity when there is no such limit, as `timeout`. */
  readonly trials: number;
  readonly until: number | undefined;
  readonly timeout: number;
  readonly heartbeat: number;
}

function checkOptions(objective: unknown, options: OptimizeOptions): CheckedOptions {
  if (typeof objective !== "function")
    throw new ArgumentError(`optimize: expected a function of a trial, got ${valueText(objective)}`);
  knownOptions("optimize", options, OPTIONS);
  const { trials, until, timeout, signal } = options;
  if (trials === undefined && until === undefined && timeout === undefined && signal === undefined)
    throw new ArgumentError("optimize: say when to stop: { trials }, { until }, { timeout } or { signal }");
  const beat = milliseconds("heartbeat", options.heartbeat ?? HEARTBEAT_INTERVAL);
  if (beat < 10) throw new ArgumentError(`heartbeat: expected at least 10 ms, found ${beat}`);
  return {
    parallel: wholeNumber("parallel", options.parallel ?? 1, 1),
    trials: trials === undefined ? Number.POSITIVE_INFINITY : wholeNumber("trials", trials, 0),
    until: until === undefined ? undefined : wholeNumber("until", until, 0),
    timeout: timeout === undefined ? Number.POSITIVE_INFINITY : milliseconds("timeout", timeout),
    heartbeat: beat,
  };
}
