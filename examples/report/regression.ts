// Section 2, regression of house prices: preprocessing, SGD that runs away, architectures, optimizers, and prices with a sigma.
// npx tsx examples/report/regression.ts [--quick | --full] [--seeds N] [--epochs N]
import { adam, type NonFiniteError, type Optimizer, rmsprop, sgd } from "netwright";
import {
  calibrationCurve,
  groupsBySigma,
  type PricePrediction,
  predictPrices,
  shareWithin,
} from "./regression/calibration.js";
import { bestClaim, type Comparison } from "./measuring/comparison.js";
import type { ActivationName } from "./networks/digit_network.js";
import { firstStep, scalesOf, type Treatment, trainBySgd, treatments } from "./regression/divergence.js";
import { type Divergence, divergenceParts, ranAwayClaim } from "./regression/divergence_text.js";
import { errorComparison } from "./measuring/dollars.js";
import { type HouseNetwork, type HouseTraining, ORIGINAL_HOUSES, trainHouses } from "./networks/house_network.js";
import { byScale, epochsOf, type ReportOptions, seedsOf } from "./options.js";
import { chosenParts, comparisonParts, introduction, preprocessingParts } from "./regression/regression_text.js";
import { runAlone } from "./run.js";
import type { Section } from "./section.js";
import { type SigmaStudy, sigmaParts } from "./regression/sigma_text.js";
import { estimate } from "./measuring/statistics.js";
import { besideEachOther, dataSentence, forEverySeed, houseData } from "./measuring/support.js";
import {
  lengthClaim,
  likelihoodClaim,
  onlyAdaptiveClaim,
  preparedClaim,
  REPORTED,
  squaredClaim,
  type Trained,
} from "./regression/regression_claims.js";

const ARCHITECTURES: readonly (readonly number[])[] = [
  [],
  [100],
  [100, 50],
  [100, 50, 25],
  [100, 50, 25, 25],
  [200, 100, 50, 25, 25],
];
const ACTIVATIONS: readonly ActivationName[] = ["sigmoid", "tanh", "relu"];
const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.01 }),
  rmsprop: rmsprop({ learningRate: 0.01 }),
  adam: adam({ learningRate: 0.01 }),
};
const SGD_RATES = [0.1, 0.01, 0.001, 1e-5, 1e-7, 1e-9];
const PROBABILITIES = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

type Plan = readonly [HouseNetwork, Partial<HouseTraining>?];

const layersName = (units: readonly number[]) => units.join("-") || "none";

export async function run(options: ReportOptions): Promise<Section> {
  const data = houseData();
  const parts = await data.parts(1);
  const seeds = seedsOf(options, { quick: 3, normal: 10, full: 20 });
  const epochs = epochsOf(options, { quick: 60, normal: 800, full: 800 });
  const train = (what: string, plans: ReadonlyMap<string, Plan>): Promise<Trained> =>
    forEverySeed(options, `regression, ${what}`, [...plans.keys()], seeds, (name, seed) => {
      const [network, training] = plans.get(name)!;
      return trainHouses(network, parts, { epochs, ...training, seed });
    });

  const divergence = await measureDivergence(options, parts);
  const layers = await train(
    "architectures",
    new Map(ARCHITECTURES.map((units): [string, Plan] => [layersName(units), [{ units }]])),
  );
  const original = layers.get(layersName(ORIGINAL_HOUSES.units))!;
  const treated = await train(
    "preprocessing",
    new Map(
      treatments
        .slice(0, 3)
        .map(({ name, standardizeFeatures, standardizeTargets }): [string, Plan] => [
          name,
          [{ ...ORIGINAL_HOUSES, standardizeFeatures }, { standardizeTargets }],
        ]),
    ),
  );
  const prepared = new Map([...treated, [treatments[3]!.name, original]]);
  const functions = await train(
    "activations",
    new Map(
      ACTIVATIONS.filter((name) => name !== "relu").map((activation): [string, Plan] => [
        activation,
        [{ ...ORIGINAL_HOUSES, activation }],
      ]),
    ),
  );
  const steps = await train(
    "optimizers",
    new Map(
      ["sgd", "rmsprop"].map((name): [string, Plan] => [name, [ORIGINAL_HOUSES, { optimizer: OPTIMIZERS[name]! }]]),
    ),
  );
  const sigmas = await measureSigmas(options, parts, seeds, epochs);

  const preprocessing = errorsBy("standardized", prepared);
  const architecture = errorsBy("hidden layers", layers);
  const activation = errorsBy("activation", new Map([...functions, ["relu", original]]));
  const optimizer = errorsBy("optimizer", new Map([...steps, ["adam", original]]));

  return {
    id: "regression",
    title: "2. Regression: house prices",
    introduction: introduction(await dataSentence(data), seeds.length, epochs),
    parts: [
      ...preprocessingParts(preprocessing, divergence.scales),
      ...divergenceParts(divergence),
      ...comparisonParts(architecture, activation, optimizer, layers, divergence.meanError),
      ...chosenParts(original, epochs, REPORTED.squared),
      ...sigmaParts(sigmas),
    ],
    claims: [
      preparedClaim(prepared),
      bestClaim("Four layers of 100, 50, 25 and 25 neurons made the best model.", "100-50-25-25", architecture),
      bestClaim("Of the activation functions, ReLU was chosen as the best.", "relu", activation),
      squaredClaim(original),
      ranAwayClaim(divergence),
      onlyAdaptiveClaim(steps.get("sgd")!, divergence.meanError),
      bestClaim("Of the optimizers, Adam gave the best results.", "adam", optimizer),
      lengthClaim(original, epochs),
      likelihoodClaim("validation", REPORTED.gaussianValidation, sigmas),
      likelihoodClaim("test", REPORTED.gaussianTest, sigmas),
    ],
  };
}

