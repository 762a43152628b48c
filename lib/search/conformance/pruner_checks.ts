// What every pruner must do, whatever it decides by.
import { deepStrictEqual, ok } from "node:assert";
import type { Pruner } from "../pruners/pruner.js";
import type { Direction } from "../record.js";
import { type ConformanceCheck, unchanged } from "./check.js";
import { type Ending, PretendStudy, type PretendTrial } from "./pretend_study.js";

const directions: readonly Direction[] = ["minimize", "maximize"];
const steps = Array.from({ length: 12 }, (_, step) => step);

/**
 * Checks for a pruner of any kind, independent of test frameworks. Reported values are of [0, 1], so that a pruner with
 * bounds of its own must accept these. NaN is reported too.
 * @param make a new pruner, the same each time
 */
export function prunerChecks(make: () => Pruner): ConformanceCheck[] {
  const check = (name: string, run: () => void): ConformanceCheck => ({ name, run });
  return [
    check("has a name", () => ok(typeof make().name === "string" && make().name.length > 0)),
    check("keeps a trial that has reported nothing", () => {
      for (const finished of [0, 20]) ok(!ask(make(), filled("minimize", finished)), "it was pruned");
    }),
    check("keeps the first report of the first trial", () => {
      for (const direction of directions)
        for (const step of [0, 1, 7]) {
          const study = new PretendStudy([direction]);
          ok(!reportAndAsk(make(), study, study.ask(), step, 0.5), `the report of step ${step} was pruned`);
        }
    }),
    check("keeps a trial that is alone and gets better", () => {
      for (const direction of directions) keepsTheBest(make, new PretendStudy([direction]), direction);
    }),
    check("keeps the best trial of all, in both directions", () => {
      for (const direction of directions) keepsTheBest(make, filled(direction, 20), direction);
    }),
    check("keeps the best trial among running ones", () => {
      for (const direction of directions) {
        const study = filled(direction, 6);
        for (let other = 0; other < 6; other++) {
          const trial = study.ask();
          for (const step of steps) trial.report(step, curve(direction, 0.5 + other / 20, step));
        }
        keepsTheBest(make, study, direction);
      }
    }),
    check("answers when values are NaN, in its own trial or in others", () => {
      const study = filled("minimize", 8);
      study.run(undefined, (trial) => reported(trial, [0.4, Number.NaN, 0.3, Number.NaN]), 4);
      study.run(undefined, (trial) => reported(trial, [Number.NaN, Number.NaN]), 2);
      const trial = study.ask();
      for (const [step, value] of [0.5, Number.NaN, 0.4, Number.NaN, Number.NaN].entries())
        reportAndAsk(make(), study, trial, step, value);
    }),
    check("answers when trials report at different steps", () => {
      const pruner = make();
      for (const own of [steps, [1, 3, 4, 9], [5], [0, 100, 10_000], [3, 2, 1]]) {
        const study = new PretendStudy(["maximize"]);
        for (const others of [[0, 2, 4, 6], [7], [], [100, 200], steps])
          study.run(undefined, (trial) => reported(trial, new Map(others.map((step) => [step, step / 1000]))), 2);
        const trial = study.ask();
        for (const step of own) reportAndAsk(pruner, study, trial, step, 0.2);
      }
    }),
    check("answers when trials have failed, were pruned early or never reported", () => {
      const study = new PretendStudy(["minimize"]);
      study.run(undefined, () => "failed", 3);
      study.run(undefined, () => "pruned", 3);
      study.run(undefined, () => 0.3, 3);
      study.run(undefined, (trial) => endedEarly(trial, "pruned"), 3);
      study.run(undefined, (trial) => endedEarly(trial, "failed"), 3);
      study.enqueue({});
      study.add({});
      const trial = study.ask();
      for (const step of steps) reportAndAsk(make(), study, trial, step, 0.4);
    }),
    check("answers when all trials are alike", () => {
      const study = new PretendStudy(["minimize"]);
      study.run(undefined, (trial) => reported(trial, new Map(steps.map((step) => [step, 0.5]))), 10);
      const trial = study.ask();
      for (const step of steps) reportAndAsk(make(), study, trial, step, 0.5);
    }),
    check("decides alike for the same record, also as another object", () => {
      const one = make();
      deepStrictEqual(
        decisions(() => one),
        decisions(make),
      );
    }),
    check("names the trials to learn from among those of the study, the same each time", () => {
      const study = filled("minimize", 20);
      for (let i = 0; i < 5; i++) {
        const trial = study.ask();
        const [found, again] = [make(), make()].map(
          (pruner) =>
            pruner.relevantTrials?.(study.record, trial.live).map(({ number }) => number) ?? ([] as readonly number[]),
        ) as [number[], number[]];
        deepStrictEqual(found, again);
        ok(new Set(found).size === found.length && found.every((number) => number < study.record.trials.length));
      }
    }),
  ];
}

