// What the reference studies share: options, figures over seeds, a JSON file with the machine described.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { info } from "netwright";

export interface StudyOptions {
  seeds: number;
  epochs: number;
  threads: number;
}

/** `--seeds`, `--epochs` and `--threads` of the command line. */
export function studyOptions(defaults: { epochs: number }): StudyOptions {
  const { values } = parseArgs({
    options: { seeds: { type: "string" }, epochs: { type: "string" }, threads: { type: "string" } },
  });
  return {
    seeds: Number(values.seeds ?? 5),
    epochs: Number(values.epochs ?? defaults.epochs),
    threads: Number(values.threads ?? info().threads),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `0.984 to 0.992`. */
export function range(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}

/** Writes out/<name>.json: the figures and what they were measured on. */
export function report(name: string, figures: object): void {
  mkdirSync("out", { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, ...info() };
  writeFileSync(`out/${name}.json`, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
  console.log(`written: out/${name}.json`);
}
