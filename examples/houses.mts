// House prices from four features, twice: least squares, then a mean and a sigma for every house.
import { Trainer, adam, datasets, dense, gaussian, gaussianNll, mse, relu, sequential, standardize } from "netwright";

const { train, validation, test } = await datasets.houses();
const hidden = () => [standardize(), ...[100, 50, 25, 25].flatMap((units) => [dense(units), relu()])];
const fit = { epochs: 200, batchSize: 64, validation, keepBest: true };

const prices = sequential([4], [...hidden(), dense(1)]);
using point = new Trainer(prices, { loss: mse(), optimizer: adam({ learningRate: 0.01 }), standardizeTargets: true, seed: 1 });
await point.fit(train, fit);
console.log("least squares:", await point.evaluate(test)); // dollars squared; rmse and mae in dollars

const beliefs = sequential([4], [...hidden(), dense(2), gaussian()]);
using trainer = new Trainer(beliefs, { loss: gaussianNll(), optimizer: adam({ learningRate: 0.001 }), standardizeTargets: true, seed: 1 });
await trainer.fit(train, fit);
console.log("gaussian:", await trainer.evaluate(test));

const { mean, sigma } = await trainer.predict(test.slice(0, 5));
for (let row = 0; row < 5; row++)
  console.log(`sold for ${test.target?.[row]}, predicted ${mean?.data[row]?.toFixed(0)} +- ${sigma?.data[row]?.toFixed(0)}`);
await trainer.exportOnnx("houses.onnx"); // takes raw features, gives dollars
