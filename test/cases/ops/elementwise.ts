// Cases of the elementwise ops: every op on the same shapes, and the ends of float32 where they matter.
import type { Shape } from "../../../lib/errors.js";
import type { Attributes } from "../../../lib/ops/op.js";
import {
  awayFromZero,
  type CaseInput,
  EXTREMES,
  LARGE,
  LENGTHS,
  normal,
  type OpCase,
  type OpCases,
  uniform,
  values,
} from "../op_case.js";

type DrawInput = (shape: Shape) => CaseInput;

const shapes: readonly { name: string; shape: Shape; batch?: number; large?: boolean }[] = [
  ...LENGTHS.map((n) => ({ name: `${n} elements`, shape: [-1, n], batch: 1 })),
  { name: "rows", shape: [-1, 7] },
  { name: "images", shape: [-1, 3, 4, 5] },
  { name: "a vector without batch", shape: [19] },
  { name: "a scalar", shape: [] },
  { name: "large", shape: [-1, 3001], batch: 50, large: true },
];

function onShapes(draws: readonly DrawInput[], attributes?: Attributes): OpCase[] {
  return shapes.map(({ name, shape, batch, large }) => ({
    name: attributes === undefined ? name : `${name} ${JSON.stringify(attributes)}`,
    inputs: draws.map((draw) => draw(shape)),
    ...(attributes && { attributes }),
    ...(batch !== undefined && { batch }),
    ...(large === true && { notDifferenced: LARGE }),
  }));
}

function ends(...inputs: number[][]): OpCase {
  return {
    name: "ends of float32",
    batch: 1,
    inputs: inputs.map((numbers) => values([-1, numbers.length], ...numbers)),
    notDifferenced: EXTREMES,
  };
}

const wide: DrawInput = (shape) => uniform(shape, -9, 9);
const positive: DrawInput = (shape) => uniform(shape, 0.05, 20);
const share: DrawInput = (shape) => uniform(shape, 0.01, 0.99);
const signed: DrawInput = (shape) => uniform(shape, -0.99, 0.99);
const infinity = Number.POSITIVE_INFINITY;
const large = 3e38;

export const cases: OpCases = {
  relu: [...onShapes([awayFromZero]), ends([-infinity, -large, -0, 0, 1e-40, large, infinity, Number.NaN])],
  relu_grad: [...onShapes([normal, awayFromZero]), ends([1, 2, 3], [0, -0, 1e-30])],
  sigmoid: [
    ...onShapes([wide]),
    ends([-infinity, -large, -100, -88.5, -80, 0, 17, 88.5, 100, large, infinity, Number.NaN]),
  ],
  sigmoid_grad: onShapes([normal, share]),
  tanh: [
    ...onShapes([wide]),
    ends([
      -infinity,
      -large,
      -20,
      -9.1,
      -1e-3,
      -1e-7,
      0,
      1e-30,
      1e-5,
      0.1,
      0.6,
      0.63,
      9.1,
      20,
      large,
      infinity,
      Number.NaN,
    ]),
  ],
  tanh_grad: onShapes([normal, signed]),
  exp: [
    ...onShapes([wide]),
    ends([-infinity, -large, -104, -87, -1e-8, 0, 1e-8, 88, 88.7, 89, large, infinity, Number.NaN]),
  ],
  log: [
    ...onShapes([positive]),
    ends([0, 1e-38, 0.5, 0.9999999, 1, 1.0000001, 2, 1e30, large, infinity, Number.NaN, -1]),
  ],
  affine: [
    ...onShapes([normal], { scale: -1.5, offset: 0.25 }),
    { name: "scale only", inputs: [normal([-1, 5])], attributes: { scale: 2, offset: 0 } },
    { name: "offset only", inputs: [normal([-1, 5])], attributes: { scale: 1, offset: -3 } },
    { name: "copy", inputs: [normal([-1, 5])], attributes: { scale: 1, offset: 0 } },
    { name: "constant", inputs: [normal([-1, 5])], attributes: { scale: 0, offset: 7 } },
  ],
  add: onShapes([normal, normal]),
  subtract: onShapes([normal, normal]),
  multiply: onShapes([normal, normal]),
  divide: [...onShapes([normal, awayFromZero]), ends([1, -1, 0, 1], [0, 0, 0, infinity])],
};
