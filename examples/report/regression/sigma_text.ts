// What section 2 says of prices with a sigma: the likelihood, whether sigmas are true to their word, and where they are large.
import type { Dataset } from "netwright";
import type { PricePrediction } from "./calibration.js";
import { dollars } from "../measuring/dollars.js";
import { colors, curveFigure, intervalFigure, layout } from "../page/figures.js";
import type { TrainedHouses } from "../networks/house_network.js";
import type { Figure, Part } from "../section.js";
import { type Estimate, estimate } from "../measuring/statistics.js";
import { percent, withInterval } from "../measuring/support.js";

export interface SigmaStudy {
  readonly trained: readonly TrainedHouses[];
  /** Of the first seed, row by row of `test`. */
  readonly first: readonly PricePrediction[];
  readonly test: Dataset;
  /** Shares of test prices within one and two sigmas. */
  readonly within: readonly Estimate[];
  readonly probabilities: readonly number[];
  /** Of test prices within the interval of each probability. */
  readonly shares: readonly Estimate[];
  /** From the test houses with the smallest sigmas to those with the largest. */
  readonly groups: { readonly sigma: readonly Estimate[]; readonly error: readonly Estimate[] };
}

const EXPECTED = [0.6827, 0.9545];
const GROUPS = ["smallest", "small", "middle", "large", "largest"];
const FEATURE = "GrLivArea";

export function sigmaParts(study: SigmaStudy): Part[] {
  const { trained, within, groups } = study;
  const loss = (part: "validation" | "test") => estimate(trained.map(({ best }) => best[part].loss));
  const nats = (value: number) => value.toFixed(3);
  const [one, two] = within as [Estimate, Estimate];
  return [
    {
      kind: "text",
      heading: "A price and how sure it is",
      paragraphs: [
        "Squared error treats a miss of 20,000 dollars alike for a cottage and for a mansion. The Gaussian likelihood lets the network say for each house how far off it expects to be: it predicts a mean and a sigma, and the loss is the negative logarithm of the density that this normal distribution gives to the true price. A small sigma is rewarded when the price is near and punished when it is not, so the best a network can do is to be honest.",
        `The loss here is ${withInterval(loss("validation"), nats)} nats a house on the validation set and ${withInterval(loss("test"), nats)} on the test set, at the best epoch by validation. The original reports losses of two million. That is more likely another state of training than another result: for a normal distribution this loss belongs to sigmas of about ${dollars(sigmaOf(loss("validation").mean))}, and a loss in the millions means that squared errors are millions of times as large as the predicted variances, which points to sigmas that had not yet been learned. With prices in dollars a network starts with sigmas of about one dollar and has far to go; standardized prices start with sigmas of about one deviation.`,
      ],
    },
    {
      kind: "text",
      heading: "Are the sigmas true to their word?",
      paragraphs: [
        `If they are, ${percent(EXPECTED[0]!, 0)} of the test prices lie within one predicted sigma and ${percent(EXPECTED[1]!, 0)} within two. Measured: ${withInterval(one, percent)} within one and ${withInterval(two, percent)} within two. ${calibrationSentence(one, two)} The figure asks the same for every probability: a curve above the diagonal means sigmas that are too large, one below it sigmas that are too small.`,
        `Calibration over all houses could also be had with one sigma for everybody. So the second figure sorts the test houses by their sigma and cuts them in five: the fifth with the smallest sigmas has errors of ${dollars(groups.error[0]!.mean)} where it expects ${dollars(groups.sigma[0]!.mean)}, the fifth with the largest ${dollars(groups.error.at(-1)!.mean)} where it expects ${dollars(groups.sigma.at(-1)!.mean)}.`,
      ],
    },
    calibrationFigure(study),
    intervalFigure(
      "Errors that were expected (root mean square of sigmas) and that came, from the fifth of the test houses with the smallest sigmas to that with the largest.",
      { x: "predicted sigma", y: "dollars" },
      [
        { name: "predicted sigma", estimates: new Map(GROUPS.map((name, i) => [name, groups.sigma[i]!])) },
        { name: "error", estimates: new Map(GROUPS.map((name, i) => [name, groups.error[i]!])) },
      ],
    ),
    featureFigure(study),
  ];
}

function calibrationSentence(one: Estimate, two: Estimate): string {
  const judged = [one, two].map(({ low, high }, i) => {
    const expected = EXPECTED[i]!;
    if (low > expected) return "too many";
    return high < expected ? "too few" : "as many as there should be";
  });
  const [first, second] = judged as [string, string];
  if (first === second) return `By the intervals that is ${first} in both.`;
  const tails =
    first === "too many" && second !== "too many"
      ? " A middle that is too full beside a rest that is not: errors have heavier tails than a normal distribution."
      : "";
  return `By the intervals that is ${first} within one, and ${second} within two.${tails}`;
}

/** The sigma in dollars whose normal distribution has this entropy in nats. */
function sigmaOf(nats: number): number {
  return Math.exp(nats - (1 + Math.log(2 * Math.PI)) / 2);
}

function calibrationFigure({ probabilities, shares }: SigmaStudy): Figure {
  const exact = probabilities.map((p): Estimate => ({ mean: p, low: p, high: p, values: [p] }));
  return curveFigure(
    "Calibration on the test houses: means over seeds with 95 % intervals.",
    { x: "probability that the interval should hold the price", y: "share of prices in it", yFormat: ".0%" },
    [
      { name: "measured", x: probabilities, y: shares },
      { name: "perfectly calibrated", x: probabilities, y: exact },
    ],
  );
}

/** Sigma and absolute error of every test house against its living area, of the first seed. */
function featureFigure({ first, test }: SigmaStudy): Figure {
  const column = Math.max(0, test.featureNames?.indexOf(FEATURE) ?? 0);
  const width = test.input.length / test.rows;
  const x = first.map((_, row) => test.input[row * width + column]!);
  const points = (name: string, y: number[], color: string, symbol: string) => ({
    type: "scatter",
    mode: "markers",
    name,
    x,
    y,
    marker: { color, symbol, size: 6, opacity: 0.6 },
  });
  return {
    kind: "figure",
    caption: `Predicted sigma and absolute error of each test house against its living area (\`${FEATURE}\`), first seed. Where sigma grows, errors should grow with it; a third of them lie above it even when it is right.`,
    data: [
      points(
        "predicted sigma",
        first.map(({ sigma }) => sigma),
        colors[0],
        "circle",
      ),
      points(
        "absolute error",
        first.map(({ mean, price }) => Math.abs(price - mean)),
        colors[1],
        "x-thin-open",
      ),
    ],
    layout: { ...layout({ x: "living area in square feet", y: "dollars", yType: "log" }, true), height: 400 },
  };
}
