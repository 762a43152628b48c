// `netwright verify` on files that a trainer exported: exit code 0 when they agree, 1 when they do not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adam, crossEntropy, Dataset, dense, sequential, softmax, Trainer } from "../../lib/index.js";
import { packageScript, root, run } from "../tools/shell.js";

const folder = mkdtempSync(path.join(tmpdir(), "netwright-cli-"));
const file = path.join(folder, "model.onnx");

function netwright(...parameters: string[]) {
  return run(...packageScript("tsx/dist/cli.mjs", [path.join(root, "lib/cli/main.ts"), ...parameters]), {
    capture: true,
  });
}

beforeAll(async () => {
  const data = Dataset.from({
    input: [
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    target: ["a", "b", "b"],
  });
  using trainer = new Trainer(sequential([2], [dense(2), softmax()]), {
    loss: crossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
  });
  await trainer.fit(data, { epochs: 2 });
  await trainer.exportOnnx(file);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an export that agrees with its samples passes, and the difference is printed", () => {
  const { code, output } = netwright("verify", file);
  expect(code, output).toBe(0);
  expect(output).toMatch(
    /probabilities: largest difference \S+, .*\n3 samples, relative difference allowed 1e-4: passed/,
  );
});

test("samples that do not belong to the file fail with exit code 1", () => {
  const samples = readFileSync(`${file}.samples.safetensors`);
  // The last number of the file, made large: whether input or output, the outputs no longer agree.
  samples.writeFloatLE(50, samples.length - 4);
  const altered = path.join(folder, "altered.safetensors");
  writeFileSync(altered, samples);
  const { code, output } = netwright("verify", file, "--samples", altered);
  expect(code, output).toBe(1);
  expect(output).toContain("FAILED");
});
