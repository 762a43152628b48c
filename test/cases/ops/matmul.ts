// Cases of matmul.
import { AFTER_DIFFERENTIATION, inBf16, LARGE, LENGTHS, normal, type OpCase, type OpCases } from "../op_case.js";

interface Size {
  m: number;
  k: number;
  n: number;
}

/** -1 is put where the batch goes: m, or k of a weight gradient. */
function product(
  name: string,
  { m, k, n }: Size,
  ta: boolean,
  tb: boolean,
  bias: boolean,
  { relu = false, ...more }: Partial<OpCase> & { readonly relu?: boolean } = {},
): OpCase {
  const batch = more.batch ?? 3;
  const a = normal(ta ? [k, m] : [m, k]);
  const b = normal(tb ? [n, k] : [k, n]);
  return {
    name: `${name} ${ta ? "transposed " : ""}[${m}, ${k}] x ${tb ? "transposed " : ""}[${k}, ${n}]${bias ? " + bias" : ""}`,
    inputs: bias ? [a, b, normal([n])] : [a, b],
    attributes: { ta, tb, ...(relu && { activation: "relu" }) },
    reduction: k === -1 ? batch : k,
    ...more,
  };
}

const products: readonly OpCase[] = [
  ...LENGTHS.map((n) => product("columns", { m: -1, k: 5, n }, false, false, true)),
  ...LENGTHS.map((k) => product("inner", { m: -1, k, n: 9 }, false, false, false)),
  ...LENGTHS.map((batch) => product(`batch ${batch}`, { m: -1, k: 6, n: 10 }, false, false, true, { batch })),
  product("one number", { m: -1, k: 1, n: 1 }, false, false, true, { batch: 1 }),
  product("no batch", { m: 4, k: 3, n: 5 }, false, false, true),
  product("gradient of the input", { m: -1, k: 9, n: 17 }, false, true, false),
  product("gradient of the input, wide", { m: -1, k: 33, n: 70 }, false, true, false, { batch: 17 }),
  product("gradient of the weight", { m: 9, k: -1, n: 17 }, true, false, false),
  product("gradient of the weight, one row", { m: 7, k: -1, n: 5 }, true, false, false, { batch: 1 }),
  product("gradient of the weight, many rows", { m: 33, k: -1, n: 31 }, true, false, false, { batch: 65 }),
  product("both transposed", { m: 6, k: 5, n: 8 }, true, true, true),
  product("transposed weight with bias", { m: -1, k: 5, n: 18 }, false, true, true),
  product("large", { m: -1, k: 300, n: 130 }, false, false, true, { batch: 67, notDifferenced: LARGE }),
  product("large input gradient", { m: -1, k: 130, n: 300 }, false, true, false, {
    batch: 67,
    notDifferenced: LARGE,
  }),
  product("large weight gradient", { m: 300, k: -1, n: 130 }, true, false, false, {
    batch: 67,
    notDifferenced: LARGE,
  }),
];

const RELU = { relu: true, notDifferenced: AFTER_DIFFERENTIATION };
const fused: readonly OpCase[] = [
  ...LENGTHS.map((n) => product("relu", { m: -1, k: 5, n }, false, false, true, RELU)),
  product("relu without bias", { m: -1, k: 5, n: 9 }, false, false, false, RELU),
  product("relu after blocks of k", { m: -1, k: 1100, n: 9 }, false, false, true, RELU),
  product("relu, transposed weight", { m: -1, k: 130, n: 70 }, false, true, true, RELU),
];

export const cases: OpCases = { matmul: [...products, ...products.map(inBf16), ...fused] };
