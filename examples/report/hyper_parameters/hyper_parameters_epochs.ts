// Section 4, number of epochs: learning and over-fitting, figures and claims.
import { anyOf } from "../measuring/any_of.js";
import { dollarsMore } from "../measuring/dollars.js";
import { type Curve, curveFigure } from "../page/figures.js";
import type { LongHouses, Measured } from "./hyper_parameters_measured.js";
import type { Claim, Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { points, withInterval } from "../measuring/support.js";
import { isNegative, isPositive, together } from "../measuring/verdict.js";

/** What a training looks like early and at its end; fixed beforehand, so that nothing is chosen by what is measured. */
const EARLY = { digits: 1 / 4, houses: 1 / 8 };

/** Change of a figure from early in the training to its end. */
function change<Run>(runs: readonly Run[], share: number, curve: (run: Run) => readonly number[]): Estimate {
  const at = (run: Run) => curve(run)[Math.max(1, Math.round(curve(run).length * share)) - 1]!;
  return difference(
    runs.map((run) => curve(run).at(-1)!),
    runs.map(at),
  );
}

function changes({ fewDigits, long }: Measured) {
  const squared = fewDigits.get("mse")!;
  const entropy = fewDigits.get("cross-entropy")!;
  const houses = long.get("mse")!;
  return {
    digitTraining: change(squared, EARLY.digits, ({ training }) => training),
    digitValidation: change(squared, EARLY.digits, ({ validation }) => validation),
    squaredLoss: change(squared, EARLY.digits, ({ validationLoss }) => validationLoss),
    entropyLoss: change(entropy, EARLY.digits, ({ validationLoss }) => validationLoss),
    houseTraining: change(houses, EARLY.houses, ({ training }) => training),
    houseValidation: change(houses, EARLY.houses, ({ validation }) => validation),
  };
}

export function epochParts(measured: Measured): Part[] {
  const { fewDigits, few, long, longEpochs } = measured;
  const found = changes(measured);
  const houses = long.get("mse")!;
  const squared = fewDigits.get("mse")!;
  const losses = [...fewDigits].map(([name, runs]) =>
    meanCurve(name, runs, ({ validationLoss }) => validationLoss, few.epochs),
  );
  return [
    {
      kind: "text",
      heading: "Epochs, and over-fitting",
      paragraphs: [
        `Every epoch shows the network the same rows again. At first what it learns of them is true of others too; later, more and more of it is true of these rows alone. Training figures keep getting better, and that says nothing about new data: validation figures do. Over-fitting is best seen with few rows and many epochs, so the digits here are only ${few.rows} images, for ${few.epochs} epochs.`,
        `From a quarter of the epochs to the end the training accuracy of the digits changes by ${withInterval(found.digitTraining, points)}, their validation accuracy by ${withInterval(found.digitValidation, points)}. The validation loss shows more: it changes by ${withInterval(found.squaredLoss, small)} under mse and by ${withInterval(found.entropyLoss, small)} under cross-entropy. ${lossSentence(found.squaredLoss, found.entropyLoss)}`,
        `For the houses, from epoch ${Math.max(1, Math.round(longEpochs * EARLY.houses))} to ${longEpochs}, the training error changes by ${withInterval(found.houseTraining, dollarsMore)} and the validation error by ${withInterval(found.houseValidation, dollarsMore)}. The cure costs nothing: \`keepBest\` puts the weights of the best epoch back, \`earlyStopping\` ends the training when validation has not improved for some epochs.`,
      ],
    },
    curveFigure(
      `Digits, ${few.rows} images, mse: accuracy on training images (with dropout) and validation images, means over seeds with 95 % intervals.`,
      { x: "epoch", y: "accuracy", yFormat: ".0%" },
      [
        meanCurve("training", squared, ({ training }) => training, few.epochs),
        meanCurve("validation", squared, ({ validation }) => validation, few.epochs),
      ],
    ),
    curveFigure(
      "Digits: validation loss by the loss that was trained. The two have different units; it is the shapes that matter.",
      { x: "epoch", y: "validation loss", yType: "log" },
      losses,
    ),
    curveFigure(
      "Houses: error on training and validation rows, means over seeds with 95 % intervals.",
      { x: "epoch", y: "error in dollars", xType: "log", yType: "log" },
      [
        meanCurve("training", houses, ({ training }: LongHouses) => training, longEpochs),
        meanCurve("validation", houses, ({ validation }: LongHouses) => validation, longEpochs),
      ],
    ),
  ];
}

export function epochClaims(measured: Measured): Claim[] {
  const found = changes(measured);
  const { few, longEpochs } = measured;
  return [
    {
      original: "More epochs enhanced training accuracy.",
      measured: `Training, from early to the end: digits (${few.rows} images, ${few.epochs} epochs) ${withInterval(found.digitTraining, points)}; houses (${longEpochs} epochs) ${withInterval(found.houseTraining, dollarsMore)} of error.`,
      verdict: together([isPositive(found.digitTraining), isNegative(found.houseTraining)]),
    },
    {
      original: "More epochs may lead to over-fitting.",
      measured: `Validation, from early to the end: loss of the digits under mse ${withInterval(found.squaredLoss, small)}, under cross-entropy ${withInterval(found.entropyLoss, small)}; error of the houses ${withInterval(found.houseValidation, dollarsMore)}. One of them getting worse is enough for "may".`,
      verdict: anyOf([isPositive(found.squaredLoss), isPositive(found.entropyLoss), isPositive(found.houseValidation)]),
    },
  ];
}

function lossSentence(squared: Estimate, entropy: Estimate): string {
  if (entropy.low > 0 && squared.low <= 0)
    return "Cross-entropy punishes an image without bound when its class gets a probability near zero, and a network that has learned its training images by heart is sure of itself even when it is wrong; a squared error between probabilities is bounded, so mse hardly notices.";
  if (entropy.low > 0 && squared.low > 0)
    return "Both get worse: the network becomes sure of itself even where it is wrong.";
  return "By these seeds the validation loss under cross-entropy does not clearly get worse: dropout and batch normalization hold over-fitting back for so many epochs.";
}

function meanCurve<Run>(
  name: string,
  runs: readonly Run[],
  curve: (run: Run) => readonly number[],
  epochs: number,
): Curve {
  const shown = Array.from({ length: epochs }, (_, i) => i).filter((i) => i < 20 || i % Math.ceil(epochs / 100) === 0);
  return {
    name,
    x: shown.map((i) => i + 1),
    y: shown.map((i) => {
      const values = runs.flatMap((run) => curve(run)[i] ?? []);
      return values.length === 0 ? null : estimate(values);
    }),
  };
}

function small(value: number): string {
  return `${value >= 0 ? "+" : ""}${value.toPrecision(2)}`;
}
