// Section 4, optimizer: each with several learning rates, for digits and for houses, figures and claims.
import { type Comparison, comparisonFigure, comparisonTable, leader, leaderSentence } from "../measuring/comparison.js";
import { each, pick } from "../networks/digit_runs.js";
import { dollarsMore, errorComparison } from "../measuring/dollars.js";
import { curveFigure } from "../page/figures.js";
import { HOUSE_RATES, type Measured } from "./hyper_parameters_measured.js";
import type { Claim, Part } from "../section.js";
import { difference, estimate } from "../measuring/statistics.js";
import { points, withInterval } from "../measuring/support.js";
import { isNegative, isPositive, together } from "../measuring/verdict.js";

const NAMES = ["sgd", "rmsprop", "adam"];
const DIGIT_TRIALS: Readonly<Record<string, readonly string[]>> = {
  sgd: ["sgd 0.01", "sgd 0.1", "sgd 1"],
  rmsprop: ["rmsprop 0.0003", "rmsprop 0.003"],
  adam: ["adam 0.0003", "adam 0.003"],
};
/** Half a point of accuracy: less does not make an optimizer a bad choice. */
const MARGIN = 0.005;

/** Each optimizer at its best learning rate, and which one that is. */
function comparisons({ digits, rates }: Measured) {
  const bestOf = (candidates: Comparison) => {
    const rate = leader(candidates);
    return { rate, values: candidates.results.get(rate)! };
  };
  const images = NAMES.map((name) => {
    const runs = pick(
      digits,
      DIGIT_TRIALS[name]!.map((trial) => [trial, trial] as const),
    );
    return bestOf({ choice: name, measure: "", results: each(runs, ({ accuracy }) => accuracy) });
  });
  const houses = NAMES.map((name) =>
    bestOf(
      errorComparison(
        name,
        "",
        new Map(
          HOUSE_RATES.map((learningRate): [string, number[]] => [
            `${name} ${learningRate}`,
            rates.errors({ optimizer: name, learningRate, batchSize: 64 }),
          ]),
        ),
      ),
    ),
  );
  const resultsOf = (found: typeof images) => new Map(found.map(({ values }, i) => [NAMES[i]!, values]));
  return {
    images: {
      choice: "optimizer, its best learning rate",
      measure: "validation accuracy",
      results: resultsOf(images),
    } satisfies Comparison,
    imageRates: images.map(({ rate }) => rate),
    houses: errorComparison("optimizer, its best learning rate", "validation error in dollars", resultsOf(houses)),
    houseRates: houses.map(({ rate }) => rate),
  };
}

export function optimizerParts(measured: Measured): Part[] {
  const { images, imageRates, houses, houseRates } = comparisons(measured);
  const curves = NAMES.map((name) => ({
    name,
    x: HOUSE_RATES,
    y: HOUSE_RATES.map((learningRate) =>
      estimate(measured.rates.errors({ optimizer: name, learningRate, batchSize: 64 })),
    ),
  }));
  const away = NAMES.map((name) =>
    HOUSE_RATES.reduce(
      (sum, learningRate) => sum + measured.rates.ranAway({ optimizer: name, learningRate, batchSize: 64 }),
      0,
    ),
  );
  return [
    {
      kind: "text",
      heading: "Optimizer",
      paragraphs: [
        "SGD takes the gradient as it is. RMSprop divides each weight's gradient by a running mean of its size, and Adam averages the gradient as well. Where gradients of different weights are of very different sizes, that makes one learning rate fit them all; where normalization already does so, as batch normalization does in the network for digits, there is less to be gained. An optimizer can only be judged at a learning rate that suits it, so each has several here and is shown with its best one. That choice was made on the same validation rows and flatters all three a little.",
        `Digits (${imageRates.join(", ")}). ${leaderSentence(images)}`,
      ],
    },
    comparisonFigure("Digits: validation accuracy by optimizer.", images),
    {
      kind: "text",
      paragraphs: [
        `Houses (${houseRates.join(", ")}). ${leaderSentence(houses)} Trainings that ran away in the whole grid, recorded as failed trials while the study went on: ${NAMES.map((name, i) => `${away[i]} of ${name}`).join(", ")}.`,
      ],
    },
    curveFigure(
      "Houses: validation error by learning rate, for each optimizer: means over seeds with 95 % intervals; a training that ran away has the error of the mean price.",
      { x: "learning rate", y: "validation error in dollars", xType: "log", yType: "log" },
      curves,
    ),
    comparisonTable("Houses: each optimizer at its best learning rate.", houses, {
      "learning rate": (name) => houseRates[NAMES.indexOf(name)]!.replace(/^\S+ /, ""),
    }),
  ];
}

export function optimizerClaims(measured: Measured): Claim[] {
  const { images, imageRates, houses, houseRates } = comparisons(measured);
  const others = ["rmsprop", "adam"];
  const digitLeads = others.map((name) => difference(images.results.get("sgd")!, images.results.get(name)!));
  const houseLeads = others.map((name) => difference(houses.results.get(name)!, houses.results.get("sgd")!));
  return [
    {
      original: "For classification the SGD optimizer performed well.",
      measured: `Validation accuracy, each at its best learning rate (${imageRates.join(", ")}): ${others.map((name, i) => `SGD minus ${name} ${withInterval(digitLeads[i]!, points)}`).join("; ")}. It performs well if it is at most half a point behind each.`,
      verdict: together(digitLeads.map(({ low, high }) => isPositive({ low: low + MARGIN, high: high + MARGIN }))),
    },
    {
      original: "For regression Adam and RMSprop performed better than SGD.",
      measured: `Validation error, each at its best learning rate (${houseRates.join(", ")}): ${others.map((name, i) => `${name} minus SGD ${withInterval(houseLeads[i]!, dollarsMore)}`).join("; ")}.`,
      verdict: together(houseLeads.map(isNegative)),
    },
  ];
}
