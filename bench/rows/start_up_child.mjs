// A fresh process for start_up.ts: times the import of the built package, and a trainer's way to the end of its first step.
// The model comes as JSON in the first parameter; the answer is one JSON object on stdout.
const rows = 10;
const json = process.argv[2] ?? "";

const started = performance.now();
const { Dataset, mse, sgd, Trainer } = await import("netwright");
const importMilliseconds = performance.now() - started;

const model = JSON.parse(json);
const batch = Dataset.from({
  input: Float32Array.from({ length: rows * 256 }, () => Math.random()),
  inputShape: [1, 16, 16],
  target: Int32Array.from({ length: rows }, (_, row) => row % 10),
  classes: 10,
});
const constructed = performance.now();
const trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ learningRate: 0.1 }) });
await trainer.step(batch);
const firstStepMilliseconds = performance.now() - constructed;
trainer.dispose();
console.log(JSON.stringify({ importMilliseconds, firstStepMilliseconds }));
