// The budget of threads: who sees it, which of two counts, and what the default number of threads makes of it.
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ArgumentError } from "../../../lib/errors.js";
import { threadBudget, withThreads } from "../../../lib/runtime/thread_budget.js";
import { defaultThreads } from "../../../lib/runtime/threads.js";

beforeEach(() => vi.stubEnv("NETWRIGHT_THREADS", "8"));
afterEach(() => vi.unstubAllEnvs());

it("there is none outside of withThreads", async () => {
  expect(threadBudget()).toBeUndefined();
  const seen = await withThreads(2, async () => {
    await setImmediate();
    return threadBudget();
  });
  expect(seen).toBe(2);
  expect(threadBudget()).toBeUndefined();
  expect(defaultThreads()).toBe(8);
});

it("pieces of work side by side each see their own", async () => {
  const seen = await Promise.all(
    [1, 2, 3].map((threads) =>
      withThreads(threads, async () => {
        await setImmediate();
        return defaultThreads();
      }),
    ),
  );
  expect(seen).toEqual([1, 2, 3]);
});

it("the smallest counts: of budgets within budgets, and of the process", () => {
  expect(withThreads(4, () => withThreads(2, defaultThreads))).toBe(2);
  expect(withThreads(2, () => withThreads(4, defaultThreads))).toBe(2);
  expect(withThreads(64, defaultThreads)).toBe(8);
});

it("hands on what the work returns or throws, and is left either way", () => {
  expect(withThreads(1, () => "done")).toBe("done");
  expect(() =>
    withThreads(1, () => {
      throw new TypeError("mine");
    }),
  ).toThrow(TypeError);
  expect(threadBudget()).toBeUndefined();
});

it.each([0, 1.5, Number.NaN, "2" as never])("%s is no number of threads", (threads) => {
  expect(() => withThreads(threads, () => 1)).toThrow(ArgumentError);
});
