// Section 5, architecture: depth, width and activation, for digits and for houses, over seeds.
// npx tsx examples/report/architecture.ts [--quick | --full] [--seeds N] [--epochs N]
import { activeShare } from "./architecture/active_units.js";
import { activationClaims, activationParts } from "./architecture/architecture_activation.js";
import { depthClaims, depthParts } from "./architecture/architecture_depth.js";
import type { ArchitectureStudy, HouseRun } from "./architecture/architecture_study.js";
import { widthClaims, widthParts } from "./architecture/architecture_width.js";
import { type ActivationName, type DigitNetwork, ORIGINAL } from "./networks/digit_network.js";
import { type DigitPlan, pick, runDigits } from "./networks/digit_runs.js";
import { type HouseNetwork, ORIGINAL_HOUSES, trainHouses } from "./networks/house_network.js";
import { byScale, epochsOf, type ReportOptions, seedsOf } from "./options.js";
import { runAlone } from "./run.js";
import type { Section } from "./section.js";
import { dataSentence, digitData, forEverySeed, houseData } from "./measuring/support.js";

const BLOCKS = [1, 2, 3, 4];
const FILTERS = [4, 8, 16, 32, 64];
const ACTIVATIONS: readonly ActivationName[] = ["sigmoid", "tanh", "relu"];
/** Hidden layers of the houses' network, of 50 neurons each. */
const LAYERS = [1, 2, 4, 8];
/** Multiples of 100, 50, 25 and 25 neurons. */
const WIDTHS = [0.1, 0.3, 1, 4];

/** By the name of each network; a name is shared by the comparisons it belongs to. */
const digitNetworks: Readonly<Record<string, DigitNetwork>> = {
  ...Object.fromEntries(BLOCKS.map((blocks) => [`${blocks} blocks`, { ...ORIGINAL, blocks }])),
  ...Object.fromEntries(
    FILTERS.filter((filters) => filters !== 32).map((filters) => [`${filters} filters`, { ...ORIGINAL, filters }]),
  ),
  ...Object.fromEntries(
    ACTIVATIONS.filter((name) => name !== "relu").map((activation) => [activation, { ...ORIGINAL, activation }]),
  ),
};

const houseNetworks: Readonly<Record<string, HouseNetwork>> = {
  ...Object.fromEntries(LAYERS.map((layers) => [`${layers} layers`, { units: Array<number>(layers).fill(50) }])),
  ...Object.fromEntries(
    WIDTHS.map((factor) => [
      `times ${factor}`,
      { units: ORIGINAL_HOUSES.units.map((size) => Math.max(1, Math.round(size * factor))) },
    ]),
  ),
  ...Object.fromEntries(
    ACTIVATIONS.filter((name) => name !== "relu").map((activation) => [activation, { ...ORIGINAL_HOUSES, activation }]),
  ),
};

const widthName = (factor: number) => houseNetworks[`times ${factor}`]!.units.join("-");

export async function run(options: ReportOptions): Promise<Section> {
  const study = await measure(options);
  const seeds = { digits: study.digits.depth.get("3")!.length, houses: study.houses.depth.get("4")!.length };
  const rows = rowsOf(options);
  return {
    id: "architecture",
    title: "5. Architecture",
    introduction: [
      "An architecture decides what a network can express, how many weights it has to find, and how well a gradient reaches the first of them. Depth, width and activation are varied one at a time, from the original's network on each problem, with its own way of training.",
      `${await dataSentence(digitData())} ${await dataSentence(houseData())}`,
      `Digits: ${seeds.digits} seeds, ${study.digitEpochs} epochs${Number.isFinite(rows) ? ` on ${rows} of the training images` : ""}, batches of 10, SGD at 0.1, mse. Houses: ${seeds.houses} seeds, ${study.houseEpochs} epochs, batches of 64, Adam at 0.01, features and prices standardized. Figures are those of the last epoch.`,
    ],
    parts: [...depthParts(study), ...widthParts(study), ...activationParts(study)],
    claims: [...depthClaims(study), ...widthClaims(study), ...activationClaims(study)],
  };
}

async function measure(options: ReportOptions): Promise<ArchitectureStudy> {
  const seeds = seedsOf(options, { quick: 2, normal: 5, full: 5 });
  const digitEpochs = epochsOf(options, { quick: 2, normal: 10, full: 50 });
  const plans = new Map(
    Object.entries(digitNetworks).map(([name, network]): [string, DigitPlan] => [name, { network }]),
  );
  const size = { seeds, epochs: digitEpochs, rows: rowsOf(options) };
  const digits = await runDigits(options, "architecture, digits", digitData(), plans, size);

  const parts = await houseData().parts(1);
  const houseSeeds = seedsOf(options, { quick: 2, normal: 10, full: 20 });
  const houseEpochs = epochsOf(options, { quick: 20, normal: 200, full: 800 });
  const houses = await forEverySeed(
    options,
    "architecture, houses",
    Object.keys(houseNetworks),
    houseSeeds,
    async (name, seed): Promise<HouseRun> => {
      const network = houseNetworks[name]!;
      let share = Number.NaN;
      const trained = await trainHouses(network, parts, { seed, epochs: houseEpochs }, async (trainer) => {
        share = await activeShare(trainer, network, parts.validation);
      });
      return { ...trained, activeShare: share };
    },
  );
  return {
    digits: {
      depth: pick(
        digits,
        BLOCKS.map((blocks) => [String(blocks), `${blocks} blocks`] as const),
      ),
      width: pick(
        digits,
        FILTERS.map((filters) => [String(filters), filters === 32 ? "3 blocks" : `${filters} filters`] as const),
      ),
      activation: pick(digits, activationNames("3 blocks")),
    },
    houses: {
      depth: pick(
        houses,
        LAYERS.map((layers) => [String(layers), `${layers} layers`] as const),
      ),
      width: pick(
        houses,
        WIDTHS.map((factor) => [widthName(factor), `times ${factor}`] as const),
      ),
      activation: pick(houses, activationNames("times 1")),
    },
    digitEpochs,
    houseEpochs,
  };
}

/** The original's network stands for ReLU. */
function activationNames(relu: string) {
  return ACTIVATIONS.map((name) => [name, name === "relu" ? relu : name] as const);
}

function rowsOf(options: ReportOptions): number {
  return byScale(options, { quick: 1000, normal: 3000, full: Number.POSITIVE_INFINITY });
}

await runAlone(import.meta.url, "architecture", run);
