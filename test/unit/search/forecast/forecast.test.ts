// Forecasts of made-up searches whose cost is known: grids, trials, trainings, and how probes behave.
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../../lib/data/random.js";
import { ArgumentError } from "../../../../lib/errors.js";
import type { Dataset } from "../../../../lib/runtime/dataset.js";
import { forecast, forecastText, type ForecastStudy } from "../../../../lib/search/forecast.js";
import { type Grid, gridPoints } from "../../../../lib/search/forecast/draws.js";
import type { Objective } from "../../../../lib/search/optimize.js";
import { RecordedParameters } from "../../../../lib/search/parameters.js";
import { asha, median, noPruner } from "../../../../lib/search/pruners/index.js";
import type { Sampler } from "../../../../lib/search/samplers/sampler.js";
import { costOnly, emptyStudy, FakeClock, fakeTrainer, randomSampler, runPruned, trueCost } from "./synthetic.js";

const data = {} as Dataset;

const grid: Grid = {
  depth: [1, 2, 3, 4],
  width: [8, 16, 32, 64, 128, 256],
  batchSize: [16, 32, 64, 128],
  optimizer: ["sgd", "adam", "rmsprop"],
  learningRate: [1e-3, 1e-2, 1e-1],
};

/** Milliseconds of the first `count` trials. */
async function costOfTrials(sampler: Sampler, count: number): Promise<number> {
  const clock = new FakeClock();
  const begin = clock.now();
  const probed = await forecast(emptyStudy({ sampler }), costOnly(clock), { trials: count, probes: count }, clock.now);
  expect(probed.probes).toBe(Math.min(count, 100));
  // The first probe runs twice.
  const first = new FakeClock();
  await forecast(emptyStudy({ sampler }), costOnly(first), { trials: 1, probes: 1, budget: 0 }, first.now);
  return clock.now() - begin - (first.now() - 1000);
}

describe("a grid", () => {
  it("is told from a few of its points to within 15 %", async () => {
    const clock = new FakeClock();
    const result = await forecast(emptyStudy(), costOnly(clock), { grid, budget: "60 s" }, clock.now);
    const points = gridPoints(grid, Number.POSITIVE_INFINITY);
    expect(points).toHaveLength(864);
    const truth = points.reduce((sum, point) => sum + trueCost(new RecordedParameters("point", point)), 0);
    expect(result.grid?.points).toBe(864);
    expect(result.grid!.milliseconds / truth).toBeGreaterThan(1 / 1.15);
    expect(result.grid!.milliseconds / truth).toBeLessThan(1.15);
    expect(result.probes).toBeLessThan(60);
    expect(result.trials).toBeUndefined();
  });

  it("of which all points were probed costs exactly what they cost", async () => {
    const small = { ...grid, width: [8, 256], batchSize: [16], optimizer: ["sgd"], learningRate: [0.1] };
    const truth = gridPoints(small, 8).map((point) => trueCost(new RecordedParameters("point", point)));
    const clock = new FakeClock();
    const result = await forecast(emptyStudy(), costOnly(clock), { grid: small, probes: 8 }, clock.now);
    expect(result.grid!.milliseconds).toBeCloseTo(
      truth.reduce((a, b) => a + b, 0),
      6,
    );
  });

  it("without values for a parameter of the objective is refused", async () => {
    const clock = new FakeClock();
    await expect(forecast(emptyStudy(), costOnly(clock), { grid: { depth: [1, 2] } }, clock.now)).rejects.toThrow(
      /all 2 probes failed.*no values for parameter "width"/,
    );
  });

  it("gives different points, however few or many are wanted", () => {
    for (const count of [1, 7, 100, 800, 863, 864, 900]) {
      const points = gridPoints(grid, count).map((point) => JSON.stringify(point));
      expect(new Set(points).size).toBe(Math.min(count, 864));
    }
  });
});

describe("random trials", () => {
  it("are told from some of them to within 15 %, with an interval that holds four times of five", async () => {
    let held = 0;
    const seeds = 12;
    for (let seed = 0; seed < seeds; seed++) {
      const sampler = randomSampler(seed);
      const truth = await costOfTrials(sampler, 60);
      const clock = new FakeClock();
      const options = { trials: 60, budget: "80 s" } as const;
      const { trials } = await forecast(emptyStudy({ sampler }), costOnly(clock), options, clock.now);
      expect(trials!.milliseconds / truth).toBeGreaterThan(1 / 1.15);
      expect(trials!.milliseconds / truth).toBeLessThan(1.15);
      if (truth >= trials!.interval[0] && truth <= trials!.interval[1]) held++;
    }
    expect(held / seeds).toBeGreaterThanOrEqual(0.8);
  }, 60_000);

  it("see more probes where costs differ more", async () => {
    const probesFor = async (factor: number) => {
      const clock = new FakeClock();
      const sampler = randomSampler(3);
      const result = await forecast(
        emptyStudy({ sampler }),
        (trial) => {
          clock.spend(100 * (1 + factor * Math.abs(Math.sin(1e4 * trial.float("x", 0, 1)))));
          return 1;
        },
        { trials: 1000 },
        clock.now,
      );
      return result.probes;
    };
    expect(await probesFor(0)).toBe(12);
    expect(await probesFor(4)).toBeGreaterThan(30);
  });
});

