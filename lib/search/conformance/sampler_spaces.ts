// The search spaces that samplers are checked on.
import type { Distribution, ParameterValue } from "../distribution.js";
import { PretendStudy, type PretendTrial } from "./pretend_study.js";

/** Asks a trial for its parameters, as an objective does. */
export type Space = (trial: PretendTrial) => ParameterValue[];

export const plain: Space = (trial) => [
  trial.float("x", 0, 1),
  trial.float("rate", 1e-4, 1, { log: true }),
  trial.int("units", 1, 64),
  trial.categorical("kind", ["a", "b", "c"]),
];

export const shapes: Readonly<Record<string, Space>> = {
  "floats within bounds": (trial) => [
    trial.float("x", -3, 5),
    trial.float("y", 1e6, 1e6 + 1),
    trial.float("z", -1e300, 1e300),
  ],
  "floats on their steps": (trial) => [trial.float("x", 0, 1, { step: 0.1 }), trial.float("y", -1, 1, { step: 0.75 })],
  "floats in the logarithm": (trial) => [
    trial.float("x", 1e-9, 1e9, { log: true }),
    trial.float("y", 0.99, 1, { log: true }),
  ],
  "whole numbers": (trial) => [trial.int("x", -5, 5), trial.int("y", 0, 1), trial.int("z", 0, 2 ** 40)],
  "whole numbers on their steps": (trial) => [
    trial.int("x", 1, 10, { step: 3 }),
    trial.int("y", -64, 64, { step: 32 }),
  ],
  "whole numbers in the logarithm": (trial) => [
    trial.int("x", 1, 4096, { log: true }),
    trial.int("y", 7, 8, { log: true }),
  ],
  "choices of every type": (trial) => [
    trial.categorical("word", ["sgd", "rmsprop", "adam"]),
    trial.categorical("number", [16, 0.5, -1]),
    trial.categorical("flag", [true, false]),
    trial.categorical("mixed", [null, "null", 0, false]),
  ],
  "one parameter only": (trial) => [trial.float("x", 0, 1)],
  "one choice only": (trial) => [trial.categorical("kind", ["a", "b"])],
  "parameters next to single values": (trial) => [
    trial.float("x", 0, 1),
    trial.float("fixed", 2, 2),
    trial.int("one", 1, 1),
    trial.categorical("only", ["a"]),
    trial.int("units", 1, 8),
  ],
};

export const branching: Space = (trial) => {
  const optimizer = trial.categorical("optimizer", ["sgd", "adam"]);
  const depth = trial.int("depth", 1, 3);
  const own =
    optimizer === "sgd"
      ? [trial.float("momentum", 0, 0.99)]
      : [trial.float("beta", 0.9, 0.999), trial.float("epsilon", 1e-8, 1e-4, { log: true })];
  const units = Array.from({ length: depth }, (_, layer) => trial.int(`units${layer}`, 8, 32));
  return [optimizer, depth, ...own, ...units];
};

export const narrow: Space = (trial) => [
  trial.float("x", 0.25, 0.5),
  trial.int("units", 4, 8),
  trial.float("always", 0, 1),
];

/** Holds all of `narrow`. */
export const wide: Space = (trial) => [trial.float("x", 0, 1), trial.int("units", 1, 64), trial.float("always", 0, 1)];

export const small: Space = (trial) => [trial.float("constructor", 0, 1), trial.int("toString", 1, 9)];

/** The distributions that a space asks for: those of all its branches, found by trying. */
export function spaceOf(space: Space): Readonly<Record<string, Distribution>> {
  const found: Record<string, Distribution> = {};
  for (let attempt = 0; attempt < 12; attempt++) {
    const study = new PretendStudy();
    const trial = study.ask({
      name: "first choices and bounds",
      sample: (_, __, ___, distribution) => {
        if (distribution.kind === "categorical")
          return distribution.choices[attempt % distribution.choices.length] as ParameterValue;
        return attempt % 4 < 2 ? distribution.low : distribution.high;
      },
    });
    space(trial);
    Object.assign(found, study.trial(trial.number).distributions);
  }
  return found;
}
