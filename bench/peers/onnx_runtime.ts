// ONNX Runtime on a file that netwright exported, with the same threads, in this process as an application would.
import { createRequire } from "node:module";
import type { Contender } from "../turns.js";

export interface OnnxRuntime extends Contender {
  close(): Promise<void>;
}

export function onnxRuntimeVersion(): string | undefined {
  try {
    return (createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** undefined without onnxruntime-node. */
export async function startOnnxRuntime(
  file: string,
  threads: number,
  input: { readonly data: Float32Array; readonly shape: readonly number[] },
): Promise<OnnxRuntime | undefined> {
  const version = onnxRuntimeVersion();
  if (version === undefined) return undefined;
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
  });
  const feeds = { [session.inputNames[0] as string]: new Tensor("float32", input.data, input.shape) };
  return {
    name: `ONNX Runtime ${version}`,
    async measure(times) {
      const started = performance.now();
      for (let call = 0; call < times; call++) await session.run(feeds);
      return (performance.now() - started) / times;
    },
    close: () => session.release(),
  };
}
