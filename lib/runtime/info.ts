// What runs here: version, instruction sets, BLAS, bfloat16, threads.
import { type NativeInfo, nativeInfo } from "./native.js";
import { defaultThreads } from "./threads.js";

export type Info = Omit<NativeInfo, "ops">;

/** Version of the package, Node-API level, the instruction set that runs and those there are, the BLAS, how bf16 is computed, and the default threads. */
export function info(): Info {
  const { ops: _, ...rest } = nativeInfo();
  return { ...rest, threads: defaultThreads() };
}
