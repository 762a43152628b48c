// What every sampler must do, whatever it proposes.
import { deepStrictEqual, notDeepStrictEqual, ok } from "node:assert";
import { ArgumentError } from "../../errors.js";
import { type Distribution, floatDistribution, isSingle, type ParameterValue } from "../distribution.js";
import type { Direction } from "../record.js";
import type { Sampler } from "../samplers/sampler.js";
import { type ConformanceCheck, unchanged } from "./check.js";
import { type Ending, PretendStudy, type PretendTrial } from "./pretend_study.js";
import { branching, narrow, plain, shapes, type Space, small, spaceOf, wide } from "./sampler_spaces.js";

/** Distributions by name: any value of them fits whatever a check asks for. */
export type CheckedSpace = Readonly<Record<string, Distribution>>;

/**
 * Checks for a sampler of any kind, independent of test frameworks.
 * @param make a new sampler; the same for the same seed. A sampler that must know the space beforehand takes it from
 * `space`, the parameters that the check asks for.
 */
export function samplerChecks(make: (seed: number, space: CheckedSpace) => Sampler): ConformanceCheck[] {
  const check = (name: string, run: () => void): ConformanceCheck => ({ name, run });
  const made = (space: Space, seed = 1): Sampler => guarded(make(seed, spaceOf(space)));
  return [
    check("has a name", () => ok(made(plain).name.length > 0)),
    ...Object.entries(shapes).map(([what, space]) =>
      check(`proposes ${what}`, () => {
        // The pretended study refuses what a distribution does not hold.
        const study = new PretendStudy().run(made(space), (trial) => lossOf(space(trial)), 24);
        ok(study.record.trials.every(({ state }) => state === "complete"));
      }),
    ),
    check("goes through conditional spaces", () => {
      new PretendStudy().run(made(branching), (trial) => lossOf(branching(trial)), 30);
    }),
    check("follows bounds that change between trials", () => {
      const sampler = made(narrow);
      const spaces = [narrow, wide];
      new PretendStudy().run(sampler, (trial) => lossOf((spaces[trial.number % 2] as Space)(trial)), 20);
      const study = new PretendStudy().run(sampler, (trial) => lossOf(wide(trial)), 12);
      study.run(sampler, (trial) => lossOf(narrow(trial)), 12);
    }),
    check("goes on among failed, pruned, NaN, infinite, running and waiting trials", () => {
      const endings: ((loss: number) => Ending)[] = [
        (loss) => loss,
        () => "failed",
        () => "pruned",
        () => Number.NaN,
        () => Number.POSITIVE_INFINITY,
        () => Number.NEGATIVE_INFINITY,
      ];
      const study = new PretendStudy();
      study.add({});
      const objective = (trial: PretendTrial): Ending => {
        trial.report(0, trial.number % 4 === 0 ? Number.NaN : 0.5);
        return (endings[trial.number % endings.length] as (loss: number) => Ending)(lossOf(plain(trial)));
      };
      study.run(made(plain), objective, 18);
      for (let i = 0; i < 3; i++) plain(study.ask(made(plain)));
      study.enqueue({ x: 0.25 });
      study.enqueue({});
      study.run(made(plain), objective, 18);
    }),
    check("goes on when all trials have failed", () => {
      new PretendStudy().run(made(plain), (trial) => failed(plain(trial)), 15);
    }),
    check("goes on when all values are equal", () => {
      new PretendStudy().run(made(plain), (trial) => 0 * lossOf(plain(trial)), 30);
    }),
    check("takes several objectives, or refuses them with an ArgumentError", () => {
      const study = new PretendStudy(["minimize", "maximize"]);
      try {
        study.run(made(plain), (trial) => [lossOf(plain(trial)), Number(trial.live.parameters.x)], 25);
      } catch (error) {
        ok(error instanceof ArgumentError, `it threw ${String(error)}`);
      }
    }),
    check("maximizes as it minimizes the negative", () => {
      const found = (direction: Direction) =>
        values(
          new PretendStudy([direction]).run(
            made(plain),
            (trial) => (direction === "minimize" ? 1 : -1) * lossOf(plain(trial)),
            30,
          ),
        );
      deepStrictEqual(found("maximize"), found("minimize"));
    }),
    check("gives the same values for the same seed, others for another", () => {
      const found = (seed: number) =>
        values(new PretendStudy().run(made(plain, seed), (trial) => lossOf(plain(trial)), 25));
      deepStrictEqual(found(1), found(1));
      notDeepStrictEqual(found(1), found(2));
    }),
    check("goes on identically when it is made anew before every trial", () => {
      const study = new PretendStudy();
      for (let i = 0; i < 30; i++) study.run(made(plain), (trial) => lossOf(plain(trial)), 1);
      deepStrictEqual(values(study), values(new PretendStudy().run(made(plain), (trial) => lossOf(plain(trial)), 30)));
    }),
    check("serves one study after another", () => {
      const shared = made(plain);
      const found = (sampler: Sampler, sign: number) =>
        values(new PretendStudy().run(sampler, (trial) => sign * lossOf(plain(trial)), 25));
      found(shared, 1);
      deepStrictEqual(found(shared, -1), found(made(plain), -1));
    }),
    check("serves workers side by side, who get different values", () => {
      const [one, other] = [made(plain), made(plain)];
      const study = new PretendStudy();
      for (let round = 0; round < 12; round++) {
        const trials = [study.ask(one), study.ask(other), study.ask(one)];
        const losses = trials.map((trial) => lossOf(plain(trial)));
        for (const [i, trial] of [...trials.entries()].reverse()) study.tell(trial, losses[i] as number);
      }
      const found = values(study).map((parameters) => JSON.stringify(parameters));
      ok(new Set(found).size > found.length / 2, "most trials of several workers have the values of another one");
    }),
    check("learns from a part of the trials, as pruners may show it", () => {
      const sampler = made(plain);
      const study = new PretendStudy().run(sampler, (trial) => lossOf(plain(trial)), 24);
      const part = { ...study.record, trials: study.record.trials.filter(({ number }) => number % 3 === 1) };
      const trial = study.ask();
      sampler.sampleTogether?.(part, trial.live);
      sampler.sample(part, trial.live, "x", floatDistribution("x", 0, 1));
    }),
    check("takes names that every object has", () => {
      new PretendStudy().run(made(small), (trial) => lossOf(small(trial)), 15);
    }),
    check("is not exhausted before the first trial", () => {
      const sampler = made(plain);
      ok(!(sampler.isExhausted?.(new PretendStudy().record) ?? false));
    }),
  ];
}

/** The sampler, with a look at the record before and after every call; throws when it is asked for a single value. */
function guarded(sampler: Sampler): Sampler {
  return {
    name: sampler.name,
    sampleTogether: (study, trial) => unchanged(study, () => sampler.sampleTogether?.(study, trial) ?? {}),
    sample(study, trial, name, distribution) {
      ok(!isSingle(distribution), `parameter "${name}" has a single value and was sampled`);
      return unchanged(study, () => sampler.sample(study, trial, name, distribution));
    },
    isExhausted: (study) => unchanged(study, () => sampler.isExhausted?.(study) ?? false),
  };
}

/** Something smooth that depends on all values. */
function lossOf(parameters: readonly ParameterValue[]): number {
  return parameters.reduce<number>((sum, value, i) => {
    const number = typeof value === "number" ? Math.atan(value) : String(value).length / 10;
    return sum + (number - 0.1 * i) ** 2;
  }, 0);
}

function failed(_: readonly ParameterValue[]): Ending {
  return "failed";
}

function values({ record }: PretendStudy): Readonly<Record<string, ParameterValue>>[] {
  return record.trials.map(({ parameters }) => parameters);
}
