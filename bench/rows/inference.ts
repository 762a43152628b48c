// Predictions of the USPS network, call by call: netwright, ONNX Runtime on the exported file, PyTorch.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Dataset, Trainer } from "netwright";
import { networks, random } from "../networks.js";
import { countOperations } from "../operations.js";
import type { Options } from "../options.js";
import { startOnnxRuntime } from "../peers/onnx_runtime.js";
import type { Peer } from "../peers/peer.js";
import type { Roofline } from "../roofline.js";
import { median } from "../statistics.js";
import { type Contender, inTurns } from "../turns.js";
import { makeRow, OWN, type Row } from "./row.js";
import { torchContenders } from "./torch.js";

export const inferenceCases = [1, 10, 256].map((batch) => ({
  row: `usps-predict-${batch}`,
  title: `USPS prediction, batch ${batch}`,
  batch,
}));

const SHAPE = [1, 16, 16] as const;
/** Enough for the way into a job and out of it not to count. */
const batchesOfJob = (batch: number) => (batch < 100 ? 64 : 8);

export async function inferenceRow(
  { row, title, batch }: (typeof inferenceCases)[number],
  threads: number,
  options: Options,
  { torch, roofline }: { torch: Peer | undefined; roofline: Roofline | undefined },
): Promise<Row> {
  const { model } = networks.usps;
  const folder = mkdtempSync(path.join(tmpdir(), "netwright-bench-"));
  try {
    using trainer = new Trainer(model, { threads });
    const file = path.join(folder, "usps.onnx");
    await trainer.exportOnnx(file);
    const images = random(batch * 256);
    const runtime = await startOnnxRuntime(file, threads, { data: images, shape: [batch, ...SHAPE] });
    const peers = torch ? await torchContenders(torch, { work: "predict", network: "usps", batch }) : [];
    const times = await inTurns([calls(trainer, images), ...(runtime ? [runtime] : []), ...peers], options);
    await runtime?.close();
    const beside = { "in a job": await withinOneJob(trainer, batch, options) };
    const operations = countOperations(model).predict * batch;
    return makeRow({ row, title, threads, operations, beside }, times, roofline);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function calls(trainer: Trainer, images: Float32Array): Contender {
  return {
    name: OWN,
    async measure(times) {
      const started = performance.now();
      for (let call = 0; call < times; call++) await trainer.predict(images);
      return (performance.now() - started) / times;
    },
  };
}

/** Milliseconds of a batch where one call computes many: without the way from JavaScript and back. */
async function withinOneJob(trainer: Trainer, batch: number, options: Options): Promise<number> {
  const batches = batchesOfJob(batch);
  using rows = Dataset.from({ input: random(batches * batch * 256), inputShape: SHAPE });
  rows.native();
  const job: Contender = {
    name: OWN,
    async measure(times) {
      const started = performance.now();
      for (let call = 0; call < times; call++) await trainer.predict(rows, { batchSize: batch });
      return (performance.now() - started) / times;
    },
  };
  const times = await inTurns([job], options);
  return median(times[OWN] ?? []) / batches;
}
