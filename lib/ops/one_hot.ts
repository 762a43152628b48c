// Class labels as rows of zeros with a single one.
import { count, float32, operands, shapeError, whole } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "one_hot",
  infer(inputs, attributes) {
    const { index } = operands("one_hot", inputs, ["index"]);
    if (index.shape.length !== 1 || index.dtype !== "int32")
      shapeError(
        "one_hot",
        `expects class numbers [batch] of type int32, found ${index.dtype}`,
        { index },
        "give one class per row",
      );
    return [float32([index.shape[0]!, whole("one_hot", attributes, "classes", 1)])];
  },
  reference([index], shapes) {
    const [, classes] = shapes.out[0] as [number, number];
    const y = new Float64Array(count(shapes.out[0]!));
    for (const [row, found] of index!.entries()) {
      // Data sets are checked before; a number out of range must show, not pass as a class of its own.
      if (found < 0 || found >= classes) y.fill(Number.NaN, row * classes, (row + 1) * classes);
      else y[row * classes + found] = 1;
    }
    return [y];
  },
});
