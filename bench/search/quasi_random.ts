// Holds quasi-random points against SciPy's by their discrepancy: npx tsx bench/search/quasi_random.ts [--seeds 20]
import { execFileSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { scrambledSobol } from "../../lib/search/samplers/sobol.js";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "20" } } });
const seeds = Number(values.seeds);
if (!Number.isInteger(seeds) || seeds < 8) {
  console.error(`--seeds: expected a whole number of at least 8, found "${values.seeds}"`);
  process.exit(1);
}

const cases = [2, 6, 12].flatMap((dimensions) => [32, 64, 100].map((count) => ({ dimensions, count })));
const request = cases.map(({ dimensions, count }) => ({
  dimensions,
  count,
  points: Array.from({ length: seeds }, (_, seed) =>
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: dimensions }, (_, dimension) => scrambledSobol(i, dimension, seed)),
    ),
  ),
}));

/** Median discrepancies, and the p value of Mann and Whitney that both Sobol sequences are alike. */
interface Answer {
  readonly here: number;
  readonly sobol: number;
  readonly halton: number;
  readonly random: number;
  readonly p: number;
}

const python = process.env.NETWRIGHT_PYTHON ?? "python3";
let answers: Answer[];
try {
  const script = path.join(import.meta.dirname, "scipy_discrepancy.py");
  answers = JSON.parse(
    execFileSync(python, [script], { input: JSON.stringify(request), encoding: "utf8" }),
  ) as Answer[];
} catch (error) {
  console.error(`${python} did not answer: it needs SciPy 1.7 or newer; NETWRIGHT_PYTHON names another one`);
  throw error;
}
console.log(`Centered discrepancy, median of ${seeds} seeds\n`);
console.log("| parameters | trials | Sobol here | Sobol, SciPy | p | Halton, SciPy | random |");
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const [i, { here, sobol, halton, random, p }] of answers.entries()) {
  const figures = [here, sobol, p, halton, random].map((figure) => figure.toPrecision(3));
  console.log(`| ${cases[i]?.dimensions} | ${cases[i]?.count} | ${figures.join(" | ")} |`);
}
