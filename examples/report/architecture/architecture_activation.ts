// Section 5, activation: sigmoid, tanh and ReLU, how long they take and how many units they leave at zero, figures and claims.
import { type ArchitectureStudy, accuracyBy, validationErrorBy } from "./architecture_study.js";
import { bestClaim, comparisonFigure, comparisonTable, leaderSentence } from "../measuring/comparison.js";
import type { Claim, Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { percent, withInterval } from "../measuring/support.js";
import { isNegative, isPositive, together } from "../measuring/verdict.js";

function comparisons({ digits, houses }: ArchitectureStudy) {
  return {
    accuracy: accuracyBy("activation", digits.activation),
    validation: validationErrorBy("activation", houses.activation),
  };
}

/** Time of an epoch of the digits with an activation, as a multiple of that with ReLU, less one. */
function slowness({ digits }: ArchitectureStudy, name: string): Estimate {
  const relu = digits.activation.get("relu")!;
  return estimate(digits.activation.get(name)!.map(({ epochSeconds }, i) => epochSeconds / relu[i]!.epochSeconds - 1));
}

function active({ houses }: ArchitectureStudy): Estimate {
  return estimate(houses.activation.get("relu")!.map(({ activeShare }) => activeShare));
}

export function activationParts(study: ArchitectureStudy): Part[] {
  const { accuracy, validation } = comparisons(study);
  const [sigmoid, tanh] = [slowness(study, "sigmoid"), slowness(study, "tanh")];
  const milliseconds = (name: string) =>
    `${(estimate(study.digits.activation.get(name)!.map(({ epochSeconds }) => epochSeconds)).mean * 1000).toFixed(0)} ms`;
  return [
    {
      kind: "text",
      heading: "Activation",
      paragraphs: [
        "Sigmoid and tanh flatten for large inputs, and where a function is flat no gradient comes through. ReLU is flat on one side only: a unit is either off, and then takes no part for this row, or it passes its input on unchanged.",
        `Digits. ${leaderSentence(accuracy)}`,
        `Houses. ${leaderSentence(validation)}`,
        `The original gives two reasons for ReLU. That it is more efficient: an epoch of the digits takes ${withInterval(sigmoid, signedPercent)} longer with sigmoid and ${withInterval(tanh, signedPercent)} with tanh; nearly all of a step's time goes into convolutions and products of matrices, whatever stands between them. And that it stimulates only some of the neurons: in the houses' network ${withInterval(active(study), percent)} of the hidden units are above zero for a house, averaged over the validation houses.`,
      ],
    },
    comparisonFigure("Digits: validation accuracy by activation.", accuracy),
    comparisonTable("Digits: activation.", accuracy, { "time of an epoch": milliseconds }),
    comparisonFigure("Houses: validation error by activation.", validation),
    comparisonTable("Houses: activation.", validation),
  ];
}

export function activationClaims(study: ArchitectureStudy): Claim[] {
  const { accuracy, validation } = comparisons(study);
  const slower = ["sigmoid", "tanh"].map((name) => slowness(study, name));
  const share = active(study);
  return [
    bestClaim("For the digits ReLU beat sigmoid and tanh.", "relu", accuracy),
    bestClaim("For the houses ReLU beat sigmoid and tanh.", "relu", validation),
    {
      original: "ReLU is more efficient.",
      measured: `Time of an epoch of the digits, more than with ReLU: sigmoid ${withInterval(slower[0]!, signedPercent)}, tanh ${withInterval(slower[1]!, signedPercent)}.`,
      verdict: together(slower.map(isPositive)),
    },
    {
      original: "ReLU only stimulates a subset of the neurons.",
      measured: `Hidden units above zero for a house: ${withInterval(share, percent)}.`,
      verdict: isNegative(
        difference(
          share.values,
          share.values.map(() => 1),
        ),
      ),
    },
  ];
}

function signedPercent(share: number): string {
  return `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}
