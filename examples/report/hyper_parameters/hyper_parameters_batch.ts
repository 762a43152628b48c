// Section 4, batch size: what it does, its figures, and the claims about it.
import { type Comparison, comparisonFigure, comparisonTable, leaderSentence } from "../measuring/comparison.js";
import { each, pick } from "../networks/digit_runs.js";
import { dollarsMore, errorComparison } from "../measuring/dollars.js";
import { HOUSE_BATCHES, type Measured } from "./hyper_parameters_measured.js";
import type { Claim, Part } from "../section.js";
import { difference } from "../measuring/statistics.js";
import { points, withInterval } from "../measuring/support.js";
import { isNegative, together } from "../measuring/verdict.js";

type Names = readonly (readonly [shown: string, name: string])[];

const SAME_RATE: Names = [
  ["10", "sgd 0.1"],
  ["50", "batch 50"],
  ["250", "batch 250"],
];
const SCALED_RATE: Names = [
  ["10, rate 0.1", "sgd 0.1"],
  ["50, rate 0.5", "batch 50, rate 0.5"],
  ["250, rate 2.5", "batch 250, rate 2.5"],
];

function comparisons({ digits, batches }: Measured): { same: Comparison; scaled: Comparison; houses: Comparison } {
  const digitsBy = (choice: string, names: Names): Comparison => ({
    choice,
    measure: "validation accuracy",
    results: each(pick(digits, names), ({ accuracy }) => accuracy),
  });
  const errors = HOUSE_BATCHES.map((batchSize): [string, number[]] => [
    String(batchSize),
    errorsOf(batches, batchSize),
  ]);
  return {
    same: digitsBy("batch size", SAME_RATE),
    scaled: digitsBy("batch size, learning rate in proportion", SCALED_RATE),
    houses: errorComparison("batch size", "validation error in dollars", new Map(errors)),
  };
}

function errorsOf(batches: Measured["batches"], batchSize: number): number[] {
  return batches.errors({ optimizer: "adam", learningRate: 0.01, batchSize });
}

export function batchParts(measured: Measured): Part[] {
  const { same, scaled, houses } = comparisons(measured);
  const back = difference(scaled.results.get("250, rate 2.5")!, same.results.get("250")!);
  return [
    {
      kind: "text",
      heading: "Batch size",
      paragraphs: [
        "A gradient is averaged over the rows of a batch, then one step is taken. Small batches give many steps with noisy gradients, large ones few steps with exact ones. At the same number of epochs a batch of 250 takes 25 times fewer steps than one of 10, and with the same learning rate its steps are no longer: it simply gets less far.",
        `Digits, learning rate 0.1 throughout. ${leaderSentence(same)} How much of that is the batch, and how much the smaller number of steps? With the learning rate raised in proportion to the batch, as Goyal and others proposed in 2017, a batch of 250 changes by ${withInterval(back, points)}. What is regained that way was never the fault of large batches as such.`,
      ],
    },
    comparisonFigure("Digits: validation accuracy by batch size, learning rate 0.1.", same),
    comparisonFigure("Digits: the learning rate raised with the batch.", scaled),
    {
      kind: "text",
      paragraphs: [
        `Houses, Adam at 0.01. A batch of 1000 is all training rows: one step an epoch. With 1000 noisy prices small batches also mean that the last steps wander, because a few unusual houses pull them about. ${leaderSentence(houses)}`,
      ],
    },
    comparisonFigure("Houses: validation error by batch size.", houses),
    comparisonTable("Houses: batch size.", houses),
  ];
}

export function batchClaims(measured: Measured): Claim[] {
  const trainings = each(pick(measured.digits, SAME_RATE), ({ training }) => training.at(-1) ?? 0);
  const { same, scaled, houses } = comparisons(measured);
  const converged = difference(trainings.get("250")!, trainings.get("10")!);
  const generalized = difference(same.results.get("250")!, same.results.get("10")!);
  const proportional = difference(scaled.results.get("250, rate 2.5")!, same.results.get("10")!);
  const larger = ["64", "256"].map((size) => difference(houses.results.get(size)!, houses.results.get("4")!));
  return [
    {
      original: "In classification a higher batch size hindered convergence.",
      measured: `Training accuracy after ${measured.digitEpochs} epochs, batch 250 minus batch 10: ${withInterval(converged, points)}.`,
      verdict: isNegative(converged),
    },
    {
      original: "In classification a higher batch size reduced generalization.",
      measured: `Validation accuracy, batch 250 minus batch 10: at the same learning rate ${withInterval(generalized, points)}, with the rate in proportion ${withInterval(proportional, points)}. It holds as a whole only if it does for both.`,
      verdict: together([isNegative(generalized), isNegative(proportional)]),
    },
    {
      original: "In regression higher batch sizes were useful.",
      measured: `Validation error, batch 64 minus batch 4: ${withInterval(larger[0]!, dollarsMore)}; batch 256 minus batch 4: ${withInterval(larger[1]!, dollarsMore)}.`,
      verdict: together(larger.map(isNegative)),
    },
  ];
}
