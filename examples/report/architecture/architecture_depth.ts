// Section 5, depth: what more layers do, figures and claims.
import { anyOf } from "../measuring/any_of.js";
import { type ArchitectureStudy, accuracyBy, trainingErrorBy, validationErrorBy } from "./architecture_study.js";
import { comparisonFigure, comparisonTable, leaderSentence } from "../measuring/comparison.js";
import { dollarsMore } from "../measuring/dollars.js";
import { intervalFigure } from "../page/figures.js";
import type { Claim, Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { points, withInterval } from "../measuring/support.js";
import { isNegative, isPositive, together } from "../measuring/verdict.js";

function measures({ digits, houses, houseEpochs }: ArchitectureStudy) {
  const early = Math.max(1, Math.round(houseEpochs / 20));
  return {
    accuracy: accuracyBy("convolutional blocks", digits.depth),
    training: trainingErrorBy("hidden layers of 50 neurons", houses.depth),
    validation: validationErrorBy("hidden layers of 50 neurons", houses.depth),
    early,
    first: (blocks: string) => digits.depth.get(blocks)!.map(({ validation }) => validation[0] ?? 0),
    earlyError: (layers: string) => houses.depth.get(layers)!.map(({ training }) => training[early - 1]!),
  };
}

export function depthParts(study: ArchitectureStudy): Part[] {
  const { accuracy, training, validation } = measures(study);
  const estimates = (results: ReadonlyMap<string, readonly number[]>) =>
    new Map([...results].map(([name, values]): [string, Estimate] => [name, estimate(values)]));
  const weights = (name: string) => study.digits.depth.get(name)![0]!.parameters.toLocaleString("en");
  return [
    {
      kind: "text",
      heading: "Depth",
      paragraphs: [
        "Each layer works on what the one before has found. A deeper network can say the same with fewer weights, but its gradient has to pass every layer on its way back, and more functions fit the training rows by chance.",
        `Digits. ${leaderSentence(accuracy)}`,
      ],
    },
    comparisonFigure("Digits: validation accuracy by convolutional blocks.", accuracy),
    comparisonTable("Digits: depth.", accuracy, { weights }),
    {
      kind: "text",
      paragraphs: [
        `Houses, training rows. ${leaderSentence(training)}`,
        `Houses, validation rows. ${leaderSentence(validation)} Where the training error falls with depth and the validation error does not, the additional layers learn these houses, not houses.`,
      ],
    },
    intervalFigure(
      "Houses: training and validation error by hidden layers of 50 neurons. Large dots are means, bars their 95 % intervals, small dots single trainings.",
      { x: "hidden layers of 50 neurons", y: "error in dollars" },
      [
        { name: "training", estimates: estimates(training.results) },
        { name: "validation", estimates: estimates(validation.results) },
      ],
    ),
  ];
}

export function depthClaims(study: ArchitectureStudy): Claim[] {
  const { accuracy, training, validation, early, first, earlyError } = measures(study);
  const gain = (from: string, to: string) => difference(accuracy.results.get(to)!, accuracy.results.get(from)!);
  const change = ({ results }: typeof training, from: string, to: string) =>
    difference(results.get(to)!, results.get(from)!);
  const trainings = [change(training, "1", "2"), change(training, "1", "4")];
  const blocks = [gain("1", "2"), gain("2", "3")];
  const slower = [difference(first("4"), first("3")), difference(earlyError("8"), earlyError("4"))] as const;
  const worse = [gain("3", "4"), change(validation, "4", "8")] as const;
  return [
    {
      original: "For the houses more fully connected layers enhanced performance during training.",
      measured: `Training error: 2 layers minus 1 ${withInterval(trainings[0]!, dollarsMore)}; 4 minus 1 ${withInterval(trainings[1]!, dollarsMore)}.`,
      verdict: together(trainings.map(isNegative)),
    },
    {
      original: "For the digits more convolutional layers improved validation.",
      measured: `Validation accuracy: 2 blocks minus 1 ${withInterval(blocks[0]!, points)}; 3 minus 2 ${withInterval(blocks[1]!, points)}.`,
      verdict: together(blocks.map(isPositive)),
    },
    {
      original: "Too many layers might result in slower learning.",
      measured: `Digits, accuracy after one epoch, 4 blocks minus 3: ${withInterval(slower[0], points)}; houses, training error after ${early} ${early === 1 ? "epoch" : "epochs"}, 8 layers minus 4: ${withInterval(slower[1], dollarsMore)}.`,
      verdict: anyOf([isNegative(slower[0]), isPositive(slower[1])]),
    },
    {
      original: "Too many layers might result in over-fitting.",
      measured: `Validation at the end: digits, 4 blocks minus 3: ${withInterval(worse[0], points)}; houses, 8 layers minus 4: ${withInterval(worse[1], dollarsMore)}.`,
      verdict: anyOf([isNegative(worse[0]), isPositive(worse[1])]),
    },
  ];
}
