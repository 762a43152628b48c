// Ladder 2: every kernel against the float64 reference, on every instruction set, BLAS and number of threads.
import { describe, expect, test } from "vitest";
import { opNames } from "../../lib/ops/op.js";
import { loadNative } from "../../lib/runtime/native.js";
import type { OpCase } from "../cases/op_case.js";
import { allCases, drawInputs } from "./all_cases.js";
import { nativeOutputs, referenceOutputs, type Setting } from "./one_op.js";
import { bf16Tolerance, firstDifference, tolerance } from "./tolerance.js";

const native = loadNative();
const { instructionSets, blas } = native.info();
const settings: Omit<Setting, "threads">[] = instructionSets.flatMap((instructionSet) =>
  (blas === "builtin" ? (["builtin"] as const) : (["builtin", "system"] as const)).map((product) => ({
    instructionSet,
    blas: product,
  })),
);
const cases = await allCases();

test("the scalar kernels exist everywhere, as the last resort", () => {
  expect(instructionSets.at(-1)).toBe("scalar");
});

for (const op of opNames())
  describe(op, () => {
    for (const opCase of cases.get(op) ?? []) test(opCase.name, () => checkKernel(op, opCase));
  });

async function checkKernel(op: string, opCase: OpCase): Promise<void> {
  const inputs = drawInputs(op, opCase);
  const expected = referenceOutputs(op, opCase, inputs);
  const allowed = opCase.attributes?.precision === "bf16" ? bf16Tolerance : tolerance;
  const relative = opCase.tolerance?.relative ?? allowed(opCase.reduction ?? 1);
  for (const setting of settings) {
    const where = `${setting.instructionSet}, ${setting.blas} products`;
    const found = await nativeOutputs(native, op, opCase, inputs, { ...setting, threads: 1 });
    expect(found.length, `${where}: outputs`).toBe(expected.length);
    for (const [i, output] of found.entries())
      expect(firstDifference(output, expected[i]!, relative), `${where}: output ${i}`).toBeUndefined();
    for (const threads of [2, 3]) {
      const again = await nativeOutputs(native, op, opCase, inputs, { ...setting, threads });
      for (const [i, output] of again.entries())
        expect(
          sameBits(output, found[i]!),
          `${where}: output ${i} has other bits on ${threads} threads than on one`,
        ).toBe(true);
    }
  }
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const bits = (x: Float32Array) => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  return bits(a).equals(bits(b));
}
