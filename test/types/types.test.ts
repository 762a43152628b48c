// Runs the type checker: stacks.ts must pass, wrong stacks must say what to do, and checking must stay cheap.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
// Inside the repository, so that imports and compiler options are the project's own; build/ is ignored by git and tsc.
const folder = path.join(root, "build", `types_test_${process.pid}`);
const COMPILER = path.join(root, "node_modules", "typescript", "bin", "tsc");
const IMPORTS = `import * as netwright from "../../lib/layers/index.js";
const { averagePool2d, batchNorm, conv2d, dense, flatten, maxPool2d, parallel, relu, residual, sequential, softmax, globalAveragePool2d } = netwright;\n`;

let project = 0;

/** Output of the type checker for one file, without what it says of files that this one imports. */
function check(file: string, ...options: string[]): string {
  const config = path.join(folder, `tsconfig.${project++}.json`);
  writeFileSync(config, JSON.stringify({ extends: "../../tsconfig.json", include: [], files: [file] }));
  let output: string;
  try {
    output = execFileSync(process.execPath, [COMPILER, "-p", config, ...options], { encoding: "utf8", cwd: root });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const lines = output.split("\n");
  return lines.filter((line) => !line.includes("error TS") || line.startsWith(path.relative(root, file))).join("\n");
}

function checkSource(source: string, ...options: string[]): string {
  const file = path.join(folder, `source_${project}.ts`);
  writeFileSync(file, IMPORTS + source);
  return check(file, ...options);
}

function instantiations(source: string): number {
  const output = checkSource(source, "--extendedDiagnostics");
  expect(output).not.toContain("error TS");
  return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1]);
}

describe("types of models", () => {
  beforeAll(() => mkdirSync(folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("accept the stacks that fit and refuse the others", () => {
    expect(check(path.join(root, "test/types/stacks.ts"))).not.toContain("error TS");
  });

  it.each([
    [
      "sequential([1, 28, 28], [conv2d(8, { kernel: 3 }), relu(), dense(10)]);",
      "dense expects [features], got [8, ?, ?]; add flatten()",
    ],
    ["sequential([1, 28, 28], [dense(10), relu()]);", "dense expects [features], got [1, 28, 28]; add flatten()"],
    ["sequential([4], [conv2d(8, { kernel: 3 })]);", "conv2d expects [channels, height, width], got [4]"],
    ["sequential([4], [dense(7), maxPool2d(2)]);", "maxPool2d expects [channels, height, width], got [7]"],
    [
      "sequential([2, 4, 4], [averagePool2d(2), softmax()]);",
      "softmax expects [features], got [2, ?, ?]; add flatten()",
    ],
    [
      "sequential([8, 4, 4], [residual([conv2d(16, { kernel: 1 })])]);",
      "residual adds [16, ?, ?] to [8, 4, 4]; give it a shortcut that makes them equal",
    ],
    [
      "sequential([8, 4, 4], [parallel([[relu()], [dense(3)]])]);",
      "dense expects [features], got [8, 4, 4]; add flatten()",
    ],
  ])("say what to do: %s", (source, message) => {
    const output = checkSource(source);
    // A dimension that is not literal reads as a placeholder, and the whole text then as a template.
    const text = message.replaceAll("?", "$".concat("{number}"));
    expect(output).toContain(text === message ? `'"${text}"'` : `'\`${text}\`'`);
    expect(output.match(/error TS/g)).toHaveLength(1);
  });

  it("stay cheap for a stack of two hundred layers", () => {
    const layers = Array.from(
      { length: 50 },
      () => 'conv2d(8, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(1)',
    );
    const empty = instantiations("");
    const small =
      instantiations("sequential([1, 28, 28], [conv2d(8, { kernel: 3 }), relu(), flatten(), dense(10)]);") - empty;
    const large =
      instantiations(`sequential([1, 28, 28], [${layers.join(", ")}, globalAveragePool2d(), dense(10)]);`) - empty;
    expect(small).toBeLessThan(2_000);
    expect(large).toBeLessThan(60_000);
  });
});
