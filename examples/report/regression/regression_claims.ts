// Claims of the original on houses that need figures of their own, beside those that compare choices.
import { treatments } from "./divergence.js";
import { dollars, dollarsMore } from "../measuring/dollars.js";
import type { TrainedHouses } from "../networks/house_network.js";
import type { Claim } from "../section.js";
import type { SigmaStudy } from "./sigma_text.js";
import { difference, estimate, singleTraining } from "../measuring/statistics.js";
import { withInterval } from "../measuring/support.js";
import { isNegative, isPositive, isReproduced } from "../measuring/verdict.js";

export type Trained = ReadonlyMap<string, readonly TrainedHouses[]>;

/** How far single trainings may scatter before a loss of one training says nothing. */
const A_TENTH_OF_A_NAT = 0.1;
/** Losses: squared dollars without, and whatever the original measured with sigma. */
export const REPORTED = { squared: 1_098_213_565, gaussianValidation: 2_071_349, gaussianTest: 2_166_721 };

/** Scaled features against raw ones, prices scaled in both: what the original did to its features. */
export function preparedClaim(prepared: Trained): Claim {
  const errors = (name: string) => prepared.get(name)!.map(({ best }) => best.validation.error);
  const [raw, scaled] = [treatments[2]!.name, treatments[3]!.name];
  const gain = difference(errors(scaled), errors(raw));
  return {
    original: "Features with very different values had to be normalized.",
    measured: `Validation error with standardized features minus that with raw ones (Adam, prices standardized): ${withInterval(gain, dollarsMore)}.`,
    verdict: isNegative(gain),
  };
}

export function squaredClaim(runs: readonly TrainedHouses[]): Claim {
  const losses = runs.map(({ best }) => best.validation.loss);
  const one = singleTraining(losses);
  const short = (value: number) => value.toExponential(2);
  return {
    original: `The best model had a validation loss of ${REPORTED.squared} squared dollars, an error of ${dollars(Math.sqrt(REPORTED.squared))}.`,
    measured: `The same network at its best epoch: ${withInterval(estimate(losses), short)}; a single training falls between ${short(Math.max(0, one.low))} and ${short(one.high)}.`,
    verdict: isReproduced(REPORTED.squared, losses, REPORTED.squared / 10),
  };
}

/** SGD with everything scaled, against predicting the same price for every house. */
export function onlyAdaptiveClaim(runs: readonly TrainedHouses[], meanError: number): Claim {
  const errors = runs.map(({ best }) => best.validation.error);
  const excess = estimate(errors.map((error) => error - meanError));
  return {
    original: "SGD could not train the network, only RMSprop and Adam could be used.",
    measured: `With features and prices standardized SGD reaches ${withInterval(estimate(errors), dollars)}; minus the error of always predicting the mean price: ${withInterval(excess, dollarsMore)}.`,
    verdict: isPositive(excess),
  };
}

export function lengthClaim(runs: readonly TrainedHouses[], epochs: number): Claim {
  const early = Math.max(1, Math.round(epochs / 8));
  const change = difference(
    runs.map(({ last }) => last.validation.error),
    runs.map(({ validation }) => validation[early - 1]!),
  );
  return {
    original: "The best results needed 800 epochs.",
    measured: `Validation error after ${epochs} epochs minus that after ${early}: ${withInterval(change, dollarsMore)}.`,
    verdict: isNegative(change),
  };
}

export function likelihoodClaim(part: "validation" | "test", reported: number, { trained }: SigmaStudy): Claim {
  const losses = trained.map(({ best }) => best[part].loss);
  return {
    original: `With the Gaussian likelihood the loss on the ${part} set was ${reported}.`,
    measured: `${withInterval(estimate(losses), (value) => value.toFixed(3))} nats a house.`,
    verdict: isReproduced(reported, losses, A_TENTH_OF_A_NAT),
  };
}
