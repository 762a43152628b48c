// Losses and metrics that end in a scalar, with the gradients of those that are trained on.
import { float32, operands, requireEqual, shapeError } from "./check.js";
import { defineOp, type ReferenceShapes, type ValueType } from "./op.js";
import { logSoftmax, mapRows, requireMatrix } from "./softmax.js";

const REMEDY = "give the model as many outputs as the target has values";

const meanOver = (x: Float64Array, n: number) => Float64Array.of(x.reduce((sum, value) => sum + value, 0) / n);

defineOp({
  name: "mean_squared_error",
  infer: (inputs) => [scalarOf("mean_squared_error", operands("mean_squared_error", inputs, ["prediction", "target"]))],
  grad: (g, { dy, x }) => [g.op("mean_squared_error_grad", [dy[0]!, ...x]), null],
  reference: ([prediction, target]) => [
    meanOver(
      prediction!.map((value, i) => (value - target![i]!) ** 2),
      prediction!.length,
    ),
  ],
});

defineOp({
  name: "mean_squared_error_grad",
  infer: (inputs) =>
    gradientsOf(
      "mean_squared_error_grad",
      operands("mean_squared_error_grad", inputs, ["dloss", "prediction", "target"]),
      1,
    ),
  reference: ([dloss, prediction, target]) => [
    prediction!.map((value, i) => (dloss![0]! * 2 * (value - target![i]!)) / prediction!.length),
  ],
});

defineOp({
  name: "softmax_cross_entropy",
  infer(inputs) {
    const all = operands("softmax_cross_entropy", inputs, ["logits", "target"]);
    requireMatrix("softmax_cross_entropy", all);
    return [scalarOf("softmax_cross_entropy", all)];
  },
  grad: (g, { dy, x }) => [g.op("softmax_cross_entropy_grad", [dy[0]!, ...x]), null],
  reference([logits, target], shapes) {
    const { rows, columns } = matrix(shapes, 0);
    const losses = mapRows(columns, [logits!, target!], ([row, t]) =>
      logSoftmax(row!).map((value, i) => -t![i]! * value),
    );
    return [meanOver(losses, rows)];
  },
});

defineOp({
  name: "softmax_cross_entropy_grad",
  infer(inputs) {
    const { dloss, ...all } = operands("softmax_cross_entropy_grad", inputs, ["dloss", "logits", "target"]);
    requireMatrix("softmax_cross_entropy_grad", all);
    return gradientsOf("softmax_cross_entropy_grad", { dloss, ...all }, 1);
  },
  reference([dloss, logits, target], shapes) {
    const { rows, columns } = matrix(shapes, 1);
    return [
      mapRows(columns, [logits!, target!], ([row, t]) => {
        const weight = t!.reduce((sum, value) => sum + value, 0);
        return logSoftmax(row!).map((value, i) => ((Math.exp(value) * weight - t![i]!) * dloss![0]!) / rows);
      }),
    ];
  },
});

defineOp({
  name: "gaussian_nll",
  infer(inputs) {
    const all = operands("gaussian_nll", inputs, ["mean", "log_variance", "target"]);
    requireMatrix("gaussian_nll", all);
    return [scalarOf("gaussian_nll", all)];
  },
  grad: (g, { dy, x }) => [...g.opAll("gaussian_nll_grad", [dy[0]!, ...x]), null],
  reference([mean, logVariance, target], shapes) {
    const losses = mean!.map((m, i) => {
      const lv = logVariance![i]!;
      return 0.5 * (Math.log(2 * Math.PI) + lv + (target![i]! - m) ** 2 * Math.exp(-lv));
    });
    return [meanOver(losses, matrix(shapes, 0).rows)];
  },
});

defineOp({
  name: "gaussian_nll_grad",
  infer: (inputs) =>
    gradientsOf(
      "gaussian_nll_grad",
      operands("gaussian_nll_grad", inputs, ["dloss", "mean", "log_variance", "target"]),
      2,
    ),
  reference([dloss, mean, logVariance, target], shapes) {
    const scale = dloss![0]! / matrix(shapes, 1).rows;
    const dmean = mean!.map((m, i) => scale * (m - target![i]!) * Math.exp(-logVariance![i]!));
    const dlogVariance = mean!.map((m, i) => scale * 0.5 * (1 - (target![i]! - m) ** 2 * Math.exp(-logVariance![i]!)));
    return [dmean, dlogVariance];
  },
});

defineOp({
  name: "mean_absolute_error",
  infer: (inputs) => [
    scalarOf("mean_absolute_error", operands("mean_absolute_error", inputs, ["prediction", "target"])),
  ],
  reference: ([prediction, target]) => [
    meanOver(
      prediction!.map((value, i) => Math.abs(value - target![i]!)),
      prediction!.length,
    ),
  ],
});

defineOp({
  name: "accuracy",
  infer(inputs) {
    const all = operands("accuracy", inputs, ["scores", "target"]);
    requireMatrix("accuracy", all);
    return [scalarOf("accuracy", all)];
  },
  reference([scores, target], shapes) {
    const { rows, columns } = matrix(shapes, 0);
    const largest = (x: Float64Array, row: number) => firstLargest(x.subarray(row * columns, (row + 1) * columns));
    let right = 0;
    for (let row = 0; row < rows; row++) if (largest(scores!, row) === largest(target!, row)) right++;
    return [Float64Array.of(right / rows)];
  },
});

function scalarOf(op: string, all: Readonly<Record<string, ValueType>>): ValueType {
  requireEqual(op, all, REMEDY);
  return float32([]);
}

function gradientsOf(op: string, { dloss, ...all }: Readonly<Record<string, ValueType>>, outputs: number): ValueType[] {
  if (dloss?.shape.length !== 0)
    shapeError(op, "expects a scalar gradient []", { dloss: dloss!, ...all }, "take the gradient of the loss");
  requireEqual(op, all, REMEDY);
  return Array.from({ length: outputs }, () => float32(Object.values(all)[0]!.shape));
}

function matrix(shapes: ReferenceShapes, input: number): { rows: number; columns: number } {
  const [rows, columns] = shapes.in[input] as [number, number];
  return { rows, columns };
}

function firstLargest(row: Float64Array): number {
  return row.reduce((best, value, i) => (value > row[best]! ? i : best), 0);
}
