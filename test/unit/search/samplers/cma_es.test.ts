// CMA-ES finds minima in the number of trials that it is known to take, with several workers and after being rebuilt too.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { RandomStream } from "../../../../lib/data/random.js";
import { cmaEs, random } from "../../../../lib/search/samplers/index.js";
import { defaultPopulation, initialState } from "../../../../lib/search/samplers/covariance_adaptation.js";
import { symmetricEigen } from "../../../../lib/search/samplers/symmetric_eigen.js";
import { PretendStudy, type PretendTrial } from "../pretend_study.js";

type Objective = (x: readonly number[]) => number;

const sphere: Objective = (x) => x.reduce((sum, value) => sum + (value - 1.3) ** 2, 0);
const rosenbrock: Objective = (x) =>
  x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0);
/** Axes whose curvatures differ by a factor of a million, turned by 45 degrees in the plane of the first and the last. */
const ellipsoid: Objective = (x) => {
  const [first, last] = [x[0]!, x.at(-1)!];
  const turned = [(first + last) * Math.SQRT1_2, ...x.slice(1, -1), (first - last) * Math.SQRT1_2];
  return turned.reduce((sum, value, i) => sum + 1e6 ** (i / (x.length - 1)) * (value - 0.7) ** 2, 0);
};

const floats = (trial: PretendTrial, count: number): number[] =>
  Array.from({ length: count }, (_, i) => trial.float(`x${i}`, -5, 5));
const bestOf = ({ record }: PretendStudy): number =>
  Math.min(...record.trials.map(({ values }) => values?.[0] ?? Number.POSITIVE_INFINITY));

describe("minima", () => {
  test.each([
    ["a sphere of 5 dimensions", sphere, 5, 400, 1e-3],
    ["Rosenbrock's valley of 2 dimensions", rosenbrock, 2, 500, 1e-3],
    ["a turned ellipsoid of 4 dimensions, condition a million", ellipsoid, 4, 1000, 1e-1],
  ])("%s", (_, objective, dimensions, trials, target) => {
    const run = (sampler: ReturnType<typeof cmaEs>): number =>
      bestOf(new PretendStudy().run(sampler, (trial) => objective(floats(trial, dimensions)), trials));
    for (const seed of [1, 2, 3]) expect(run(cmaEs({ seed }))).toBeLessThan(target);
    expect(run(random({ seed: 1 }))).toBeGreaterThan(10 * target);
  });

  test("at the bounds, in the logarithm and among ints", () => {
    const objective = (trial: PretendTrial): number => {
      const rate = trial.float("rate", 1e-6, 1, { log: true });
      const units = trial.int("units", 1, 512, { log: true });
      return (Math.log10(rate) + 3.5) ** 2 + (Math.log2(units) - 6) ** 2 - trial.int("corner", 0, 20) / 10;
    };
    const study = new PretendStudy(["maximize"]).run(cmaEs({ seed: 2 }), (trial) => -objective(trial), 250);
    const best = study.record.trials.reduce((a, b) => (a.values![0]! > b.values![0]! ? a : b)).parameters;
    expect(Math.log10(best.rate as number)).toBeCloseTo(-3.5, 1);
    expect([best.units, best.corner]).toEqual([64, 20]);
  });

  test("with four workers", () => {
    const study = new PretendStudy();
    const running: PretendTrial[] = [];
    for (let asked = 0; asked < 600; asked++) {
      const trial = study.ask(cmaEs({ seed: 3 }));
      floats(trial, 3);
      running.push(trial);
      // The one that has run for the longest, or the last but one, is done first.
      if (running.length === 4) {
        const done = running.splice(asked % 2 === 0 ? 0 : 2, 1)[0]!;
        study.tell(done, sphere(Object.values(done.live.parameters) as number[]));
      }
    }
    expect(bestOf(study)).toBeLessThan(1e-3);
  });
});

