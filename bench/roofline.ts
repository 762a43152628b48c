// Builds and runs the roofline program, and answers what the machine could do at most.
import { existsSync } from "node:fs";
import path from "node:path";
import { jobs, root, run } from "../test/tools/shell.js";

interface Rate {
  readonly size: number;
  readonly gflops: number;
}

export interface Roofline {
  readonly threads: number;
  readonly instructionSet: string;
  readonly blas: { readonly name: string; readonly sgemm: readonly Rate[] } | null;
  readonly builtin: readonly Rate[];
  readonly triad: readonly { readonly bytesPerThread: number; readonly gbytes: number }[];
  readonly onednn: {
    readonly version: string;
    readonly rows: readonly {
      readonly network: string;
      readonly batch: number;
      readonly type: "float32" | "bf16";
      readonly forwardMilliseconds: number;
      readonly stepMilliseconds: number;
      readonly kernel: string;
    }[];
  } | null;
}

/** The program's path, or undefined where it cannot be built: no CMake, or the package as it is published. */
export function buildRoofline(): string | undefined {
  const build = path.join(root, "build");
  if (!existsSync(path.join(build, "CMakeCache.txt"))) return undefined;
  for (const parameters of [
    ["-DNETWRIGHT_TESTS=ON", build],
    ["--build", build, "--target", "roofline", "--parallel", jobs],
  ]) {
    const { code, output } = run("cmake", parameters, { capture: true });
    if (code !== 0) {
      console.log(`the roofline program could not be built: ${output.trim().split("\n").at(-1)}`);
      return undefined;
    }
  }
  return path.join(build, "bench", "roofline");
}

export function measureRoofline(program: string, threads: number, quick: boolean): Roofline | undefined {
  const parameters = [String(threads), ...(quick ? ["quick"] : [])];
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  const { code, output } = run(program, parameters, { capture: true, env });
  if (code === 0) return JSON.parse(output) as Roofline;
  console.log(`the roofline program ended with code ${code}: ${output.trim().split("\n").at(-1)}`);
  return undefined;
}

/** GFLOP/s of the best product of matrices, whoever computes it. */
export function bestProduct({ blas, builtin }: Roofline): number {
  return Math.max(...[...(blas?.sgemm ?? []), ...builtin].map(({ gflops }) => gflops));
}

/** GB/s for work that touches so many bytes: that of the smallest cache which holds them. */
export function bandwidthFor({ triad, threads }: Roofline, bytes: number): number {
  const fitting = triad.find(({ bytesPerThread }) => bytes / threads <= bytesPerThread) ?? triad.at(-1);
  return fitting?.gbytes ?? Number.NaN;
}

/** Milliseconds that this work takes at least: arithmetic or memory, whichever is slower. */
export function leastMilliseconds(roofline: Roofline, operations: number, bytes: number): number {
  const arithmetic = operations / bestProduct(roofline) / 1e6;
  return bytes === 0 ? arithmetic : Math.max(arithmetic, bytes / bandwidthFor(roofline, bytes) / 1e6);
}
