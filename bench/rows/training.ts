// Training steps, netwright and PyTorch: gathering of a shuffled batch, forward, loss, backward and update.
import { type Dataset, Trainer } from "netwright";
import { type Network, type NetworkName, networks } from "../networks.js";
import { countOperations } from "../operations.js";
import type { Options } from "../options.js";
import type { Peer } from "../peers/peer.js";
import type { Roofline } from "../roofline.js";
import { type Contender, inTurns } from "../turns.js";
import { makeRow, OWN, type Row } from "./row.js";
import { torchContenders } from "./torch.js";

export interface TrainingCase {
  readonly row: string;
  readonly title: string;
  readonly network: NetworkName;
  readonly batch: number;
}

export const trainingCases: readonly TrainingCase[] = [
  ...[10, 64, 256].map((batch) => ({
    row: `usps-train-${batch}`,
    title: `USPS step, batch ${batch}`,
    network: "usps" as const,
    batch,
  })),
  { row: "houses-train-64", title: "house step, batch 64", network: "houses", batch: 64 },
  { row: "resnet20-train-128", title: "ResNet-20 step, batch 128", network: "resnet20", batch: 128 },
];

/** Steps of one trainer; the data are made, and copied to native memory, before the clock runs. */
export function trainingContender({ data }: Network, trainer: Trainer, batch: number): Contender & Disposable {
  let rows: Dataset | undefined;
  return {
    name: OWN,
    async measure(times) {
      if (rows?.rows !== times * batch) {
        rows?.dispose();
        rows = data(times * batch);
        rows.native();
      }
      const { history } = await trainer.fit(rows, { epochs: 1, batchSize: batch });
      return ((history[0]?.seconds ?? Number.NaN) * 1e3) / times;
    },
    [Symbol.dispose]: () => rows?.dispose(),
  };
}

export async function trainingRow(
  { row, title, network: name, batch }: TrainingCase,
  threads: number,
  options: Options,
  { torch, roofline }: { torch: Peer | undefined; roofline: Roofline | undefined },
): Promise<Row> {
  const network: Network = networks[name];
  using trainer = new Trainer(network.model, { ...network.options, threads });
  using own = trainingContender(network, trainer, batch);
  const peers = torch ? await torchContenders(torch, { work: "train", network: name, batch }) : [];
  const times = await inTurns([own, ...peers], options);
  const operations = countOperations(network.model).train * batch;
  const convolutions = roofline?.onednn?.rows.find(
    (each) => each.network === name && each.batch === batch && each.type === "float32",
  );
  const beside = convolutions && { "oneDNN conv.": convolutions.stepMilliseconds };
  return makeRow({ row, title, threads, operations, ...(beside && { beside }) }, times, roofline);
}
