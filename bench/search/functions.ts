// Standard functions that samplers are compared on, as objectives to be minimized: optuna_samplers.py has the same ones.
import type { Choice } from "../../lib/search/distribution.js";

/** What an objective asks a trial for; a trial of a study has these methods too. */
export interface Suggest {
  float(name: string, low: number, high: number, options?: { log?: boolean }): number;
  int(name: string, low: number, high: number): number;
  categorical<T extends Choice>(name: string, choices: readonly T[]): T;
}

export interface TestFunction {
  readonly name: string;
  /** Least value. */
  readonly optimum: number;
  readonly objective: (trial: Suggest) => number;
}

const hartmannWeights = [1, 1.2, 3, 3.2];
const hartmannScales = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannCentres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

function floats(trial: Suggest, count: number, low: number, high: number): number[] {
  return Array.from({ length: count }, (_, i) => trial.float(`x${i}`, low, high));
}

export const functions: readonly TestFunction[] = [
  {
    name: "branin",
    optimum: 0.397887,
    objective: (trial) => {
      const x = trial.float("x", -5, 10);
      const y = trial.float("y", 0, 15);
      const bend = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
      return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    },
  },
  {
    name: "hartmann6",
    optimum: -3.32237,
    objective: (trial) => {
      const x = floats(trial, 6, 0, 1);
      return -hartmannWeights.reduce((sum, weight, i) => {
        const distance = x.reduce(
          (total, value, j) => total + hartmannScales[i]![j]! * (value - hartmannCentres[i]![j]!) ** 2,
          0,
        );
        return sum + weight * Math.exp(-distance);
      }, 0);
    },
  },
  {
    name: "rosenbrock10",
    optimum: 0,
    objective: (trial) => {
      const x = floats(trial, 10, -5, 10);
      let sum = 0;
      for (let i = 0; i < 9; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
      return sum;
    },
  },
  {
    name: "conditional",
    optimum: 0,
    objective: (trial) => {
      if (trial.categorical("branch", ["plane", "scale"]) === "plane")
        return 0.5 + (trial.float("x", -5, 5) - 1) ** 2 + (trial.float("y", -5, 5) + 2) ** 2;
      const exponent = Math.log10(trial.float("rate", 1e-5, 1, { log: true }));
      return (exponent + 3) ** 2 + 0.25 * (trial.int("depth", 1, 12) - 8) ** 2;
    },
  },
];
