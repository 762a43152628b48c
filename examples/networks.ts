// The two reference networks, shared by the studies, `npm start` and the benchmarks.
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  gaussian,
  maxPool2d,
  relu,
  sequential,
  softmax,
  standardize,
} from "netwright";

const block = (filters: number) => [conv2d(filters, { kernel: 3, padding: "same" }), batchNorm(), relu(), maxPool2d(2)];

/** Digits of 16 x 16 pixels to ten probabilities. */
export const digitNetwork = sequential(
  [1, 16, 16],
  [
    ...block(32),
    ...block(64),
    ...block(128),
    dropout(0.25),
    flatten(),
    dense(100),
    relu(),
    dense(50),
    relu(),
    dense(10),
    softmax(),
  ],
);

const hidden = [100, 50, 25, 25].flatMap((units) => [dense(units), relu()]);

/** Four raw features of a house to its price. */
export const priceNetwork = sequential([4], [standardize(), ...hidden, dense(1)]);

/** Four raw features of a house to the mean and sigma of its price. */
export const priceAndSigmaNetwork = sequential([4], [standardize(), ...hidden, dense(2), gaussian()]);
