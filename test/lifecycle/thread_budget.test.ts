// A budget of threads reaches the sessions of trainers made within it, and no others.
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { dense, info, sequential } from "../../lib/index.js";
import { Engine } from "../../lib/runtime/engine.js";
import { withThreads } from "../../lib/runtime/thread_budget.js";

const model = sequential([2], [dense(1)]);

beforeEach(() => vi.stubEnv("NETWRIGHT_THREADS", "3"));
afterEach(() => vi.unstubAllEnvs());

function threadsOf(engine: Engine): number {
  const { threads } = engine.session();
  engine.close();
  return threads;
}

it("trainers made within get it, however late they begin; others keep theirs", async () => {
  const before = new Engine(model, {});
  const within = await withThreads(1, async () => {
    await setImmediate();
    expect(info().threads).toBe(1);
    expect(threadsOf(before)).toBe(3);
    return [new Engine(model, {}), new Engine(model, { threads: 2 })];
  });
  expect(within.map(threadsOf)).toEqual([1, 2]);
  expect(threadsOf(new Engine(model, {}))).toBe(3);
});