describe("what trials note", () => {
  const objective = (trial: PretendTrial): number => sphere([...floats(trial, 3), trial.int("n", 1, 9)]);

  test("the generation, and what it was made from: complete trials, as many as the population", () => {
    const study = new PretendStudy().run(cmaEs({ seed: 1 }), objective, 30);
    const notes = study.record.trials.map(({ systemAttributes }) => systemAttributes);
    expect(notes[0]).toEqual({});
    expect(defaultPopulation(4)).toBe(8);
    for (const [number, note] of notes.entries())
      if (number > 0) expect(note["cma:generation"]).toBe(Math.floor((number - 1) / 8));
    expect(notes[9]?.["cma:parents"]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(notes[10]?.["cma:parents"]).toBeUndefined();
  });

  test("failed and pruned trials are in no generation, pruned ones on request", () => {
    const ending = (trial: PretendTrial) => {
      const loss = objective(trial);
      trial.report(0, loss);
      return trial.number % 3 === 2 ? "pruned" : trial.number % 7 === 3 ? "failed" : loss;
    };
    const parents = (includePruned: boolean) => {
      const study = new PretendStudy().run(cmaEs({ seed: 1, includePruned }), ending, 40);
      const noted = study.record.trials.flatMap(({ systemAttributes }) => systemAttributes["cma:parents"] ?? []);
      return new Set((noted as number[]).map((number) => study.trial(number).state));
    };
    expect(parents(false)).toEqual(new Set(["complete"]));
    expect(parents(true)).toEqual(new Set(["complete", "pruned"]));
  });

  test("of two workers that begin a generation at once, the first in the record counts for all", () => {
    const study = new PretendStudy().run(cmaEs({ seed: 1, population: 4 }), objective, 5);
    const before = study.record;
    const [one, other] = [study.ask(), study.ask()];
    for (const trial of [other, one]) cmaEs({ seed: 1, population: 4 }).sampleTogether?.(before, trial.live);
    expect(one.live.systemAttributes["cma:parents"]).toEqual(other.live.systemAttributes["cma:parents"]);
    study.tell(one, "failed");
    study.tell(other, "failed");
    study.run(cmaEs({ seed: 1, population: 4 }), objective, 4);
    expect(study.trial(10).systemAttributes["cma:generation"]).toBe(1);
    study.run(cmaEs({ seed: 1, population: 4 }), objective, 1);
    expect(study.trial(11).systemAttributes["cma:generation"]).toBe(2);
  });

  test("a space that changes begins a search of its own", () => {
    const study = new PretendStudy().run(cmaEs({ seed: 1 }), objective, 30);
    study.run(cmaEs({ seed: 1 }), (trial) => sphere(floats(trial, 2)), 20);
    const last = study.record.trials.at(-1)!.systemAttributes;
    expect(last["cma:parameters"]).toEqual(["x0", "x1"]);
    expect(last["cma:generation"]).toBe(Math.floor(18 / 6));
  });

  test("enqueued trials are not learned from", () => {
    const study = new PretendStudy().run(cmaEs({ seed: 1 }), objective, 3);
    study.enqueue({ x0: 5, x1: 5, x2: 5, n: 9 });
    study.run(cmaEs({ seed: 1 }), objective, 1);
    expect(Object.keys(study.trial(3).systemAttributes)).toEqual(["fixed_params"]);
  });
});

test("categorical and conditional parameters are random", () => {
  const objective = (trial: PretendTrial): number => {
    const kind = trial.categorical("kind", ["a", "b"]);
    return sphere([trial.float("x", -5, 5), kind === "a" ? trial.float("extra", 0, 1) : 1]);
  };
  const study = new PretendStudy().run(cmaEs({ seed: 6 }), objective, 40);
  const plain = new PretendStudy().run(random({ seed: 6 }), objective, 40);
  for (const [number, { parameters, systemAttributes }] of study.record.trials.entries()) {
    const other = plain.trial(number).parameters;
    expect([parameters.kind, parameters.extra]).toEqual([other.kind, other.extra]);
    if ("cma:parameters" in systemAttributes && number > 5) expect(systemAttributes["cma:parameters"]).toEqual(["x"]);
  }
});

test("eigenvectors put the matrix together again", () => {
  for (const n of [1, 2, 5, 12]) {
    const random = new RandomStream(n, "matrix");
    const factor = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, () => random.normal() * 10 ** (i % 4)),
    );
    const matrix = factor.map((a) => factor.map((b) => a.reduce((sum, x, k) => sum + x * b[k]!, 0)));
    const { values, vectors } = symmetricEigen(matrix);
    const scale = Math.max(...values);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const product = values.reduce((sum, value, k) => sum + value * vectors[i]![k]! * vectors[j]![k]!, 0);
        expect(Math.abs(product - matrix[i]![j]!)).toBeLessThan(1e-13 * n * scale);
        const identity = vectors.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
        expect(identity).toBeCloseTo(i === j ? 1 : 0, 12);
      }
  }
});

test("it begins in the middle of the cube with a sixth of its side", () => {
  expect(initialState(2)).toMatchObject({
    mean: [0.5, 0.5],
    stepSize: 1 / 6,
    covariance: [
      [1, 0],
      [0, 1],
    ],
  });
});

test.each([{ seed: -1 }, { startupTrials: 0 }, { population: 1 }, { includePruned: 1 }, { popsize: 4 }])(
  "refuses %o",
  (options) => {
    expect(() => cmaEs(options as object)).toThrow(ArgumentError);
  },
);

test("refuses several objectives and says what to take", () => {
  expect(() => new PretendStudy(["minimize", "minimize"]).ask(cmaEs())).toThrow(/2 objectives.*tpe\(\) or random\(\)/);
});
