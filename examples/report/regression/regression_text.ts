// What section 2 says of preprocessing, architectures, activations and optimizers, filled in from the measurement.
import { type Comparison, comparisonFigure, comparisonTable, leader, leaderSentence } from "../measuring/comparison.js";
import type { Scale } from "./divergence.js";
import { dollars, dollarsMore } from "../measuring/dollars.js";
import { curveFigure } from "../page/figures.js";
import type { TrainedHouses } from "../networks/house_network.js";
import type { Trained } from "./regression_claims.js";
import type { Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { withInterval } from "../measuring/support.js";

export function introduction(data: string, seeds: number, epochs: number): string[] {
  return [
    "The second problem is to predict the price of a house from four features: overall quality, year of construction, size of the basement and living area. The network is a stack of dense layers, the loss the mean squared error. Errors below are root mean squared errors in dollars, which are easier to read than squared dollars and rank trainings the same way.",
    data,
    `${seeds} ${seeds === 1 ? "seed" : "seeds"} of ${epochs} epochs each, batches of 64, Adam with a learning rate of 0.01 where nothing else is said. Each training is judged at its best epoch by validation loss, as the original did; that flatters all of them alike, so the differences remain fair. All seeds share one split into training, validation and test rows, as in the original: intervals hold the luck of first weights and order, not that of which houses were kept for validation.`,
  ];
}

export function preprocessingParts(comparison: Comparison, scales: readonly Scale[]): Part[] {
  return [
    {
      kind: "text",
      heading: "Preprocessing or not?",
      paragraphs: [
        "A layer of weights adds its inputs up. When one input is a quality from 1 to 10 and another an area in thousands, the same small weight means very different things for the two, and one learning rate has to do for both. Standardizing subtracts the mean of each column and divides by its deviation, both of training rows only. The same can be done with the price, whose mean a network otherwise has to reach with many small steps of its last bias.",
        leaderSentence(comparison),
      ],
    },
    {
      kind: "table",
      caption: "The columns, over the training rows.",
      columns: ["column", "mean", "deviation"],
      rows: scales.map(({ name, mean, deviation }) => [`\`${name}\``, short(mean), short(deviation)]),
    },
    comparisonFigure("Validation error with Adam, by what was standardized.", comparison),
    comparisonTable("Preprocessing, trained by Adam.", comparison),
  ];
}

export function comparisonParts(
  architecture: Comparison,
  activation: Comparison,
  optimizer: Comparison,
  layers: Trained,
  meanError: number,
): Part[] {
  const linear = estimate(architecture.results.get("none")!);
  const best = architecture.results.get(leader(architecture))!;
  const gain = difference(best, architecture.results.get("none")!);
  const size = (name: string) => layers.get(name)![0]!.parameters.toLocaleString("en");
  return [
    {
      kind: "text",
      heading: "Which architecture?",
      paragraphs: [
        `Without hidden layers the network is linear regression: every square foot adds the same amount, in a good house and in a bad one. Its error is ${dollars(linear.mean)}, against ${dollars(meanError)} for always predicting the mean price. Hidden layers let features act on each other: space is worth more in a better house. The best of them changes the linear model's error by ${withInterval(gain, dollarsMore)}.`,
        leaderSentence(architecture),
      ],
    },
    comparisonFigure("Validation error by hidden layers.", architecture),
    comparisonTable("Hidden layers.", architecture, { weights: size }),
    {
      kind: "text",
      heading: "Which activation?",
      paragraphs: [
        `With ReLU the predicted price is a surface of flat pieces; sigmoid and tanh bend smoothly, and flatten far from the centre, where the most expensive houses are. ${leaderSentence(activation)}`,
      ],
    },
    comparisonFigure("Validation error by activation, in the original's network.", activation),
    comparisonTable("Activation.", activation),
    {
      kind: "text",
      heading: "SGD, RMSprop or Adam?",
      paragraphs: [
        `All three with a learning rate of 0.01, features and prices standardized. RMSprop divides each gradient by a running mean of its size; Adam does so as well and averages the gradient itself, which smooths the path. SGD does neither, and with data of one scale it needs neither to learn. ${leaderSentence(optimizer)} One learning rate for all three is not fair to each: section 4 gives every optimizer several.`,
      ],
    },
    comparisonFigure("Validation error by optimizer.", optimizer),
    comparisonTable("Optimizer.", optimizer),
  ];
}

export function chosenParts(runs: readonly TrainedHouses[], epochs: number, reported: number): Part[] {
  const best = estimate(runs.map((run) => run.best.validation.error));
  const last = estimate(runs.map((run) => run.last.validation.error));
  const test = estimate(runs.map((run) => run.best.test.error));
  const at = runs.map(({ bestEpoch }) => bestEpoch).sort((a, b) => a - b);
  const shown = Array.from({ length: epochs }, (_, i) => i).filter((i) => i < 20 || i % Math.ceil(epochs / 100) === 0);
  const over = (part: "training" | "validation"): Estimate[] =>
    shown.map((i) => estimate(runs.map((run) => run[part][i]!)));
  return [
    {
      kind: "text",
      heading: "The original's network",
      paragraphs: [
        `Layers of 100, 50, 25 and 25 with ReLU, trained by Adam: a validation error of ${withInterval(best, dollars)} at the best epoch, which was between ${at[0]} and ${at.at(-1)}, and of ${withInterval(last, dollars)} at the last one. The original reports ${dollars(Math.sqrt(reported))}. On the test houses the weights of the best epoch have an error of ${withInterval(test, dollars)}. A single house that is predicted badly moves a squared error by a lot, so the seeds scatter more on the test rows than the interval of the validation error suggests.`,
      ],
    },
    curveFigure(
      "Error epoch by epoch: means over seeds with 95 % intervals.",
      { x: "epoch", y: "error in dollars", xType: "log", yType: "log" },
      (["training", "validation"] as const).map((part) => ({ name: part, x: shown.map((i) => i + 1), y: over(part) })),
    ),
  ];
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString("en");
}
