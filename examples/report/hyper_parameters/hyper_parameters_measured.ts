// What section 4 measures: digits trained in many ways, houses in two studies, and long trainings of both.
import { adam, rmsprop, sgd } from "netwright";
import { type PricePrediction, predictPrices, sigmaErrorCorrelation } from "../regression/calibration.js";
import { ORIGINAL } from "../networks/digit_network.js";
import { type DigitPlan, type DigitRuns, runDigits } from "../networks/digit_runs.js";
import { ORIGINAL_HOUSES, trainHouses } from "../networks/house_network.js";
import { type HouseGridResult, studyHouses } from "../networks/house_study.js";
import { byScale, epochsOf, type ReportOptions, seedsOf } from "../options.js";
import { digitData, forEverySeed, houseData } from "../measuring/support.js";

/** All that was measured for digits and houses. */
export interface Measured {
  readonly digits: DigitRuns;
  readonly digitEpochs: number;
  /** A long training on few images. */
  readonly fewDigits: DigitRuns;
  readonly few: { readonly rows: number; readonly epochs: number };
  readonly rates: HouseGridResult;
  readonly batches: HouseGridResult;
  readonly houseEpochs: number;
  /** Validation error in dollars of predicting the mean training price. */
  readonly meanError: number;
  /** The original's network, trained for long by each loss: errors in dollars. */
  readonly long: ReadonlyMap<"mse" | "gaussian", readonly LongHouses[]>;
  readonly longEpochs: number;
}

/** A long training by each seed; test errors are those of the best epoch by validation loss. */
export interface LongHouses {
  readonly training: readonly number[];
  readonly validation: readonly number[];
  readonly bestValidation: number;
  readonly bestTest: number;
  /** Spearman's, of sigma and absolute error on the test houses; NaN without sigmas. */
  readonly correlation: number;
}

export const HOUSE_RATES = [1e-4, 1e-3, 1e-2, 1e-1, 1];
export const HOUSE_BATCHES = [4, 16, 64, 256, 1000];
export const DIGIT_RATES = [0.001, 0.01, 0.1, 1, 10];

/** Named by what is not as in the original: batches of 10, SGD at 0.1, mse. */
const PLANS: Readonly<Record<string, Omit<DigitPlan, "network">>> = {
  "sgd 0.1": {},
  "batch 50": { batchSize: 50 },
  "batch 250": { batchSize: 250 },
  "batch 50, rate 0.5": { batchSize: 50, optimizer: sgd({ learningRate: 0.5 }) },
  "batch 250, rate 2.5": { batchSize: 250, optimizer: sgd({ learningRate: 2.5 }) },
  ...Object.fromEntries(
    DIGIT_RATES.filter((learningRate) => learningRate !== 0.1).map((learningRate) => [
      `sgd ${learningRate}`,
      { optimizer: sgd({ learningRate }) },
    ]),
  ),
  "rmsprop 0.0003": { optimizer: rmsprop({ learningRate: 0.0003 }) },
  "rmsprop 0.003": { optimizer: rmsprop({ learningRate: 0.003 }) },
  "adam 0.0003": { optimizer: adam({ learningRate: 0.0003 }) },
  "adam 0.003": { optimizer: adam({ learningRate: 0.003 }) },
  ...Object.fromEntries(
    [0.01, 0.1, 1].map((learningRate) => [
      `cross-entropy ${learningRate}`,
      { loss: "crossEntropy", optimizer: sgd({ learningRate }) },
    ]),
  ),
};

export async function measure(options: ReportOptions): Promise<Measured> {
  const title = "hyper-parameters";
  const images = digitData();
  const parts = await houseData().parts(1);
  const seeds = seedsOf(options, { quick: 2, normal: 5, full: 5 });
  const digitEpochs = epochsOf(options, { quick: 2, normal: 10, full: 50 });
  const plans = new Map(
    Object.entries(PLANS).map(([name, plan]): [string, DigitPlan] => [name, { network: ORIGINAL, ...plan }]),
  );
  const size = { seeds, epochs: digitEpochs, rows: rowsOf(options) };
  const digits = await runDigits(options, `${title}, digits`, images, plans, size);
  const few = {
    rows: byScale(options, { quick: 300, normal: 600, full: 600 }),
    epochs: epochsOf(options, { quick: 8, normal: 60, full: 200 }),
  };
  const losses = new Map(
    (["mse", "crossEntropy"] as const).map((loss): [string, DigitPlan] => [
      loss === "mse" ? "mse" : "cross-entropy",
      { network: ORIGINAL, loss },
    ]),
  );
  const fewDigits = await runDigits(options, `${title}, few digits`, images, losses, { ...few, seeds });

  const houseSeeds = seedsOf(options, { quick: 2, normal: 10, full: 20 });
  const houseEpochs = epochsOf(options, { quick: 20, normal: 200, full: 800 });
  const longEpochs = epochsOf(options, { quick: 60, normal: 800, full: 800 });
  const prices = Array.from(parts.train.target!);
  const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
  const squares = Array.from(parts.validation.target!, (price) => (price - mean) ** 2);
  const meanError = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  const study = { epochs: houseEpochs, failed: meanError };
  const rates = await studyHouses(
    options,
    parts,
    { optimizer: ["sgd", "rmsprop", "adam"], learningRate: HOUSE_RATES, batchSize: [64] },
    houseSeeds,
    study,
  );
  const batches = await studyHouses(
    options,
    parts,
    { optimizer: ["adam"], learningRate: [0.01], batchSize: HOUSE_BATCHES },
    houseSeeds,
    study,
  );
  const long = await forEverySeed(options, `${title}, houses`, ["mse", "gaussian"], houseSeeds, (name, seed) =>
    trainLong(name === "gaussian", parts, seed, longEpochs),
  );
  return {
    digits,
    digitEpochs,
    fewDigits,
    few,
    rates,
    batches,
    houseEpochs,
    meanError,
    long: long as Measured["long"],
    longEpochs,
  };
}

async function trainLong(
  withSigma: boolean,
  parts: Parameters<typeof trainHouses>[1],
  seed: number,
  epochs: number,
): Promise<LongHouses> {
  let predictions: PricePrediction[] | undefined;
  const optimizer = adam({ learningRate: withSigma ? 0.001 : 0.01 });
  const network = { ...ORIGINAL_HOUSES, withSigma };
  const { training, validation, best } = await trainHouses(
    network,
    parts,
    { seed, epochs, optimizer },
    async (trainer) => {
      if (withSigma) predictions = await predictPrices(trainer, parts.test);
    },
  );
  return {
    training,
    validation,
    bestValidation: best.validation.error,
    bestTest: best.test.error,
    correlation: predictions ? sigmaErrorCorrelation(predictions) : Number.NaN,
  };
}

/** Training images of the digits, of all that there are. */
export function rowsOf(options: ReportOptions): number {
  return byScale(options, { quick: 1000, normal: 3500, full: Number.POSITIVE_INFINITY });
}
