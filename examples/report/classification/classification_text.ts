// What section 1 says: each choice explained, with the figures of this measurement filled in.
import {
  type Comparison,
  comparisonFigure,
  comparisonTable,
  leader,
  leaderSentence,
  originalSentence,
} from "../measuring/comparison.js";
import type { DigitNetwork, TrainedDigits } from "../networks/digit_network.js";
import { type Curve, curveFigure, shareAxis } from "../page/figures.js";
import type { Part, Table } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { percent, points, withInterval } from "../measuring/support.js";

type Trained = ReadonlyMap<string, readonly TrainedDigits[]>;

/** The last, long trainings. */
export interface Finals {
  readonly trained: Trained;
  readonly chosen: DigitNetwork;
  /** True when the network that was chosen here is the original's. */
  readonly isOriginal: boolean;
  /** Accuracies of the original report. */
  readonly reported: { readonly validation: number; readonly test: number };
}

export function introduction(data: string, seeds: number, epochs: number, rows: number): string[] {
  const subset = Number.isFinite(rows) ? ` on ${rows} of the training images` : "";
  return [
    "The first problem is to tell which of ten digits an image of 16 by 16 grey pixels shows. The original tried networks with more or fewer convolutional layers, then sizes of the dense layers behind them, then activation functions, and kept what was best on validation images each time. Here the same is done in the same order, but every network is trained once for each of several seeds. A seed decides which images are kept for validation, the first weights and the order of the images: what changes from seed to seed is luck, and a choice has to beat that to be called better.",
    data,
    `Comparisons: ${seeds} ${seeds === 1 ? "seed" : "seeds"}, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}${subset}, batches of 10, plain SGD with a learning rate of 0.1 and the mean squared error between probabilities and one-hot targets, as in the original. Accuracies are those of the last epoch, not of the best one: choosing the best epoch by the images that one measures on flatters every network.`,
  ];
}

export function depthParts(comparison: Comparison, trained: Trained): Part[] {
  const [one, most] = [size(trained, "1"), size(trained, "4")];
  return [
    {
      kind: "text",
      heading: "How many convolutional layers?",
      paragraphs: [
        "A convolution looks at a window of 3 by 3 pixels with the same weights everywhere, and the pooling behind it halves the image. One block therefore sees pieces of strokes; a second one sees what the first found in a window twice as wide, and so on: with three blocks a unit sees most of the digit. Each block here has twice the filters of the one before (32, 64, 128, 256).",
        `More blocks do not always mean more weights. Behind one block 8 by 8 positions of 32 filters are left, and the dense layer that reads them takes most of its ${one} weights; with four blocks it is the convolutions that hold most of ${most}.`,
        `${leaderSentence(comparison)} ${originalSentence("3", comparison, "The comparisons here are shorter than the original's 50 epochs: deep networks begin more slowly, and what three layers can do may not be reached yet. The whole trainings below have longer.")}`,
      ],
    },
    comparisonFigure("Validation accuracy by number of convolutional blocks.", comparison),
    table("Depth.", comparison, trained),
  ];
}

export function unitsParts(comparison: Comparison, trained: Trained): Part[] {
  const accuracies = [...comparison.results.values()].map((values) => estimate(values).mean);
  const spread = Math.max(...accuracies) - Math.min(...accuracies);
  return [
    {
      kind: "text",
      heading: "How many neurons?",
      paragraphs: [
        `Behind the convolutions dense layers combine what was found anywhere in the image. The original reports 64 neurons as the best number and describes a network with two layers of 100 and 50, so both are among the sizes here; depth is the one that won above. Few neurons force ten classes through a narrow place; many can learn the training images by heart, which dropout and a validation set are there to notice.`,
        `${leaderSentence(comparison)} ${originalSentence("64", comparison, "The size of one layer matters little as long as it is not too small; which size comes first depends on the depth before it and on how long one trains.")} From the best to the worst size the means differ by ${(spread * 100).toFixed(2)} points${spread < 0.01 ? ": where convolutions have done the work, the size of what stands behind them matters little" : "; two dense layers in a row, or few neurons, may take longer to learn with the small gradients of the mean squared error, and these trainings are short"}.`,
      ],
    },
    comparisonFigure("Validation accuracy by neurons of the dense layers.", comparison),
    table("Neurons of the dense layers.", comparison, trained),
  ];
}