describe("trials with a pruner", () => {
  it.each([
    ["median", () => median()],
    ["asha", () => asha({ minResource: 1, reductionFactor: 3 })],
    ["asha by default", () => asha()],
  ] as const)(
    "%s: the interval holds four times of five",
    async (_, make) => {
      const steps = 20;
      const held: boolean[] = [];
      for (let seed = 0; seed < 24; seed++) {
        const random = new RandomStream(seed, "landscape");
        const study = emptyStudy({ pruner: make(), sampler: randomSampler(seed) });
        const costOf = (size: number) => 100 + 1000 * size ** 2;
        const size = { kind: "float", low: 0.2, high: 2, log: true, step: null } as const;
        const costs = Array.from({ length: 50 }, (_, number) =>
          costOf(study.sampler.sample(study.record, { number } as never, "size", size) as number),
        );
        const landscape = {
          power: random.uniform(0.3, 1.2),
          noise: random.uniform(0.03, 0.3),
          costly: random.uniform(-0.3, 0.5),
        };
        const { milliseconds } = runPruned(make(), costs, steps, landscape, seed);
        const clock = new FakeClock();
        const objective: Objective = (trial) => {
          clock.spend(costOf(trial.float("size", 0.2, 2, { log: true })));
          for (let step = 1; step <= steps; step++) void trial.report(1, step);
          return 1;
        };
        const { trials } = await forecast(study, objective, { trials: 50, budget: "30 s" }, clock.now);
        expect(trials!.pruner).toBe(make().name);
        held.push(milliseconds >= trials!.interval[0] && milliseconds <= trials!.interval[1]);
        // An interval from nothing to everything would hold too.
        expect(trials!.interval[1] / trials!.interval[0]).toBeLessThan(6);
      }
      expect(held.filter(Boolean).length / held.length).toBeGreaterThanOrEqual(0.8);
    },
    60_000,
  );

  it("cost the whole where the objective reports nothing, or the pruner lets everything run", async () => {
    for (const [pruner, reports] of [
      [asha(), 0],
      [noPruner(), 20],
    ] as const) {
      const clock = new FakeClock();
      const objective: Objective = (trial) => {
        clock.spend(100);
        for (let step = 1; step <= reports; step++) void trial.report(1, step);
        return 1;
      };
      const { trials } = await forecast(emptyStudy({ pruner }), objective, { trials: 50 }, clock.now);
      expect(trials!.pruner).toBeUndefined();
      expect(trials!.milliseconds).toBeCloseTo(5000, 6);
    }
  });
});

describe("a training", () => {
  const forecastOf = async (cost: { epoch: number; first?: number; steps?: number }, epochs: number) => {
    const clock = new FakeClock();
    const begin = clock.now();
    const trainers: ReturnType<typeof fakeTrainer>[] = [];
    let after = 0;
    const result = await forecast(
      emptyStudy(),
      async (trial) => {
        clock.spend(20);
        const trainer = fakeTrainer(clock, cost);
        trainers.push(trainer);
        const value = (await trial.fit(trainer, data, { epochs })).best.loss;
        after++;
        return value;
      },
      { trials: 10, probes: 2 },
      clock.now,
    );
    return { result, spent: (clock.now() - begin) / trainers.length, trainers, after };
  };

  it("of many short epochs is extrapolated from some, its slow first one counted once", async () => {
    const { result, spent, trainers, after } = await forecastOf({ epoch: 5, first: 50 }, 1000);
    expect(result.trials?.milliseconds).toBeCloseTo(10 * (20 + 50 + 999 * 5), 3);
    expect(spent).toBeLessThan(500);
    expect(after).toBe(0);
    expect(trainers.every(({ disposed }) => disposed)).toBe(true);
  });

  it("of few long epochs is extrapolated from steps of the first", async () => {
    const { result, spent, trainers } = await forecastOf({ epoch: 10_000, steps: 1000 }, 20);
    expect(result.trials?.milliseconds).toBeCloseTo(10 * (20 + 20 * 10_000), -2);
    expect(spent).toBeLessThan(1000);
    expect(trainers.every(({ epochsRun }) => epochsRun === 0)).toBe(true);
  });

  it("that is shorter than the probe is timed as a whole", async () => {
    const { result } = await forecastOf({ epoch: 5 }, 3);
    expect(result.trials?.milliseconds).toBeCloseTo(10 * (20 + 15), 6);
  });

  it("with early stopping has an upper bound, which the note says", async () => {
    const clock = new FakeClock();
    const { note } = await forecast(
      emptyStudy(),
      async (trial) =>
        (await trial.fit(fakeTrainer(clock, { epoch: 5 }), data, { epochs: 100, earlyStopping: 5 })).best.loss,
      { trials: 10, probes: 2 },
      clock.now,
    );
    expect(note).toContain("upper bounds");
  });
});

