// What section 2 says of SGD on raw data: the error, the diagnosis, the cure.
import { NonFiniteError } from "netwright";
import { type FirstStep, type Scale, treatments } from "./divergence.js";
import { dollars } from "../measuring/dollars.js";
import type { Claim, Part } from "../section.js";
import { estimate } from "../measuring/statistics.js";
import type { Verdict } from "../measuring/verdict.js";

type Outcome = number | NonFiniteError;

/** What plain SGD did; lists by treatment are in the order of `treatments`. */
export interface Divergence {
  readonly rates: readonly number[];
  readonly epochs: number;
  /** By treatment, learning rate and seed. */
  readonly outcomes: readonly (readonly (readonly Outcome[])[])[];
  readonly firstSteps: readonly FirstStep[];
  readonly scales: readonly Scale[];
  /** Validation error in dollars of predicting the mean training price for every house. */
  readonly meanError: number;
}

/** The learning rates that one would try first. */
const USUAL = [0.1, 0.01, 0.001];
const DOLLARS = treatments.flatMap(({ standardizeTargets }, i) => (standardizeTargets ? [] : [i]));

export function divergenceParts({ rates, epochs, outcomes, firstSteps, meanError }: Divergence): Part[] {
  const stopped = ranAway(outcomes[0]![rates.indexOf(0.01)]!)[0];
  const cured = outcomes[3]!.map((found, i) => ({ rate: rates[i]!, errors: found.filter(isNumber) }));
  const best = cured
    .filter(({ errors }, i) => errors.length === outcomes[3]![i]!.length)
    .map(({ rate, errors }) => ({ rate, mean: estimate(errors).mean }))
    .sort((a, b) => a.mean - b.mean)[0];
  const [raw, both] = [firstSteps[0]!, firstSteps[3]!];
  return [
    {
      kind: "text",
      heading: "Why SGD runs away, and what helps",
      paragraphs: [
        `The original found that plain SGD produced nan and gave it up for this problem. Here is the same training, raw features and prices in dollars, with a learning rate of 0.01. ${stopped ? "The trainer checks every step and stops with an error instead of going on with nan:" : "With these data it did not run away."}`,
      ],
    },
    ...(stopped ? [{ kind: "output", text: `${stopped.name}: ${stopped.message}` } as const] : []),
    {
      kind: "text",
      paragraphs: [
        `${stopped ? `So it broke after ${stopped.step} ${stopped.step === 1 ? "step" : "steps"}, and the first numbers that were not finite belonged to \`${stopped.layer}\`. ` : ""}The reason is scale. The loss is a squared error in dollars, so its gradient is proportional to prices of hundreds of thousands and, in the first layer, to features of thousands as well. Measured before the first step, the gradient of all weights has a norm of ${scientific(raw.gradient)}, the weights themselves one of ${raw.weights.toFixed(1)}: at a learning rate of 0.01 the first step is ${scientific((0.01 * raw.gradient) / raw.weights)} times as long as all weights together. It lands far away, where errors and gradients are larger still, until float32 overflows. With features and prices standardized the same norm is ${scientific(both.gradient)}, and the same step changes the weights by ${((0.01 * both.gradient * 100) / both.weights).toPrecision(2)} % of their norm.`,
        "RMSprop and Adam divide each gradient by its own recent size, so their first steps have the length of the learning rate whatever the units are: that is why they survived where SGD did not. It was not the optimizer that was wrong but the scale, and the cure is to change that: `standardize()` as the network's first layer fits mean and deviation of each feature on the training rows, `standardizeTargets: true` does the same for prices and still reports errors in dollars. A tiny learning rate on raw data is no cure: where it is small enough not to run away, it may be too small to learn.",
      ],
    },
    {
      kind: "table",
      caption: "Scale before the first step, over all training rows.",
      columns: [
        "standardized",
        "norm of the weights",
        "norm of the gradient",
        "first step at 0.01, in norms of the weights",
      ],
      rows: treatments.map(({ name }, i) => {
        const { gradient, weights } = firstSteps[i]!;
        return [name, weights.toFixed(1), scientific(gradient), scientific((0.01 * gradient) / weights)];
      }),
    },
    {
      kind: "table",
      caption: `Plain SGD for ${epochs} epochs: mean validation error of the last epoch, or how many trainings ran away and after how many steps. Always predicting the mean price has an error of ${dollars(meanError)}.`,
      columns: ["standardized", ...rates.map((rate) => `learning rate ${rate}`)],
      rows: treatments.map(({ name }, i) => [name, ...outcomes[i]!.map(outcomeText)]),
    },
    ...(best === undefined
      ? []
      : [
          {
            kind: "text",
            paragraphs: [
              `With both standardized, SGD trains: at best ${dollars(best.mean)} at a learning rate of ${best.rate}, against ${dollars(meanError)} for the mean price. ${targetSentence(outcomes, rates)}`,
            ],
          } as const,
        ]),
  ];
}

/** On "SGD produced nan": every usual learning rate on prices in dollars, with raw features and with standardized ones. */
export function ranAwayClaim({ outcomes, rates }: Divergence): Claim {
  const tried = DOLLARS.flatMap((i) => USUAL.flatMap((rate) => outcomes[i]![rates.indexOf(rate)]!));
  const away = ranAway(tried);
  const steps = away.map(({ step }) => step);
  const when =
    away.length === 0
      ? ""
      : `, after ${Math.min(...steps)} to ${Math.max(...steps)} steps of training, in ${layers(away)}`;
  return {
    original: "SGD produced nan, because of exploding gradients.",
    measured: `On prices in dollars, features raw or standardized, learning rates ${USUAL.join(", ")}: ${away.length} of ${tried.length} trainings ran away${when}.`,
    verdict: ofAll(away.length, tried.length),
  };
}

/** On something that happens or does not: in every training, in none, or in some. */
function ofAll(count: number, all: number): Verdict {
  if (count === all) return "agrees";
  return count === 0 ? "does not agree" : "in part";
}

function targetSentence(outcomes: Divergence["outcomes"], rates: readonly number[]): string {
  const usual = (treatment: number) => USUAL.flatMap((rate) => outcomes[treatment]![rates.indexOf(rate)]!);
  const [features, prices] = [usual(1), usual(2)].map((found) => `${ranAway(found).length} of ${found.length}`);
  return `Half of the cure is not enough to rely on: at the usual learning rates (${USUAL.join(", ")}) ${features} trainings ran away with standardized features alone, and ${prices} with standardized prices alone.`;
}

function outcomeText(found: readonly Outcome[]): string {
  const away = ranAway(found);
  const errors = found.filter(isNumber);
  const finished = errors.length === 0 ? [] : [dollars(estimate(errors).mean)];
  if (away.length === 0) return finished.join();
  const steps = away.map(({ step }) => step);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const when = first === last ? `step ${first}` : `steps ${first} to ${last}`;
  return [`${away.length} of ${found.length} ran away (${when})`, ...finished].join("; else ");
}

function ranAway(found: readonly Outcome[]): NonFiniteError[] {
  return found.filter((outcome) => outcome instanceof NonFiniteError);
}

function isNumber(outcome: Outcome): outcome is number {
  return typeof outcome === "number";
}

function layers(errors: readonly NonFiniteError[]): string {
  return [...new Set(errors.map(({ layer }) => `\`${layer}\``))].sort().join(" or ");
}

/** `1.2 million` would be longer: powers of ten. */
function scientific(value: number): string {
  return value >= 0.01 && value < 10_000 ? String(Number(value.toPrecision(2))) : value.toExponential(1);
}
