// Ops in TypeScript, native kernels and cases on disk are the same list; a failure names the file that is missing.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "../../lib/ops/index.js";
import { opNames } from "../../lib/ops/op.js";
import { loadNative } from "../../lib/runtime/native.js";
import { allCases } from "./all_cases.js";

const OPS = new URL("../../lib/ops/", import.meta.url);

/** The file that defines an op, without its ending: the name of its native folder and its cases. */
function fileOf(op: string): string {
  const mentions = (file: string) =>
    readFileSync(new URL(file, OPS), "utf8").match(new RegExp(`name: "${op}"|^  ${op}: \\{`, "m"));
  return (readdirSync(OPS).find((file) => mentions(file)) ?? `${op}.ts`).replace(/\.ts$/, "");
}

const cases = await allCases();

test("every op has cases", () => {
  const missing = opNames().filter((op) => (cases.get(op)?.length ?? 0) === 0);
  expect(missing.map((op) => `add cases of ${op} to test/cases/ops/${fileOf(op)}.ts`)).toEqual([]);
});

test("every case belongs to an op", () => {
  const unknown = [...cases.keys()].filter((op) => !opNames().includes(op));
  expect(
    unknown.map((op) => `define ${op} in lib/ops/${op}.ts and import it in lib/ops/index.ts, or delete its cases`),
  ).toEqual([]);
});

test("case names are unique for each op", () => {
  const twice = [...cases].flatMap(([op, list]) => {
    const names = list.map(({ name }) => name);
    return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${op}: ${name}`);
  });
  expect(twice).toEqual([]);
});

test("every op file is imported by the index", () => {
  const index = readFileSync(new URL("index.ts", OPS), "utf8");
  const files = readdirSync(OPS).filter((file) =>
    /^defineOp\(|^ {2}defineOp\(/m.test(readFileSync(new URL(file, OPS), "utf8")),
  );
  const forgotten = files.filter((file) => !index.includes(`"./${file.replace(/\.ts$/, ".js")}"`));
  expect(forgotten.map((file) => `import ./${file} in lib/ops/index.ts`)).toEqual([]);
});

test("every op has a kernel and every kernel an op", () => {
  const { ops } = loadNative().info();
  const noKernel = opNames().filter((op) => !ops.includes(op));
  expect(
    noKernel.map((op) => `add native/ops/${fileOf(op)}/cpu.cc with ${op}_op and its line in native/ops/registry.cc`),
  ).toEqual([]);
  const noOp = ops.filter((op) => !opNames().includes(op));
  expect(noOp.map((op) => `add ${op} to lib/ops/ and import its file in lib/ops/index.ts`)).toEqual([]);
});
