// Holds this package's samplers against Optuna's: npx tsx bench/search/compare.ts [--seeds 20] [--trials 100] [--only branin,random]
import { parseArgs } from "node:util";
import { contest, type Figures, samplers } from "./contest.js";
import { functions } from "./functions.js";
import { quantile } from "./rank_test.js";

const HELP = `npx tsx bench/search/compare.ts [options]
  --seeds 20           runs of each sampler on each function
  --trials 100         of each run
  --only branin        functions and samplers (random, cmaEs, multivariate, univariate) with these names
NETWRIGHT_PYTHON names a Python that has Optuna; otherwise it is the system's.`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    trials: { type: "string", default: "100" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a positive whole number, found "${text}"\n${HELP}`);
  process.exit(1);
}

/** Those that are named, all of them when none is. */
function wanted(all: readonly string[], names: readonly string[]): string[] {
  const named = all.filter((name) => names.includes(name));
  return named.length > 0 ? named : [...all];
}

function number(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

function spread(figures: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => number(quantile(figures, share)));
  return `${middle} (${low} to ${high})`;
}

function verdict(figure: keyof Figures, match: { ours: Figures; optuna: Figures; p: { best: number; area: number } }) {
  if (match.p[figure] >= 0.05) return "alike";
  return quantile(match.ours[figure], 0.5) < quantile(match.optuna[figure], 0.5) ? "better" : "WORSE";
}

if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const only = values.only.split(",").filter((name) => name !== "");
const functionNames = functions.map(({ name }) => name);
const unknown = only.filter((name) => !functionNames.includes(name) && !Object.hasOwn(samplers, name));
if (unknown.length > 0) {
  console.error(`--only: there is no ${unknown.join(", ")}\n${HELP}`);
  process.exit(1);
}
const seeds = whole("seeds", values.seeds);
const trials = whole("trials", values.trials);
const chosen = wanted(functionNames, only);
const { matches, version } = await contest({
  functions: functions.filter(({ name }) => chosen.includes(name)),
  samplers: wanted(Object.keys(samplers), only),
  seeds,
  trials,
});
console.log(`${seeds} runs of ${trials} trials, minimized; median (quartiles); Optuna ${version}\n`);
console.log(
  "| function | sampler | figure | here | Optuna | p | here is |\n| --- | --- | --- | --- | --- | --- | --- |",
);
for (const match of matches)
  for (const figure of ["best", "area"] as const)
    console.log(
      `| ${match.function} | ${match.sampler} | ${figure} | ${spread(match.ours[figure])} | ` +
        `${spread(match.optuna[figure])} | ${match.p[figure].toFixed(3)} | ${verdict(figure, match)} |`,
    );
console.log(
  `\nbest: of all trials; area: mean over the trials of the best so far. p: Mann-Whitney, two-sided; of ${2 * matches.length}` +
    ` such p values of equal samplers about ${(0.1 * matches.length).toFixed(1)} are below 0.05.`,
);
