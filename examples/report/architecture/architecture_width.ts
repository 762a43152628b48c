// Section 5, width: what more neurons do, figures and claims.
import { type ArchitectureStudy, accuracyBy, trainingErrorBy, validationErrorBy } from "./architecture_study.js";
import { type Comparison, comparisonFigure, comparisonTable, leader, leaderSentence } from "../measuring/comparison.js";
import { dollarsMore } from "../measuring/dollars.js";
import { intervalFigure } from "../page/figures.js";
import type { Claim, Part } from "../section.js";
import { difference, type Estimate, estimate } from "../measuring/statistics.js";
import { points, withInterval } from "../measuring/support.js";
import { isNegative, isPositive, together } from "../measuring/verdict.js";

function comparisons({ digits, houses }: ArchitectureStudy) {
  return {
    accuracy: accuracyBy("filters of the first block", digits.width),
    training: trainingErrorBy("neurons of the hidden layers", houses.width),
    validation: validationErrorBy("neurons of the hidden layers", houses.width),
  };
}

export function widthParts(study: ArchitectureStudy): Part[] {
  const { accuracy, training, validation } = comparisons(study);
  const estimates = (results: ReadonlyMap<string, readonly number[]>) =>
    new Map([...results].map(([name, values]): [string, Estimate] => [name, estimate(values)]));
  const size = (runs: ReadonlyMap<string, readonly { readonly parameters: number }[]>) => (name: string) =>
    runs.get(name)![0]!.parameters.toLocaleString("en");
  return [
    {
      kind: "text",
      heading: "Width",
      paragraphs: [
        "More neurons in a layer are more features that it can look for at once. The number of weights between two layers grows with the product of their sizes, and so does the time of a step.",
        `Digits, three blocks, each with twice the filters of the one before. ${leaderSentence(accuracy)}`,
      ],
    },
    comparisonFigure("Digits: validation accuracy by filters of the first block.", accuracy),
    comparisonTable("Digits: width.", accuracy, { weights: size(study.digits.width) }),
    {
      kind: "text",
      paragraphs: [
        `Houses, four layers, training rows. ${leaderSentence(training)}`,
        `Houses, validation rows. ${leaderSentence(validation)}`,
      ],
    },
    intervalFigure(
      "Houses: training and validation error by neurons of the four hidden layers. Large dots are means, bars their 95 % intervals, small dots single trainings.",
      { x: "neurons of the hidden layers", y: "error in dollars", yType: "log" },
      [
        { name: "training", estimates: estimates(training.results) },
        { name: "validation", estimates: estimates(validation.results) },
      ],
    ),
    comparisonTable("Houses: width.", validation, { weights: size(study.houses.width) }),
  ];
}

export function widthClaims(study: ArchitectureStudy): Claim[] {
  const { accuracy, validation } = comparisons(study);
  const digits = spans(accuracy);
  const houses = spans(validation);
  return [
    {
      original: "More neurons enhanced performance, up to a point.",
      measured: `Digits, ${digits.best} minus ${digits.narrowest} filters: ${withInterval(digits.rise, points)} of accuracy; houses, ${houses.best} minus ${houses.narrowest} neurons: ${withInterval(houses.rise, dollarsMore)} of error.`,
      verdict: together([isPositive(digits.rise), isNegative(houses.rise)]),
    },
    {
      original: "Beyond that point more neurons made it worse, by over-fitting.",
      measured: `The widest network against the best of the narrower ones: digits, ${digits.widest} minus ${digits.best} filters: ${withInterval(digits.fall, points)}; houses, ${houses.widest} minus ${houses.best}: ${withInterval(houses.fall, dollarsMore)}.`,
      verdict: together([isNegative(digits.fall), isPositive(houses.fall)]),
    },
  ];
}

/** From the narrowest to the best of those between, and from there to the widest. */
function spans(comparison: Comparison) {
  const { results } = comparison;
  const names = [...results.keys()];
  const [narrowest, widest] = [names[0]!, names.at(-1)!];
  const best = leader({ ...comparison, results: new Map([...results].slice(1, -1)) });
  return {
    narrowest,
    best,
    widest,
    rise: difference(results.get(best)!, results.get(narrowest)!),
    fall: difference(results.get(widest)!, results.get(best)!),
  };
}
