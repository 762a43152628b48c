// The house-price studies of the README's table: five seeds each of least squares and Gaussian likelihood, best epoch by validation.
// npx tsx examples/reference_houses.ts [--seeds 5] [--epochs 800] [--threads 2]
import { adam, type Dataset, datasets, gaussianNll, mse, Trainer } from "netwright";
import { priceAndSigmaNetwork, priceNetwork } from "./networks.js";
import { mean, range, report, studyOptions } from "./study.js";

const { seeds, epochs, threads } = studyOptions({ epochs: 800 });
const { train, validation, test } = await datasets.houses();

const studies = {
  mse: {
    model: priceNetwork,
    loss: mse(),
    learningRate: 0.01,
    peers: "PyTorch 1.13: validation 7.8e8 to 8.5e8; the report: 1.098e9",
  },
  gaussian: {
    model: priceAndSigmaNetwork,
    loss: gaussianNll(),
    learningRate: 0.001,
    peers: "PyTorch 1.13: validation 11.48 to 11.50, test 11.58 to 11.62",
  },
};

/** Shares of the rows whose price lies within one and two predicted sigmas of the predicted mean. */
async function coverage(trainer: Trainer, data: Dataset): Promise<[number, number]> {
  const { mean: centre, sigma } = await trainer.predict(data);
  const share = (width: number) =>
    mean(
      Array.from(data.target ?? [], (price, row) =>
        Math.abs(price - (centre?.data[row] ?? Number.NaN)) <= width * (sigma?.data[row] ?? Number.NaN) ? 1 : 0,
      ),
    );
  return [share(1), share(2)];
}

const results: Record<string, object[]> = {};
for (const [name, { model, loss, learningRate, peers }] of Object.entries(studies)) {
  const runs = [];
  for (let seed = 1; seed <= seeds; seed++) {
    using trainer = new Trainer(model, {
      loss,
      optimizer: adam({ learningRate }),
      standardizeTargets: true,
      seed,
      threads,
    });
    const started = performance.now();
    const { best } = await trainer.fit(train, { epochs, batchSize: 64, validation, keepBest: true });
    const seconds = (performance.now() - started) / 1000;
    const run = {
      seed,
      validation: best?.validation?.loss ?? Number.NaN,
      test: (await trainer.evaluate(test)).loss,
      epoch: best?.epoch,
      ...(name === "gaussian" && { coverage: await coverage(trainer, test) }),
      seconds,
    };
    runs.push(run);
    const shares = run.coverage?.map((share) => share.toFixed(3)).join(" and ");
    console.log(
      `${name} seed ${seed}: validation ${run.validation.toPrecision(5)}, test ${run.test.toPrecision(5)}, epoch ${run.epoch}${shares ? `, within one and two sigmas ${shares}` : ""}, ${seconds.toFixed(1)} s`,
    );
  }
  const digits = name === "mse" ? 0 : 3;
  const validations = runs.map((run) => run.validation);
  const tests = runs.map((run) => run.test);
  console.log(
    `${name}, mean of ${seeds}: validation ${mean(validations).toPrecision(5)}, test ${mean(tests).toPrecision(5)}`,
  );
  console.log(`${name}: validation ${range(validations, digits)}, test ${range(tests, digits)}`);
  console.log(peers);
  results[name] = runs;
}
report("reference_houses", { epochs, threads, ...results });
