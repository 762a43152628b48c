// Trains on a CSV file of your own: a header line, one column to predict, the others are features.
import { Trainer, adam, datasets, dense, mse, relu, sequential, standardize } from "netwright";

const data = await datasets.csv("houses.csv", { target: "price" });
const { train, validation, test } = data.split({ train: 0.7, validation: 0.15, test: 0.15 }, { seed: 1 });
const model = sequential(train.inputShape, [standardize(), dense(64), relu(), dense(64), relu(), dense(1)]);
using trainer = new Trainer(model, { loss: mse(), optimizer: adam({ learningRate: 0.003 }), standardizeTargets: true, seed: 1 });
const { best } = await trainer.fit(train, { epochs: 200, validation, earlyStopping: 20 });
console.log(`best epoch ${best?.epoch}:`, await trainer.evaluate(test)); // rmse and mae in the units of the column
await trainer.save("prices.safetensors");
await trainer.exportOnnx("prices.onnx");