export function activationParts(comparison: Comparison, trained: Trained): Part[] {
  const [sigmoid, relu] = ["sigmoid", "relu"].map((name) => comparison.results.get(name)!) as [number[], number[]];
  const behind = difference(relu, sigmoid);
  return [
    {
      kind: "text",
      heading: "Which activation?",
      paragraphs: [
        "Without an activation between them, layers of weights would collapse into a single one. The sigmoid maps everything to between 0 and 1 and has a slope of at most 1/4, so a gradient that passes several of them on its way back shrinks each time; tanh has a slope of up to 1 and is centred at zero; ReLU passes positive values unchanged and so keeps its gradient. Batch normalization in front of the activation of every convolution keeps its inputs near zero, where the first two are steepest.",
        `${leaderSentence(comparison)} ${originalSentence("relu", comparison, "With batch normalization in front of it tanh stays in its steep part, and much of the advantage that ReLU has in deep networks without it is gone.")} ReLU minus sigmoid is ${withInterval(behind, points)} after this many epochs. The curves show whether a function learns slowly or to a worse end: a gap that closes with the epochs is slowness.`,
      ],
    },
    comparisonFigure("Validation accuracy by activation.", comparison),
    curveFigure(
      "Validation accuracy epoch by epoch: means over seeds with 95 % intervals.",
      { x: "epoch", y: "validation accuracy", ...shareAxis },
      [...trained].map(([name, runs]) => curveOf(name, runs)),
    ),
    table("Activation.", comparison, trained),
  ];
}

export function finalParts({ trained, chosen, isOriginal, reported }: Finals, epochs: number): Part[] {
  const names = [...trained.keys()];
  const chosenRuns = trained.get(names.at(-1)!)!;
  const network = `${chosen.blocks} convolutional ${chosen.blocks === 1 ? "block" : "blocks"}, dense layers of ${chosen.units.join(" and ")}, ${chosen.activation}`;
  const validation = estimate(chosenRuns.map((run) => run.validation));
  const test = estimate(chosenRuns.map((run) => run.test));
  const gap = difference(
    chosenRuns.map((run) => run.validation),
    chosenRuns.map((run) => run.test),
  );
  return [
    {
      kind: "text",
      heading: "The chosen network",
      paragraphs: [
        `Choosing by validation led to ${network}: ${isOriginal ? "the network that the original chose too" : "not quite the network of the original, which is trained beside it"}. Trained for ${epochs} epochs it has a validation accuracy of ${withInterval(validation, percent)} and a test accuracy of ${withInterval(test, percent)}; the original reports ${percent(reported.validation)} and ${percent(reported.test)}, of one training.`,
        gapSentence(gap),
      ],
    },
    {
      kind: "table",
      caption: `Whole trainings of ${epochs} epochs, figures of the last epoch, and the single trainings of each network.`,
      columns: ["network", "validation accuracy", "test accuracy", "single trainings, test"],
      rows: [
        ["as the original reports it", percent(reported.validation), percent(reported.test), "one training"],
        ...names.map((name) => {
          const runs = trained.get(name)!;
          return [
            name,
            withInterval(estimate(runs.map((run) => run.validation)), percent),
            withInterval(estimate(runs.map((run) => run.test)), percent),
            runs.map((run) => percent(run.test)).join(", "),
          ];
        }),
      ],
    },
    curveFigure(
      "Whole trainings: validation accuracy epoch by epoch, means over seeds with 95 % intervals.",
      { x: "epoch", y: "validation accuracy", ...shareAxis },
      names.map((name) => curveOf(name, trained.get(name)!)),
    ),
  ];
}

/** Validation and test images of USPS come from different sources, and nothing here was chosen by either. */
function gapSentence(gap: Estimate): string {
  const measured = `Validation minus test is ${withInterval(gap, points)}.`;
  if (gap.low > 0)
    return `${measured} The validation images are a random part of the training images; the test images come from elsewhere, and are harder. That gap is no over-fitting to the validation images, for the figures of the last epoch were not chosen by them: it shows why a test set of its own is needed to say how well a network will do.`;
  return `${measured} The interval does not lie above zero: here validation images are as hard as test images, as far as these seeds can tell.`;
}

function table(caption: string, comparison: Comparison, trained: Trained): Table {
  const best = leader(comparison);
  return comparisonTable(
    `${caption} Differences are taken seed by seed; the best mean is that of ${best}.`,
    comparison,
    { weights: (name) => size(trained, name) },
  );
}

function curveOf(name: string, runs: readonly TrainedDigits[]): Curve {
  const epochs = runs[0]?.curve.map((_, i) => i) ?? [];
  return { name, x: epochs.map((i) => i + 1), y: epochs.map((i) => estimate(runs.map(({ curve }) => curve[i]!))) };
}

function size(trained: Trained, name: string): string {
  return (trained.get(name)?.[0]?.parameters ?? Number.NaN).toLocaleString("en");
}
