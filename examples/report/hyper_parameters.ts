// Section 4, hyper-parameters: batch size, learning rate, epochs, optimizer and loss, for digits and for houses, over seeds.
// npx tsx examples/report/hyper_parameters.ts [--quick | --full] [--seeds N] [--epochs N]
import { batchClaims, batchParts } from "./hyper_parameters/hyper_parameters_batch.js";
import { epochClaims, epochParts } from "./hyper_parameters/hyper_parameters_epochs.js";
import { lossClaims, lossParts } from "./hyper_parameters/hyper_parameters_loss.js";
import { measure, rowsOf } from "./hyper_parameters/hyper_parameters_measured.js";
import { optimizerClaims, optimizerParts } from "./hyper_parameters/hyper_parameters_optimizer.js";
import { rateClaims, rateParts } from "./hyper_parameters/hyper_parameters_rate.js";
import type { ReportOptions } from "./options.js";
import { runAlone } from "./run.js";
import type { Section } from "./section.js";
import { dataSentence, digitData, houseData } from "./measuring/support.js";

export async function run(options: ReportOptions): Promise<Section> {
  const measured = await measure(options);
  const seeds = measured.digits.get("sgd 0.1")!.length;
  return {
    id: "hyper_parameters",
    title: "4. Hyper-parameters",
    introduction: [
      "How a network is trained is decided by a handful of numbers that training itself does not learn. Each of them is varied here with everything else left as the original had it, on both of its problems, once for each seed. Differences are taken seed by seed.",
      `${await dataSentence(digitData())} ${await dataSentence(houseData())}`,
      `Digits: the original's network, ${seeds} ${seeds === 1 ? "seed" : "seeds"}, ${measured.digitEpochs} epochs${subsetText(rowsOf(options))}. Houses: the original's network on standardized features and prices, ${measured.houseEpochs} epochs for each point of two grids, which are two studies of the library's own search, with \`grid\` as sampler. Figures are those of the last epoch unless the text says otherwise. A training that ran away counts as guessing: one digit in ten right, or the mean price for every house.`,
    ],
    parts: [
      ...batchParts(measured),
      ...rateParts(measured),
      ...epochParts(measured),
      ...optimizerParts(measured),
      ...lossParts(measured),
    ],
    claims: [
      ...batchClaims(measured),
      ...rateClaims(measured),
      ...epochClaims(measured),
      ...optimizerClaims(measured),
      ...lossClaims(measured),
    ],
  };
}

function subsetText(rows: number): string {
  return Number.isFinite(rows) ? ` on ${rows} of the training images` : "";
}

await runAlone(import.meta.url, "hyper_parameters", run);
