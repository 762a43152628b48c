// Whether predicted sigmas are true to their word: shares of prices within them, and errors where they are small and large.
import type { Dataset, Trainer } from "netwright";

export interface PricePrediction {
  readonly mean: number;
  readonly sigma: number;
  readonly price: number;
}

export async function predictPrices(trainer: Trainer, data: Dataset): Promise<PricePrediction[]> {
  const { mean, sigma } = await trainer.predict(data);
  return Array.from(data.target!, (price, row) => ({ mean: mean!.data[row]!, sigma: sigma!.data[row]!, price }));
}

/** The share of prices that lie within `width` sigmas of the predicted mean. */
export function shareWithin(predictions: readonly PricePrediction[], width: number): number {
  const within = predictions.filter(({ mean, sigma, price }) => Math.abs(price - mean) <= width * sigma);
  return within.length / predictions.length;
}

/**
 * For each probability the share of prices in the interval around the mean that should hold so many of them if every price were
 * normally distributed with its predicted mean and sigma.
 */
export function calibrationCurve(predictions: readonly PricePrediction[], probabilities: readonly number[]): number[] {
  return probabilities.map((probability) => shareWithin(predictions, normalWidth(probability)));
}

/** Sigmas on either side of the mean between which a normal variable falls with this probability: 0.6827 gives 1. */
export function normalWidth(probability: number): number {
  let [low, high] = [0, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (errorFunction(middle / Math.SQRT2) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface SigmaGroup {
  /** Mean predicted sigma of the group, as the root of the mean square. */
  readonly sigma: number;
  /** Root mean squared error of its predictions. */
  readonly error: number;
}

/** Predictions in order of their sigma, cut into groups of equal size: what each group expects as error, and what it has. */
export function groupsBySigma(predictions: readonly PricePrediction[], groups: number): SigmaGroup[] {
  const sorted = [...predictions].sort((a, b) => a.sigma - b.sigma);
  return Array.from({ length: groups }, (_, i) => {
    const from = Math.floor((i * sorted.length) / groups);
    const group = sorted.slice(from, Math.floor(((i + 1) * sorted.length) / groups));
    return {
      sigma: rootMeanSquare(group.map(({ sigma }) => sigma)),
      error: rootMeanSquare(group.map(({ mean, price }) => price - mean)),
    };
  });
}

/** Spearman's rank correlation of sigma and absolute error: above 0 when larger errors come with larger sigmas. */
export function sigmaErrorCorrelation(predictions: readonly PricePrediction[]): number {
  const sigmas = ranks(predictions.map(({ sigma }) => sigma));
  const errors = ranks(predictions.map(({ mean, price }) => Math.abs(price - mean)));
  const center = (predictions.length - 1) / 2;
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, rank, i) => sum + (rank - center) * (b[i]! - center), 0);
  return product(sigmas, errors) / Math.sqrt(product(sigmas, sigmas) * product(errors, errors));
}

/** From 0; equal values share the mean of their places. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) result[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

/** Within 1.5e-7 for arguments of at least 0 (Abramowitz and Stegun 7.1.26). */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return 1 - series.reduce((sum, coefficient) => (sum + coefficient) * t, 0) * Math.exp(-x * x);
}