describe("probes", () => {
  it("have the parameters of the trials to come, and leave the study as it is", async () => {
    const study = emptyStudy({ sampler: randomSampler(7) });
    const before = structuredClone(study.record);
    const seen: number[] = [];
    const clock = new FakeClock();
    await forecast(
      study,
      (trial) => {
        seen.push(trial.float("x", 0, 1));
        trial.setUserAttribute("note", 1);
        void trial.report(1, 1);
        clock.spend(1000);
        return trial.shouldPrune() ? 2 : 1;
      },
      { trials: 3, probes: 3, budget: "10 s" },
      clock.now,
    );
    const x = { kind: "float", low: 0, high: 1, log: false, step: null } as const;
    const coming = [0, 1, 2].map((number) => study.sampler.sample(study.record, { number } as never, "x", x));
    expect(seen).toEqual(coming);
    expect(study.record).toEqual(before);
  });

  it("that all fail say why", async () => {
    const failing = forecast(emptyStudy(), () => Promise.reject(new Error("no such file")), { trials: 4 });
    await expect(failing).rejects.toThrow(ArgumentError);
    await expect(failing).rejects.toThrow(/all 4 probes failed, the last one because Error: no such file/);
  });

  it("of which some fail are counted and noted", async () => {
    const clock = new FakeClock();
    const { note, trials } = await forecast(
      emptyStudy(),
      ({ number }) => {
        clock.spend(100);
        return number % 2 ? Number.NaN : 1;
      },
      { trials: 4, probes: 4 },
      clock.now,
    );
    expect(note).toContain("2 of 4 probes failed");
    expect(trials?.milliseconds).toBeCloseTo(400, 6);
  });

  it("end when the signal aborts", async () => {
    const controller = new AbortController();
    const study: ForecastStudy = emptyStudy();
    const running = forecast(
      study,
      () => {
        controller.abort(new Error("enough"));
        return 1;
      },
      { trials: 10, signal: controller.signal },
    );
    await expect(running).rejects.toThrow("enough");
  });

  it("are not begun for calls that make no sense", async () => {
    const objective = () => 1;
    const refused = (options: object, what: RegExp) =>
      expect(forecast(emptyStudy(), objective, options)).rejects.toThrow(what);
    await refused({ trials: 0 }, /trials: expected a whole number of at least 1, found 0/);
    await refused({ trial: 3 }, /forecast has no option "trial"/);
    await refused({ grid: [] }, /grid must be an object/);
    await refused({ grid: { x: [1, 1] } }, /parameter "x": a choice stands twice/);
    await refused({ budget: "soon" }, /budget: expected milliseconds/);
    await expect(forecast(emptyStudy(), 3 as never, {})).rejects.toThrow(/expected a function of a trial, got 3/);
  });
});

describe("the sentence", () => {
  const trials = { count: 100, sampler: "random", pruner: "asha", milliseconds: 540_000 } as const;

  it("names grid, trials and interval", () => {
    const text = forecastText({
      grid: { points: 11_664, milliseconds: 31 * 3_600_000 },
      trials: { ...trials, interval: [360_000, 780_000] },
      probes: 20,
      note: "",
    });
    expect(text).toBe("The grid has 11,664 points: 31 h; 100 random trials with pruning: 9 min (6 to 13).");
  });

  it("gives units where they differ, and the note", () => {
    const text = forecastText({
      trials: { ...trials, count: 1, sampler: "tpe", pruner: undefined, interval: [80_000, 8_000_000] },
      probes: 20,
      note: "Rough.",
    });
    expect(text).toBe("1 trial: 9 min (80 s to 2.2 h). Rough.");
  });
});
