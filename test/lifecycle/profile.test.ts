// Profiles: what trainer.profile() counts, how it reads as text, and NETWRIGHT_PROFILE in a script that knows nothing of it.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { adam, Dataset, dense, formatProfile, mse, relu, sequential, Trainer } from "../../lib/index.js";

const model = sequential([4], [dense(8), relu(), dense(1)]);
const data = () =>
  Dataset.from({
    input: Float32Array.from({ length: 40 * 4 }, (_, i) => Math.sin(i)),
    inputShape: [4],
    target: Float32Array.from({ length: 40 }, (_, i) => Math.cos(i)),
  });
const options = { loss: mse(), optimizer: adam({ learningRate: 0.01 }) };

test("every mode and batch size that ran has its steps, its kernels and its gathering", async () => {
  using trainer = new Trainer(model, { ...options, profile: true });
  using rows = data();
  await trainer.fit(rows, { epochs: 3, batchSize: 16 });
  await trainer.predict(rows, { batchSize: 40 });
  const profiles = trainer.profile();
  const found = profiles.map(({ mode, batch, steps }) => ({ mode, batch, steps }));
  expect(found).toEqual(
    expect.arrayContaining([
      { mode: "train", batch: 16, steps: 6 },
      { mode: "train", batch: 8, steps: 3 },
      { mode: "predict", batch: 40, steps: 1 },
    ]),
  );
  const train = profiles.find(({ mode, batch }) => mode === "train" && batch === 16);
  expect(train?.rows.map(({ op }) => op)).toEqual(expect.arrayContaining(["gather", "matmul", "adam"]));
  expect(train?.rows.find(({ op }) => op === "matmul")).toMatchObject({
    label: "dense_1",
    phase: "compute",
    operations: 2 * 16 * 4 * 8,
    bytes: 4 * (16 * 4 + 4 * 8 + 8 + 16 * 8),
  });
  expect(train?.milliseconds).toBeCloseTo(
    train?.rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0) ?? Number.NaN,
    9,
  );
  expect(train?.rows.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
});

test("as text: the longest first, what is short added up", async () => {
  const row = { label: "dense_1", kernel: "matmul avx2", phase: "compute", bytes: 2e6 } as const;
  const text = formatProfile({
    mode: "train",
    batch: 8,
    steps: 5,
    milliseconds: 10,
    rows: [
      { ...row, op: "relu", milliseconds: 0.05, operations: 0 },
      { ...row, op: "matmul", milliseconds: 9.9, operations: 99e6 },
      { ...row, op: "add", milliseconds: 0.05, operations: 0 },
    ],
  });
  const lines = text.split("\n");
  expect(lines[0]).toBe("train, batch 8: 10.000 ms a step, mean of 5 steps, 9.9 GFLOP/s");
  expect(lines[2]).toMatch(/^dense_1 +matmul +9\.9000 +99\.0 % +10\.0 +0\.2 +matmul avx2$/);
  expect(lines[3]).toMatch(/2 others +0\.1000 +1\.0 %/);
});

test("without the option there is an error that names it", () => {
  using trainer = new Trainer(model, options);
  expect(() => trainer.profile()).toThrow(
    "profile: this trainer keeps no times; make it with new Trainer(model, { profile: true })",
  );
});

test("NETWRIGHT_PROFILE prints each trainer once, disposed or not, however many there are", () => {
  const root = path.join(import.meta.dirname, "../..");
  const script = `
    import { sequential, dense, mse, sgd, Trainer, Dataset } from "netwright";
    const data = Dataset.from({ input: [[1], [2]], target: [[1], [2]] });
    for (let i = 0; i < 13; i++) {
      const trainer = new Trainer(sequential([1], [dense(1)]), { loss: mse(), optimizer: sgd({ learningRate: 0.1 }) });
      await trainer.fit(data, { epochs: 2 });
      if (i % 2 === 0) trainer.dispose();
    }`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NETWRIGHT_PROFILE: "1" },
  });
  expect(status).toBe(0);
  expect(stderr.match(/train, batch 2: .* mean of 2 steps/g)).toHaveLength(13);
  expect(stderr).not.toContain("Warning");
});
