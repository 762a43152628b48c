// Section 4, loss: squared error against cross-entropy for digits, against the Gaussian likelihood for houses, figures and claims.
import { type Comparison, comparisonFigure, comparisonTable, leader, leaderSentence } from "../measuring/comparison.js";
import { each, pick } from "../networks/digit_runs.js";
import { dollarsMore, errorComparison } from "../measuring/dollars.js";
import { intervalFigure } from "../page/figures.js";
import type { Measured } from "./hyper_parameters_measured.js";
import type { Claim, Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { points, withInterval } from "../measuring/support.js";
import { isPositive, together, type Verdict } from "../measuring/verdict.js";

const RATES = ["0.01", "0.1", "1"];
/** An error that "skyrocketed" is at least twice the other. */
const SKYROCKETED = 2;

function digitComparisons({ digits }: Measured) {
  const by = (prefix: string) =>
    each(
      pick(
        digits,
        RATES.map((rate) => [rate, `${prefix} ${rate}`] as const),
      ),
      ({ accuracy }) => accuracy,
    );
  const [squared, entropy] = [by("sgd"), by("cross-entropy")];
  const best = (results: ReadonlyMap<string, readonly number[]>) => leader({ choice: "", measure: "", results });
  const rates = { mse: best(squared), entropy: best(entropy) };
  const tuned: Comparison = {
    choice: "loss, its best learning rate",
    measure: "validation accuracy",
    results: new Map([
      ["mse", squared.get(rates.mse)!],
      ["cross-entropy", entropy.get(rates.entropy)!],
    ]),
  };
  return { squared, entropy, rates, tuned };
}

function houseComparisons({ long }: Measured) {
  const by = (figure: "bestValidation" | "bestTest") =>
    errorComparison(
      "loss",
      figure === "bestTest" ? "test error in dollars" : "validation error in dollars",
      new Map([
        ["mse", long.get("mse")!.map((run) => run[figure])],
        ["Gaussian likelihood", long.get("gaussian")!.map((run) => run[figure])],
      ]),
    );
  return { validation: by("bestValidation"), test: by("bestTest") };
}

export function lossParts(measured: Measured): Part[] {
  const { squared, entropy, rates, tuned } = digitComparisons(measured);
  const { validation, test } = houseComparisons(measured);
  const estimates = (results: ReadonlyMap<string, readonly number[]>) =>
    new Map([...results].map(([rate, values]) => [rate, estimate(values)]));
  const correlation = estimate(measured.long.get("gaussian")!.map((run) => run.correlation));
  return [
    {
      kind: "text",
      heading: "Loss",
      paragraphs: [
        "Digits. Cross-entropy is the negative logarithm of the probability that the network gives to the right class; mse compares all ten probabilities with 0 and 1. Behind a softmax their gradients differ most where the network is wrong and sure of it: cross-entropy pulls hard there, while mse is flat. With few mistakes left, mse has the smaller gradients of the two, and it is averaged over ten classes besides, so the same learning rate means shorter steps. A comparison at a single learning rate is therefore one of step lengths as much as of losses.",
        `At 0.1, the original's, mse minus cross-entropy is ${withInterval(difference(squared.get("0.1")!, entropy.get("0.1")!), points)}; with the best of three rates for each (${rates.mse} for mse, ${rates.entropy} for cross-entropy): ${leaderSentence(tuned)}`,
      ],
    },
    intervalFigure(
      "Digits: validation accuracy by loss and learning rate. Large dots are means, bars their 95 % intervals, small dots single trainings.",
      { x: "learning rate of SGD", y: "validation accuracy", yFormat: ".1%" },
      [
        { name: "mse", estimates: estimates(squared) },
        { name: "cross-entropy", estimates: estimates(entropy) },
      ],
    ),
    {
      kind: "text",
      paragraphs: [
        `Houses. Under the Gaussian likelihood a miss counts in units of the predicted sigma, so houses that are hard to price pull less. Both networks trained for ${measured.longEpochs} epochs, mse with Adam at 0.01, the likelihood at 0.001, and each at its best epoch by its own validation loss. On the test rows: ${leaderSentence(test)}`,
        `On the validation rows: ${leaderSentence(validation)}`,
        `What the likelihood is for is the sigma: its rank correlation with the absolute error on the test houses is ${withInterval(correlation, two)}, where 0 would mean that it says nothing about single houses. Section 2 shows how well it is calibrated.`,
      ],
    },
    comparisonFigure("Houses: test error of the predicted price by loss.", test),
    comparisonTable("Houses: test error by loss.", test),
  ];
}

export function lossClaims(measured: Measured): Claim[] {
  const { squared, entropy, rates, tuned } = digitComparisons(measured);
  const same = difference(squared.get("0.1")!, entropy.get("0.1")!);
  const best = difference(tuned.results.get("mse")!, tuned.results.get("cross-entropy")!);
  const { validation, test } = houseComparisons(measured);
  const ratios = [validation, test].map(({ results }) => {
    const [mse, likelihood] = [results.get("mse")!, results.get("Gaussian likelihood")!];
    return estimate(likelihood.map((error, i) => error / mse[i]!));
  });
  const gap = difference(test.results.get("Gaussian likelihood")!, test.results.get("mse")!);
  const correlation = estimate(measured.long.get("gaussian")!.map((run) => run.correlation));
  return [
    {
      original: "For digits the mse loss outperformed cross-entropy.",
      measured: `Validation accuracy, mse minus cross-entropy: at a learning rate of 0.1 ${withInterval(same, points)}; each at its best rate (${rates.mse} and ${rates.entropy}) ${withInterval(best, points)}.`,
      verdict: together([isPositive(same), isPositive(best)]),
    },
    {
      original: "For houses the Gaussian likelihood helps to express ambiguity.",
      measured: `Rank correlation of predicted sigma and absolute error on the test houses: ${withInterval(correlation, two)}.`,
      verdict: isPositive(correlation),
    },
    {
      original: "Compared to the best model trained with mse, the error of the Gaussian likelihood skyrocketed.",
      measured: `Its error as a multiple of that under mse: validation ${withInterval(ratios[0]!, two)}, test ${withInterval(ratios[1]!, two)} (${withInterval(gap, dollarsMore)}). To skyrocket is to be twice as large at least; larger by less is "in part".`,
      verdict: together(ratios.map(skyrocketed)),
    },
  ];
}

function skyrocketed({ low, high }: Estimate): Verdict {
  const doubled = isPositive({ low: low - SKYROCKETED, high: high - SKYROCKETED });
  return doubled === "does not agree" && low > 1 ? "in part" : doubled;
}

function two(value: number): string {
  return value.toFixed(2);
}
