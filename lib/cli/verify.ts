// `netwright verify`: an exported file in ONNX Runtime against the outputs stored beside it.
import { verifyOnnx } from "../onnx/verify.js";
import { type Command, parse, UsageError } from "./command.js";

export const verify: Command = {
  name: "verify",
  summary: "run an exported ONNX file in ONNX Runtime and compare",
  usage: `netwright verify <model.onnx> [--samples file] [--threshold 1e-4]

Runs the file in ONNX Runtime (npm install onnxruntime-node) on the samples that were stored beside it
when it was exported. Prints the largest difference of each output; exit code 1 when one is larger than the
threshold, a share of the output's largest magnitude.`,
  async run(parameters) {
    const { values, positionals } = parse(parameters, { samples: { type: "string" }, threshold: { type: "string" } }, [
      "the ONNX file",
    ]);
    const threshold = values.threshold === undefined ? undefined : Number(values.threshold);
    if (threshold !== undefined && !(threshold > 0)) throw new UsageError(`--threshold: expected a number above 0`);
    const result = await verifyOnnx(positionals[0] as string, {
      ...(threshold !== undefined && { threshold }),
      ...(values.samples !== undefined && { samples: values.samples }),
    });
    for (const { name, maxDifference, largest, relative } of result.outputs)
      console.log(
        `${name}: largest difference ${maxDifference.toExponential(2)}, largest value ${largest.toPrecision(4)}, relative ${relative.toExponential(2)}`,
      );
    console.log(
      `${result.rows} samples, relative difference allowed ${result.threshold.toExponential(0)}: ${result.passed ? "passed" : "FAILED"}`,
    );
    return result.passed ? 0 : 1;
  },
};