/** Better from step to step; `level` from 0, the best, to 1. Within [0, 1]. */
function curve(direction: Direction, level: number, step: number): number {
  const loss = 0.1 + 0.7 * level + 0.1 / (1 + step);
  return direction === "minimize" ? loss : 1 - loss;
}

/** A study with finished trials, some of them pruned, none as good as level 0. */
function filled(direction: Direction, trials: number): PretendStudy {
  const study = new PretendStudy([direction]);
  for (let number = 0; number < trials; number++) {
    const level = 0.2 + 0.8 * ((number * 7) % 10) * 0.1;
    const trial = study.ask();
    const last = number % 5 === 4 ? 3 : steps.length;
    for (const step of steps.slice(0, last)) trial.report(step, curve(direction, level, step));
    study.tell(trial, last < steps.length ? "pruned" : curve(direction, level, last));
  }
  return study;
}

function keepsTheBest(make: () => Pruner, study: PretendStudy, direction: Direction): void {
  const trial = study.ask();
  for (const step of steps)
    ok(
      !reportAndAsk(make(), study, trial, step, curve(direction, 0, step)),
      `the best trial was pruned at step ${step}, to ${direction}`,
    );
}

/** All answers in a study in which pruned trials end and some run side by side. */
function decisions(make: () => Pruner): boolean[] {
  const study = new PretendStudy(["maximize"]);
  const answers: boolean[] = [];
  for (let round = 0; round < 10; round++) {
    const pair = [study.ask(), study.ask()];
    const running = new Set(pair);
    for (const step of steps)
      for (const [i, trial] of pair.entries()) {
        if (!running.has(trial)) continue;
        const level = ((round * 2 + i) * 7 + (step % 3)) % 10;
        const pruned = reportAndAsk(make(), study, trial, step, curve("maximize", level / 10, step));
        answers.push(pruned);
        if (!pruned && step !== steps.at(-1)) continue;
        running.delete(trial);
        study.tell(trial, pruned ? "pruned" : curve("maximize", level / 10, step + 1));
      }
  }
  return answers;
}

function ask(pruner: Pruner, study: PretendStudy): boolean {
  return answer(pruner, study, study.ask());
}

function reported(trial: PretendTrial, values: readonly number[] | ReadonlyMap<number, number>): number {
  for (const [step, value] of values.entries()) trial.report(step, value);
  return 0.4;
}

function endedEarly(trial: PretendTrial, ending: "pruned" | "failed"): Ending {
  trial.report(0, 0.2);
  return ending;
}

function reportAndAsk(pruner: Pruner, study: PretendStudy, trial: PretendTrial, step: number, value: number): boolean {
  trial.report(step, value);
  return answer(pruner, study, trial);
}

function answer(pruner: Pruner, study: PretendStudy, trial: PretendTrial): boolean {
  const record = study.record;
  const pruned = unchanged(record, () => pruner.prune(record, trial.live));
  ok(typeof pruned === "boolean", `prune must give true or false, gave ${String(pruned)}`);
  return pruned;
}
