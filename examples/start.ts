// `npm start`: trains the digit network of the README on the built-in digits, exports it and runs the file in ONNX Runtime.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { SingleBar } from "cli-progress";
import { datasets, info, mse, sgd, Trainer } from "netwright";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { digitsAsText } from "./digits_as_text.js";
import { digitNetwork } from "./networks.js";

const EPOCHS = 6;
const out = path.resolve("out");

const { version, instructionSet, blas, threads } = info();
console.log(`netwright ${version}: ${instructionSet}, ${blas}, ${threads} threads`);

const { train, validation, test } = datasets.digits({ seed: 1 });
console.log(`built-in digits: ${train.rows} to train, ${validation.rows} to validate, ${test.rows} to test`);

using trainer = new Trainer(digitNetwork, { loss: mse(), optimizer: sgd({ learningRate: 0.1 }), seed: 1 });
console.log(trainer.summary({ batchSize: 10 }));

const steps = Math.ceil(train.rows / 10);
const bar = new SingleBar({
  format: "[{bar}] epoch {epoch}/{epochs}, loss {loss}, validation {accuracy}",
  barsize: 24,
  linewrap: true, // else an interrupted bar leaves the terminal without it
  noTTYOutput: true,
  notTTYSchedule: 5000,
});
bar.start(EPOCHS * steps, 0, { epoch: 1, epochs: EPOCHS, loss: "-", accuracy: "-" });
const started = performance.now();
for await (const { epoch, loss, validation: measured } of trainer.fit(train, {
  epochs: EPOCHS,
  batchSize: 10,
  validation,
  // The figures are those of the last whole epoch, and so is its number.
  onTick: (tick) => bar.update((tick.epoch - 1) * steps + tick.step),
}))
  bar.update(epoch * steps, { epoch, loss: loss.toFixed(5), accuracy: measured?.metrics.accuracy?.toFixed(4) });
bar.stop();
console.log(`trained in ${((performance.now() - started) / 1000).toFixed(1)} s`);

const { metrics } = await trainer.evaluate(test);
console.log(`test accuracy: ${((metrics.accuracy ?? 0) * 100).toFixed(2)} %`);

await mkdir(out, { recursive: true });
const onnxFile = path.join(out, "digits.onnx");
const weightsFile = path.join(out, "digits.safetensors");
await trainer.exportOnnx(onnxFile);
await trainer.save(weightsFile);

const own = await trainer.predict(test);
const [name, { data = new Float32Array(), labels = [] } = {}] = Object.entries(own)[0] ?? [];
const session = await InferenceSession.create(onnxFile, { logSeverityLevel: 3 });
const input = new Tensor("float32", test.input, [test.rows, ...test.inputShape]);
const results = await session.run({ [session.inputNames[0] as string]: input });
const theirs = results[name as string]?.data as Float32Array;
const largest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] as number))), 0);
console.log(`largest difference between netwright and ONNX Runtime on ${test.rows} rows: ${largest.toExponential(2)}`);

console.log(digitsAsText(test, labels.slice(0, 4)));
for (const file of [onnxFile, weightsFile]) console.log(`written: ${path.relative(".", file)}`);
console.log(`check the export any time: npx netwright verify ${path.relative(".", onnxFile)}`);