async function measureDivergence(
  options: ReportOptions,
  parts: Awaited<ReturnType<ReturnType<typeof houseData>["parts"]>>,
): Promise<Divergence> {
  const seeds = seedsOf(options, { quick: 2, normal: 5, full: 10 });
  const epochs = byScale(options, { quick: 10, normal: 50, full: 100 });
  const tasks = treatments.flatMap((treatment) =>
    SGD_RATES.flatMap((learningRate) => seeds.map((seed) => ({ treatment, learningRate, seed }))),
  );
  const outcomes = await besideEachOther(options, "regression, SGD", tasks, ({ treatment, learningRate, seed }) =>
    trainBySgd(treatment, parts, learningRate, { seed, epochs }),
  );
  const of = (treatment: Treatment, learningRate: number): (number | NonFiniteError)[] =>
    outcomes.filter((_, i) => tasks[i]!.treatment === treatment && tasks[i]!.learningRate === learningRate);
  const scales = scalesOf(parts.train);
  const mean = scales.at(-1)!.mean;
  const prices = Array.from(parts.validation.target!);
  return {
    rates: SGD_RATES,
    epochs,
    outcomes: treatments.map((treatment) => SGD_RATES.map((rate) => of(treatment, rate))),
    firstSteps: await Promise.all(treatments.map((treatment) => firstStep(treatment, parts.train, 1))),
    scales,
    meanError: Math.sqrt(prices.reduce((sum, price) => sum + (price - mean) ** 2, 0) / prices.length),
  };
}

async function measureSigmas(
  options: ReportOptions,
  parts: Parameters<typeof trainHouses>[1],
  seeds: readonly number[],
  epochs: number,
): Promise<SigmaStudy> {
  const network = { ...ORIGINAL_HOUSES, withSigma: true };
  const optimizer = adam({ learningRate: 0.001 });
  const runs = await besideEachOther(options, "regression, sigmas", seeds, async (seed) => {
    let predictions: PricePrediction[] = [];
    const trained = await trainHouses(network, parts, { seed, epochs, optimizer }, async (trainer) => {
      predictions = await predictPrices(trainer, parts.test);
    });
    return { trained, predictions };
  });
  const predictions = runs.map((run) => run.predictions);
  const over = <T>(curves: readonly (readonly T[])[], value: (one: T) => number) =>
    curves[0]!.map((_, i) => estimate(curves.map((curve) => value(curve[i]!))));
  return {
    trained: runs.map(({ trained }) => trained),
    first: predictions[0]!,
    test: parts.test,
    within: [1, 2].map((width) => estimate(predictions.map((each) => shareWithin(each, width)))),
    probabilities: PROBABILITIES,
    shares: over(
      predictions.map((each) => calibrationCurve(each, PROBABILITIES)),
      (share) => share,
    ),
    groups: {
      sigma: over(
        predictions.map((each) => groupsBySigma(each, 5)),
        ({ sigma }) => sigma,
      ),
      error: over(
        predictions.map((each) => groupsBySigma(each, 5)),
        ({ error }) => error,
      ),
    },
  };
}

function errorsBy(choice: string, trained: Trained): Comparison {
  const results = new Map([...trained].map(([name, runs]) => [name, runs.map(({ best }) => best.validation.error)]));
  return errorComparison(choice, "validation error in dollars", results);
}

await runAlone(import.meta.url, "regression", run);
