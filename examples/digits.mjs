// Plain JavaScript: a small convolutional network learns the built-in digits, is saved, loaded and asked.
import { Trainer, adam, conv2d, crossEntropy, datasets, dense, flatten, load, maxPool2d, relu, sequential, softmax } from "netwright";

const { train, validation, test } = datasets.digits({ seed: 1 });
const model = sequential([1, 16, 16], [
  conv2d(16, { kernel: 3, padding: "same" }), relu(), maxPool2d(2),
  conv2d(32, { kernel: 3, padding: "same" }), relu(), maxPool2d(2),
  flatten(), dense(10), softmax(),
]);
const trainer = new Trainer(model, { loss: crossEntropy(), optimizer: adam({ learningRate: 0.003 }), seed: 1 });
for await (const { epoch, validation: measured } of trainer.fit(train, { epochs: 3, validation }))
  console.log(`epoch ${epoch}: validation accuracy ${measured.metrics.accuracy.toFixed(4)}`);
const { metrics } = await trainer.evaluate(test);
console.log(`test accuracy ${metrics.accuracy.toFixed(4)}`);
await trainer.save("digits.safetensors");
await trainer.exportOnnx("digits.onnx");
trainer.dispose();

const loaded = await load("digits.safetensors");
const { probabilities } = await loaded.predict(test.slice(0, 5));
console.log(`the first five: ${probabilities.labels.join(" ")}`);
loaded.dispose();
