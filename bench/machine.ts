// What machine and which versions the figures come from, and whether anything else ran on it.
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Info, info } from "netwright";
import { root, run } from "../test/tools/shell.js";
import { onnxRuntimeVersion } from "./peers/onnx_runtime.js";

export interface Machine {
  readonly cpu: string | undefined;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly platform: string;
  readonly netwright: Info;
  readonly node: string;
  readonly onnxRuntime?: string;
  readonly compiler?: string;
}

export function describeMachine(): Machine {
  const onnxRuntime = onnxRuntimeVersion();
  const compiler = compilerName();
  return {
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    netwright: info(),
    node: process.version,
    ...(onnxRuntime && { onnxRuntime }),
    ...(compiler && { compiler }),
  };
}

/** "c++ (Debian 12.2.0-14) 12.2.0", of the build in build/. */
function compilerName(): string | undefined {
  try {
    const cache = readFileSync(path.join(root, "build", "CMakeCache.txt"), "utf8");
    const compiler = /^CMAKE_CXX_COMPILER:\w+=(.+)$/m.exec(cache)?.[1];
    return compiler && run(compiler, ["--version"], { capture: true }).output.split("\n")[0];
  } catch {
    return undefined;
  }
}

/** Milliseconds of all cores since the system started: all, idle. */
function coreTimes(): { all: number; idle: number } {
  const sums = { all: 0, idle: 0 };
  for (const { times } of cpus()) {
    sums.all += times.user + times.nice + times.sys + times.irq + times.idle;
    sums.idle += times.idle;
  }
  return sums;
}

/** The share of the cores that others use while this process waits. */
export async function othersShare(): Promise<number> {
  const before = coreTimes();
  await pause(1500);
  const after = coreTimes();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

/** The share of time that the host took from this virtual machine since it started, in jiffies; undefined elsewhere. */
export function stolenTime(): { stolen: number; all: number } | undefined {
  try {
    const [, ...fields] = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").trim().split(/\s+/);
    const numbers = fields.slice(0, 8).map(Number);
    return { stolen: numbers[7] ?? 0, all: numbers.reduce((sum, value) => sum + value, 0) };
  } catch {
    return undefined;
  }
}
