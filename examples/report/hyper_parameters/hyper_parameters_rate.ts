// Section 4, learning rate: what it does, its figures, and the claims about it.
import { type Comparison, comparisonFigure, comparisonTable, leader, leaderSentence } from "../measuring/comparison.js";
import { each, pick, roughness } from "../networks/digit_runs.js";
import { dollarsMore, errorComparison } from "../measuring/dollars.js";
import { curveFigure } from "../page/figures.js";
import { DIGIT_RATES, HOUSE_RATES, type Measured } from "./hyper_parameters_measured.js";
import type { Claim, Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { percent, points, withInterval } from "../measuring/support.js";
import { isNegative, isPositive, together } from "../measuring/verdict.js";

const DIGIT_NAMES = DIGIT_RATES.map((rate) => [String(rate), `sgd ${rate}`] as const);

export function rateComparisons({ digits, rates }: Measured): { images: Comparison; houses: Comparison } {
  const errors = HOUSE_RATES.map((learningRate): [string, number[]] => [
    String(learningRate),
    rates.errors({ optimizer: "adam", learningRate, batchSize: 64 }),
  ]);
  return {
    images: {
      choice: "learning rate of SGD",
      measure: "validation accuracy",
      results: each(pick(digits, DIGIT_NAMES), ({ accuracy }) => accuracy),
    },
    houses: errorComparison("learning rate of Adam", "validation error in dollars", new Map(errors)),
  };
}

/** The best rate that is neither the lowest nor the highest. */
function middle(comparison: Comparison): string {
  return leader({ ...comparison, results: new Map([...comparison.results].slice(1, -1)) });
}

export function rateParts(measured: Measured): Part[] {
  const { images, houses } = rateComparisons(measured);
  const runs = pick(measured.digits, DIGIT_NAMES);
  const epochs = Array.from({ length: measured.digitEpochs }, (_, i) => i);
  const curves = [...runs].flatMap(([name, list]) =>
    list.some(({ ranAway }) => ranAway)
      ? []
      : [
          {
            name,
            x: epochs.map((i) => i + 1),
            y: epochs.map((i): Estimate => estimate(list.map(({ validation }) => validation[i]!))),
          },
        ],
  );
  const lowest = runs.get(String(DIGIT_RATES[0]))!;
  const lastStep = difference(
    lowest.map(({ validation }) => validation.at(-1) ?? 0),
    lowest.map(({ validation }) => validation.at(-2) ?? 0),
  );
  return [
    {
      kind: "text",
      heading: "Learning rate",
      paragraphs: [
        "The learning rate is how far a step goes along the gradient. The gradient is only true near where it was measured: a step that is too long lands where the loss is higher than before, one that is too short needs many more epochs. Between them lies a range, often of a factor of ten or more, in which the choice hardly matters.",
        `Digits. ${leaderSentence(images)} The lowest rate reaches ${withInterval(estimate(images.results.get(String(DIGIT_RATES[0]))!), percent)} in the same number of epochs; in the last of them it still changed by ${withInterval(lastStep, points)}.`,
      ],
    },
    comparisonFigure("Digits: validation accuracy by learning rate.", images, { yFormat: ".0%" }),
    curveFigure(
      "Digits: validation accuracy epoch by epoch, means over seeds with 95 % intervals.",
      { x: "epoch", y: "validation accuracy", yFormat: ".0%" },
      curves,
    ),
    {
      kind: "text",
      paragraphs: [
        `Houses. Adam's steps are about as long as its learning rate, whatever the gradient, so its rates are not those of SGD. ${leaderSentence(houses)}`,
      ],
    },
    comparisonFigure("Houses: validation error by learning rate.", houses, { yType: "log" }),
    comparisonTable("Houses: learning rate of Adam.", houses, {
      "ran away": (name) =>
        String(measured.rates.ranAway({ optimizer: "adam", learningRate: Number(name), batchSize: 64 })),
    }),
  ];
}

export function rateClaims(measured: Measured): Claim[] {
  const { images, houses } = rateComparisons(measured);
  const [digitRate, houseRate] = [middle(images), middle(houses)];
  const ends = { digits: [DIGIT_RATES[0]!, DIGIT_RATES.at(-1)!], houses: [HOUSE_RATES[0]!, HOUSE_RATES.at(-1)!] };
  const digitGap = (end: number) => difference(images.results.get(String(end))!, images.results.get(digitRate)!);
  const houseGap = (end: number) => difference(houses.results.get(String(end))!, houses.results.get(houseRate)!);
  const [lowDigits, highDigits] = ends.digits.map(digitGap) as [Estimate, Estimate];
  const [lowHouses, highHouses] = ends.houses.map(houseGap) as [Estimate, Estimate];
  const digitText = (end: number, gap: Estimate) => `digits, ${end} minus ${digitRate}: ${withInterval(gap, points)}`;
  const houseText = (end: number, gap: Estimate) =>
    `houses, ${end} minus ${houseRate}: ${withInterval(gap, dollarsMore)}`;
  const falls = each(pick(measured.digits, DIGIT_NAMES), ({ validation }) => roughness(validation));
  const unsteady = difference(falls.get(String(ends.digits[0]))!, falls.get(digitRate)!);
  return [
    {
      original: "A low learning rate made training slow.",
      measured: `In the same epochs: ${digitText(ends.digits[0]!, lowDigits)}; ${houseText(ends.houses[0]!, lowHouses)}.`,
      verdict: together([isNegative(lowDigits), isPositive(lowHouses)]),
    },
    {
      original: "A low learning rate made training unstable.",
      measured: `Mean fall of the digits' validation accuracy from one epoch to the next, ${ends.digits[0]} minus ${digitRate}: ${withInterval(unsteady, points)}.`,
      verdict: isPositive(unsteady),
    },
    {
      original: "A high learning rate resulted in instability and divergence.",
      measured: `${digitText(ends.digits[1]!, highDigits)}; ${houseText(ends.houses[1]!, highHouses)}.`,
      verdict: together([isNegative(highDigits), isPositive(highHouses)]),
    },
    {
      original: "For both problems the best learning rate was one in the middle.",
      measured: `Best of those in between: ${digitRate} for digits, ${houseRate} for houses, against both ends: ${digitText(ends.digits[0]!, lowDigits)}, ${digitText(ends.digits[1]!, highDigits)}; ${houseText(ends.houses[0]!, lowHouses)}, ${houseText(ends.houses[1]!, highHouses)}.`,
      verdict: together([isNegative(lowDigits), isNegative(highDigits), isPositive(lowHouses), isPositive(highHouses)]),
    },
  ];
}
