// Studies: begun, opened again, optimized, in memory and in files.
import { copyFileSync, readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { NonFiniteError } from "../../../lib/errors.js";
import { failureOf, TrialPruned } from "../../../lib/search/outcome.js";
import { cmaEs, grid, random } from "../../../lib/search/samplers/index.js";
import { createStudy } from "../../../lib/search/study.js";
import { noPruner } from "../../../lib/search/pruners/index.js";
import { memoryJournal } from "../../../lib/search/storage/memory.js";
import type { Trial } from "../../../lib/search/trial.js";
import { file, made, parabola } from "./made_study.js";

describe("createStudy", () => {
  test("names the study after the file and finds it again with its trials", async () => {
    const first = await made(file(), { direction: "maximize", sampler: random({ seed: 1 }) });
    expect(first.name).toBe("usps");
    await first.optimize(parabola, { trials: 3 });
    const values = first.trials.map(({ values }) => values);
    await first.close();
    const second = await made(file(), { sampler: random({ seed: 1 }) });
    expect(second.directions).toEqual(["maximize"]);
    expect(second.trials.map(({ values }) => values)).toEqual(values);
  });

  test("keeps several studies in one journal apart", async () => {
    const a = await made(file(), { name: "a" });
    const b = await made(file(), { name: "b", direction: "maximize" });
    await a.optimize(parabola, { trials: 2 });
    await b.refresh();
    expect([a.trials.length, b.trials.length]).toEqual([2, 0]);
  });

  test("a file under another name is not taken for a new study", async () => {
    await (await made(file("old.journal"))).optimize(parabola, { trials: 1 });
    copyFileSync(file("old.journal"), file("new.journal"));
    await expect(createStudy(file("new.journal"))).rejects.toThrow(
      /has no study "new", which the file's name stands for; it has "old": say which with \{ name \}/,
    );
    expect((await made(file("new.journal"), { name: "old" })).trials.length).toBe(1);
    expect((await made(file("new.journal"), { name: "new" })).trials.length).toBe(0);
  });

  test("refuses another direction and leaves the journal as it was", async () => {
    await (await made(file(), { direction: "maximize" })).optimize(parabola, { trials: 1 });
    const before = readFileSync(file());
    await expect(createStudy(file(), { direction: "minimize" })).rejects.toThrow(
      /study "usps" .* was made to maximize, not to minimize/,
    );
    await expect(createStudy(file(), { directions: ["maximize", "minimize"] })).rejects.toThrow(/maximize, minimize/);
    expect(readFileSync(file())).toEqual(before);
  });

  test.each([
    [{ direction: "up" }, /direction must be "minimize" or "maximize", got "up"/],
    [{ directions: [] }, /at least one/],
    [{ direction: "minimize", directions: ["minimize"] }, /not both/],
    [{ sampler: {} }, /sampler must be one, such as tpe\(\)/],
    [{ pruner: "asha" }, /pruner must be one/],
    [{ name: "" }, /name must be a string/],
    [{ smapler: 1 }, /no option "smapler"/],
  ])("refuses %j", async (options, message) => {
    await expect(createStudy(undefined, options as never)).rejects.toThrow(message);
  });
});

describe("optimize", () => {
  test("trials: n runs n more, until: n runs what is missing", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    await study.optimize(parabola, { trials: 3 });
    await study.optimize(parabola, { trials: 2 });
    expect(study.trials.length).toBe(5);
    await study.optimize(parabola, { until: 7 });
    await study.optimize(parabola, { until: 7 });
    expect(study.trials.length).toBe(7);
    expect(study.best.value).toBe(Math.min(...study.trials.map(({ values }) => values?.[0] as number)));
  });

  test("parallel slots end at the same number and give random's values", async () => {
    const alone = await made(undefined, { sampler: random({ seed: 5 }) });
    const beside = await made(undefined, { sampler: random({ seed: 5 }) });
    await alone.optimize(parabola, { trials: 10 });
    await beside.optimize(
      async (trial) => {
        await new Promise((resolve) => setTimeout(resolve, (trial.number * 7) % 5));
        return parabola(trial);
      },
      { until: 10, parallel: 4 },
    );
    expect(beside.trials.map(({ values }) => values)).toEqual(alone.trials.map(({ values }) => values));
  });

  test.each(["file", "memory"])("until: n is kept by workers that begin at the same moment, in a %s", async (where) => {
    const location = where === "file" ? file() : memoryJournal();
    const options = { name: "usps", sampler: random({ seed: 1 }), direction: "minimize" } as const;
    const studies = await Promise.all(Array.from({ length: 4 }, () => made(location, options)));
    // What is put in line counts too, and comes first.
    for (const x of [0.1, 0.2, 0.3]) await studies[0]?.enqueue({ x });
    await Promise.all(studies.map((study) => study.optimize(parabola, { until: 9, parallel: 3 })));
    await studies[0]?.refresh();
    expect(studies[0]?.trials.map(({ state }) => state)).toEqual(Array(9).fill("complete"));
    expect(studies[0]?.trials.slice(0, 3).map(({ parameters }) => parameters.x)).toEqual([0.1, 0.2, 0.3]);
  });

  test("until: n leaves what is in line beyond it in line", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    for (const x of [0.1, 0.2, 0.3]) await study.enqueue({ x });
    await study.optimize(parabola, { until: 2, parallel: 3 });
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "complete", "waiting"]);
  });

  test("a trial that fails is recorded with its reason and stops nothing", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }), direction: "maximize" });
    const answers: ((trial: Trial) => unknown)[] = [
      () => Number.NaN,
      () => undefined,
      () => [1, 2],
      () => {
        throw new TypeError("no such layer");
      },
      () => {
        throw new NonFiniteError("loss is not finite", 3, "dense_1");
      },
      () => 5,
    ];
    await study.optimize((trial) => answers[trial.number]?.(trial) as number, { trials: answers.length });
    expect(study.trials.map(({ state }) => state)).toEqual([...Array(5).fill("failed"), "complete"]);
    expect(study.trials.map((trial) => failureOf(trial)?.kind)).toEqual([
      "nan",
      "value",
      "value",
      "threw",
      "diverged",
      undefined,
    ]);
    expect(failureOf(study.trials[3]!)?.message).toBe("TypeError: no such layer");
    expect(failureOf(study.trials[1]!)?.message).toMatch(/must return a number, it returned nothing/);
    expect(study.best.value).toBe(5);
  });

  test("a report that nobody waits for fails its trial when it is wrong, and never the process", async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", listener);
    try {
      const backend = memoryJournal();
      let isFull = false;
      const append: typeof backend.append = async (...given) => {
        if (isFull) throw new Error("disk full");
        return backend.append(...given);
      };
      const study = await made({ ...backend, append }, { sampler: random({ seed: 1 }) });
      const objective = async (trial: Trial) => {
        if (trial.number === 0) trial.report("0.3" as never, 1);
        isFull = true;
        trial.report(0.3, 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        isFull = false;
        return 1;
      };
      await study.optimize(objective, { trials: 2 });
      expect(failureOf(study.trials[0]!)?.message).toMatch(/report: the value must be a number, got "0.3"/);
      expect(study.trials[1]).toMatchObject({ state: "complete", reports: new Map([[1, 0.3]]) });
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", listener);
    }
  });

  test("the first failure is told where nothing is shown, unless it is to be silent", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    const objective = () => {
      throw new TypeError("no such layer");
    };
    await study.optimize(objective, { trials: 2, live: false });
    expect(warn).not.toHaveBeenCalled();
    await study.optimize(objective, { trials: 2 });
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^study "study": trial 2 failed: TypeError: no such layer/),
    ]);
    warn.mockRestore();
  });

  test("a pruned trial has its last finite report as value", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }), pruner: noPruner() });
    await study.optimize(
      async (trial) => {
        await trial.report(3, 1);
        await trial.report(2, 2);
        await trial.report(Number.NaN, 3);
        throw new TrialPruned();
      },
      { trials: 1 },
    );
    expect(study.trials[0]).toMatchObject({ state: "pruned", values: [2] });
    expect(() => study.best).toThrow(/no complete trial yet/);
  });

  test("a trial pruned by its objective has no value where there are several objectives", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }), directions: ["minimize", "minimize"] });
    const objective = async (trial: Trial) => {
      await trial.report(3, 1);
      throw new TrialPruned();
    };
    await study.optimize(objective, { trials: 1 });
    expect(study.trials[0]).toMatchObject({ state: "pruned", values: undefined });
  });

  test("parameters may be called as methods of all objects are", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    await study.optimize((trial) => trial.float("constructor", 0, 1) + trial.int("toString", 1, 3), { trials: 2 });
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "complete"]);
    expect(study.best.replay().float("constructor", 0, 1)).toBe(study.best.parameters.constructor);
    expect(() => study.best.replay().float("valueOf", 0, 1)).toThrow(/has no parameter "valueOf"/);
  });

  test("a parameter asked twice is the same, with other bounds an error that says so", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    await study.optimize(
      (trial) => {
        expect(trial.int("n", 1, 9)).toBe(trial.int("n", 1, 9));
        return trial.int("n", 1, 10);
      },
      { trials: 1 },
    );
    expect(failureOf(study.trials[0]!)?.message).toMatch(
      /parameter "n": asked for twice in one trial, first as int 1 to 9, then as int 1 to 10/,
    );
  });

  test("kind, log and choices of a parameter stay within a study, bounds may change", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    await study.optimize((trial) => trial.float("x", 0, 1) + trial.categorical("c", [1, 2]), { trials: 1 });
    await study.optimize((trial) => trial.float("x", 0.5, 2), { trials: 1 });
    await study.optimize((trial) => trial.float("x", 0.5, 2, { log: true }), { trials: 1 });
    await study.optimize((trial) => trial.categorical("c", [1, 2, 3]), { trials: 1 });
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "complete", "failed", "failed"]);
    expect(failureOf(study.trials[3]!)?.message).toMatch(/kind, log and choices may not/);
  });

  test("ends when a grid is done", async () => {
    const study = await made(undefined, { sampler: grid({ a: [1, 2, 3], b: ["x", "y"] }) });
    await study.optimize((trial) => trial.int("a", 1, 3) + trial.categorical("b", ["x", "y"]).length, {
      trials: 100,
      parallel: 2,
    });
    expect(study.trials.length).toBe(6);
    expect(new Set(study.trials.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(6);
  });

  test("begins nothing after the time or once stopped, and finishes what runs", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    await study.optimize(parabola, { trials: 10, timeout: 0 });
    expect(study.trials.length).toBe(0);
    await study.optimize(
      (trial) => {
        if (trial.number === 2) study.stop();
        return 1;
      },
      { trials: 10 },
    );
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "complete", "complete"]);
    await study.optimize(parabola, { trials: 2 });
    expect(study.trials.length).toBe(5);
  });

  test("does not wait for a trial that nobody can declare dead: a torn claim that another program took over", async () => {
    const backend = memoryJournal();
    const study = await made(backend, { sampler: random({ seed: 1 }) });
    const time = new Date(Date.now() - 60_000).toISOString();
    const systemAttributes = { "netwright:heartbeat": { time, worker: "w", interval: 10 } };
    await study.journal.createTrial(study.name, "w", { state: "waiting", systemAttributes });
    const datetime_start = new Date().toISOString();
    await backend.append([{ op_code: 6, worker_id: "python", trial_id: 0, state: 0, values: null, datetime_start }]);
    await study.refresh();
    await study.optimize(parabola, { until: 1 });
    expect(study.trials.map(({ state }) => state)).toEqual(["running", "complete"]);
  });

  test("an aborted trial is put in line again and goes on with its parameters", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    const controller = new AbortController();
    const seen: number[] = [];
    const objective = async (trial: Trial) => {
      const x = trial.float("x", 0, 1);
      seen.push(x);
      if (seen.length === 2) {
        controller.abort();
        throw new Error("whatever an aborted fetch throws");
      }
      return x;
    };
    await study.optimize(objective, { until: 4, signal: controller.signal });
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "failed", "waiting"]);
    expect(failureOf(study.trials[1]!)?.kind).toBe("aborted");
    await study.optimize(objective, { until: 4 });
    expect(seen[2]).toBe(seen[1]);
    expect(study.trials.filter(({ state }) => state === "complete").length).toBe(4);
    expect(study.trials[2]?.systemAttributes).toMatchObject({ failed_trial: 1, retry_history: [1] });
  });

  test("a sampler that cannot serve the study leaves no trial running and loses none that was enqueued", async () => {
    const study = await made(file(), { sampler: cmaEs({ seed: 1 }), directions: ["minimize", "minimize"] });
    const objective = (trial: Trial) => [trial.float("x", 0, 1), 1];
    await expect(study.optimize(objective, { trials: 2 })).rejects.toThrow(/CMA-ES is for one/);
    await study.enqueue({ x: 0.25 });
    await expect(study.optimize(objective, { trials: 2 })).rejects.toThrow(/CMA-ES is for one/);
    await expect(study.ask()).rejects.toThrow(/CMA-ES is for one/);
    expect(study.trials.map(({ state }) => state)).toEqual(["failed", "failed", "failed", "waiting"]);
    expect(failureOf(study.trials[0]!)?.message).toMatch(/CMA-ES is for one/);
    const other = await made(file(), { sampler: random({ seed: 1 }) });
    await other.optimize(objective, { trials: 1 });
    expect(other.trials[3]).toMatchObject({ state: "complete", parameters: { x: 0.25 } });
  });

  test("an error of a listener ends the study and reaches the caller", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    const onTrial = () => {
      throw new Error("disk full");
    };
    await expect(study.optimize(parabola, { trials: 3, onTrial })).rejects.toThrow("disk full");
    expect(study.trials[0]?.state).toBe("complete");
  });

  test("a listener is waited for, and what its promise rejects with reaches the caller", async () => {
    const study = await made(undefined, { sampler: random({ seed: 1 }) });
    const seen: string[] = [];
    const onTrial = async ({ number }: { number: number }) => {
      seen.push(`begin ${number}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      seen.push(`end ${number}`);
      if (number === 1) throw new Error("disk full");
    };
    await expect(study.optimize(parabola, { trials: 3, onTrial })).rejects.toThrow("disk full");
    expect(seen).toEqual(["begin 0", "end 0", "begin 1", "end 1"]);
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "complete"]);
  });

  test.each([
    [{}, /say when to stop/],
    [{ trials: -1 }, /trials: expected a whole number of at least 0/],
    [{ trials: 1, parallel: 0 }, /parallel/],
    [{ timeout: "soon" }, /timeout: expected milliseconds, or a time such as/],
    [{ n_trials: 3 }, /no option "n_trials"/],
  ])("refuses %j", async (options, message) => {
    const study = await made();
    await expect(study.optimize(parabola, options as never)).rejects.toThrow(message);
  });
});
