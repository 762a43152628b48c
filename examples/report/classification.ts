// Section 1, classification of digits: depth, neurons and activation of the network, and the chosen one on test images.
// npx tsx examples/report/classification.ts [--quick | --full] [--seeds N] [--epochs N]
import type { Dataset } from "netwright";
import {
  activationParts,
  depthParts,
  finalParts,
  type Finals,
  introduction,
  unitsParts,
} from "./classification/classification_text.js";
import { bestClaim, type Comparison, leader } from "./measuring/comparison.js";
import {
  type ActivationName,
  type DigitNetwork,
  ORIGINAL,
  type TrainedDigits,
  trainDigits,
} from "./networks/digit_network.js";
import { byScale, epochsOf, type ReportOptions, seedsOf } from "./options.js";
import { runAlone } from "./run.js";
import type { Claim, Section } from "./section.js";
import { difference, estimate, singleTraining } from "./measuring/statistics.js";
import { dataSentence, digitData, forEverySeed, percent, points, withInterval } from "./measuring/support.js";
import { isPositive, isReproduced } from "./measuring/verdict.js";

const depthName = (blocks: number) => String(blocks);
const unitsName = (units: readonly number[]) => units.join(" and ");

const DEPTHS = [1, 2, 3, 4];
const UNITS = [[16], [64], [256], [100, 50]];
const ACTIVATIONS: readonly ActivationName[] = ["sigmoid", "tanh", "relu"];
/** How far single trainings may scatter before a figure of one training says nothing. */
const ONE_POINT = 0.01;
const REPORTED = { validation: 0.9832, test: 0.9744 };

export async function run(options: ReportOptions): Promise<Section> {
  const data = digitData();
  const seeds = seedsOf(options, { quick: 2, normal: 5, full: 5 });
  const epochs = epochsOf(options, { quick: 2, normal: 8, full: 50 });
  const finalEpochs = epochsOf(options, { quick: 4, normal: 25, full: 50 });
  const rows = byScale(options, { quick: 2000, normal: Number.POSITIVE_INFINITY, full: Number.POSITIVE_INFINITY });

  // One subset a seed, shared by all its trainings.
  const subsets = new Map<number, Dataset>();
  const train = async (network: DigitNetwork, seed: number, length: number): Promise<TrainedDigits> => {
    const parts = await data.parts(seed);
    const subset = subsets.get(seed) ?? (parts.train.rows <= rows ? parts.train : parts.train.slice(0, rows));
    subsets.set(seed, subset);
    return trainDigits(network, { ...parts, train: subset }, { seed, epochs: length });
  };
  /** Trains what is not known yet from the comparison before. */
  const compare = async (what: string, networks: ReadonlyMap<string, DigitNetwork>, known: Trained) => {
    const missing = [...networks.keys()].filter((name) => !known.has(name));
    const title = `classification, ${what}`;
    const measured = await forEverySeed(options, title, missing, seeds, (name, seed) =>
      train(networks.get(name)!, seed, epochs),
    );
    return new Map([...networks.keys()].map((name) => [name, (known.get(name) ?? measured.get(name))!]));
  };

  const byDepth = new Map(DEPTHS.map((blocks) => [depthName(blocks), { ...ORIGINAL, blocks }]));
  const depths = await compare("depth", byDepth, new Map());
  const depth = accuracyBy("convolutional blocks", depths);
  const deep = byDepth.get(leader(depth))!;

  const byUnits = new Map(UNITS.map((units) => [unitsName(units), { ...deep, units }]));
  const alike = new Map([[unitsName(deep.units), depths.get(leader(depth))!]]);
  const sizes = await compare("neurons", byUnits, alike);
  const units = accuracyBy("neurons of the dense layers", sizes);
  const wide = byUnits.get(leader(units))!;

  const byActivation = new Map(ACTIVATIONS.map((activation) => [activation as string, { ...wide, activation }]));
  const functions = await compare("activation", byActivation, new Map([["relu", sizes.get(leader(units))!]]));
  const activation = accuracyBy("activation", functions);
  const chosen = byActivation.get(leader(activation))!;

  const isOriginal = JSON.stringify(chosen) === JSON.stringify(ORIGINAL);
  const last = new Map(
    isOriginal
      ? [[REFERENCE, ORIGINAL]]
      : [
          [REFERENCE, ORIGINAL],
          [CHOSEN, chosen],
        ],
  );
  const title = "classification, whole trainings";
  const finals: Finals = {
    trained: await forEverySeed(options, title, [...last.keys()], seeds, (name, seed) =>
      train(last.get(name)!, seed, finalEpochs),
    ),
    chosen,
    isOriginal,
    reported: REPORTED,
  };
  const reference = finals.trained.get(REFERENCE)!;

  return {
    id: "classification",
    title: "1. Classification: handwritten digits",
    introduction: introduction(await dataSentence(data), seeds.length, epochs, rows),
    parts: [
      ...depthParts(depth, depths),
      ...unitsParts(units, sizes),
      ...activationParts(activation, functions),
      ...finalParts(finals, finalEpochs),
    ],
    claims: [
      bestClaim("Of the numbers of convolutional layers, three gave the highest validation accuracy.", "3", depth),
      bestClaim("Of the numbers of neurons, 64 gave the best validation accuracy.", "64", units),
      bestClaim("Of sigmoid, tanh and ReLU, ReLU gave the best validation accuracy.", "relu", activation),
      reproducedClaim("validation", reference, finalEpochs),
      reproducedClaim("test", reference, finalEpochs),
      lengthClaim(reference, finalEpochs),
    ],
  };
}

type Trained = ReadonlyMap<string, readonly TrainedDigits[]>;

const REFERENCE = "the original's network";
const CHOSEN = "the network chosen here";

function accuracyBy(choice: string, trained: Trained): Comparison {
  const results = new Map([...trained].map(([name, runs]) => [name, runs.map(({ validation }) => validation)]));
  return { choice, measure: "validation accuracy", results };
}

function reproducedClaim(part: "validation" | "test", runs: readonly TrainedDigits[], epochs: number): Claim {
  const values = runs.map((run) => run[part]);
  const one = singleTraining(values);
  return {
    original: `The chosen network reached ${percent(REPORTED[part])} on the ${part} set.`,
    measured: `Its network after ${epochs} epochs: ${withInterval(estimate(values), percent)}; a single training falls between ${percent(one.low)} and ${percent(Math.min(1, one.high))}.`,
    verdict: isReproduced(REPORTED[part], values, ONE_POINT),
  };
}

/** The original's 50 epochs against a fifth of them, both of the same trainings. */
function lengthClaim(runs: readonly TrainedDigits[], epochs: number): Claim {
  const early = Math.max(1, Math.round(epochs / 5));
  const gain = difference(
    runs.map(({ validation }) => validation),
    runs.map(({ curve }) => curve[early - 1]!),
  );
  return {
    original: "Training for 50 epochs (with batches of 10) gave the best results.",
    measured: `Validation accuracy after ${epochs} epochs minus that after ${early}: ${withInterval(gain, points)}.`,
    verdict: isPositive(gain),
  };
}

await runAlone(import.meta.url, "classification", run);
