// What section 3 says of the searches, and the claims that they decide.
import { type Forecast, forecastText } from "netwright";
import { type Comparison, comparisonFigure, comparisonTable, leaderSentence } from "../measuring/comparison.js";
import { type Curve, curveFigure, shareAxis } from "../page/figures.js";
import type { Claim, Section } from "../section.js";
import { difference, type Estimate, estimate, geometricEstimate } from "../measuring/statistics.js";
import { listText, percent, points as pointsText, withInterval } from "../measuring/support.js";
import type { SearchRun, TimeSetup } from "../time.js";
import { isPositive } from "../measuring/verdict.js";

type Runs = ReadonlyMap<string, readonly SearchRun[]>;

const DAY = 86_400;
const PRUNED = "TPE with pruning";

export function timeSection(runs: Runs, setup: TimeSetup): Section {
  const { seeds, epochs, rows, budget, points } = setup;
  const scores = comparisonOf("best validation accuracy found", runs, ({ best }) => best.at(-1)!.value);
  const tests = comparisonOf("test accuracy", runs, ({ test }) => test);
  const short = gridSeconds(runs, setup, 1);
  const whole = gridSeconds(runs, setup, setup.wholeTraining);
  return {
    id: "time",
    title: "3. Time against hyper-parameters",
    introduction: [
      "Every hyper-parameter that is added multiplies the number of combinations: eight of them with three or four values each are already more networks than anybody can train. What a search has to offer is therefore not the best network of all, but a good one for the time that there is. Here three ways of searching get the same time, again and again with other seeds.",
      setup.data,
      `The task: choose the number of convolutional blocks and of filters, the dense layer, the activation, dropout, the optimizer, its learning rate and the size of a batch, ${points.toLocaleString("en")} combinations in all on the grid. To make many trials possible in ${budget} seconds, a trial is a training of ${epochs} epochs on ${rows} images. Each search has one thread; ${seeds} ${seeds === 1 ? "search" : "searches"} of each kind, with other validation images, first weights and proposals for each seed.`,
    ],
    parts: [
      {
        kind: "text",
        heading: "Three ways to search",
        paragraphs: [
          "Grid search tries every combination of given values. Those here come in an order that is shuffled, for in the usual order, one value after the other like the digits of a counter, the first thousand trials would all have one and the same depth. Even so it never tries more than four learning rates, however many trials it makes. Random search draws every hyper-parameter anew in every trial: as many learning rates as trials, and since usually few hyper-parameters matter, each trial tells something new about those that do (Bergstra and Bengio 2012).",
          "TPE looks at what the trials so far have shown: it estimates where good trials lie and where bad ones do, and proposes what is likelier among the good (Bergstra et al. 2011). Pruning (here asynchronous successive halving, Li et al. 2020) looks at a training after 1, 3, 9 epochs and so on, and ends it unless it is among the best third of those that got as far: most bad networks are known after one epoch, and the time goes to others.",
        ],
      },
      curveFigure(
        "The best validation accuracy found over time spent: means over seeds with 95 % intervals, from when every search of a kind has finished a trial.",
        { x: "time spent, seconds", y: "best validation accuracy", ...shareAxis },
        [...runs].map(([name, searches]) => progressCurve(name, searches, budget)),
      ),
      { kind: "text", paragraphs: [leaderSentence(scores), catchUpSentences(runs, budget), whySentence(runs, setup)] },
      comparisonTable(`After ${budget} seconds. Differences are taken seed by seed.`, scores, {
        "trials, mean": (name) => meanOf(runs, name, ({ finished }) => finished).toFixed(0),
        "of them pruned": (name) => meanOf(runs, name, ({ pruned }) => pruned).toFixed(0),
        "seconds a trial": (name) => meanOf(runs, name, ({ secondsPerTrial }) => secondsPerTrial).toFixed(2),
      }),
      comparisonFigure("Best validation accuracy at the end.", scores),
      {
        kind: "text",
        heading: "The best score found is too good",
        paragraphs: [
          `The best of many trials is the best partly by luck on these validation images, and the more trials, the more luck is picked. So the best network of each search was trained once more and measured on test images, which no search had seen: ${listText([...runs.keys()].map((name) => `${name} ${withInterval(estimate(tests.results.get(name)!), percent)}`))}. ${leaderSentence(tests)}`,
        ],
      },
      {
        kind: "text",
        heading: "What the whole grid would take",
        paragraphs: [
          `Random trials took ${withInterval(estimate(runs.get("random")!.map(({ secondsPerTrial }) => secondsPerTrial)), (value) => `${value.toFixed(2)} s`)} each, and a random trial costs on average what a point of the grid does. The ${points.toLocaleString("en")} points, ${setup.parallel} at a time, would therefore take ${withInterval(short, durationText)} even with these short trainings, and ${withInterval(whole, durationText)} with trainings as long as the original's (50 epochs on 6,000 images: ${setup.wholeTraining.toFixed(0)} times as long). Random search was given ${durationText(budget)}.`,
          `Nobody has to run anything to know that. Asked before the searches for whole trainings, on all training images, the library timed ${setup.forecast.probes} of them for some steps each and said:`,
        ],
      },
      { kind: "output", text: forecastText(setup.forecast) },
      { kind: "text", paragraphs: [forecastSentence(setup.forecast, whole)] },
    ],
    claims: claimsOf(runs, setup, whole),
  };
}

function claimsOf(runs: Runs, { points, budget, parallel, wholeTraining }: TimeSetup, whole: Estimate): Claim[] {
  const random = runs.get("random")!;
  const trials = estimate(random.map(({ finished }) => finished));
  // The same trials with whole trainings, each on its thread.
  const spent = estimate(random.map(() => (budget * wholeTraining) / parallel));
  const ratio = estimate(whole.values.map((seconds, i) => Math.log10(seconds / spent.values[i]!)));
  const gap = difference(
    random.map(({ best }) => best.at(-1)!.value),
    runs.get("grid")!.map(({ best }) => best.at(-1)!.value),
  );
  const spread = estimate(random.map(quartileSpread));
  return [
    {
      original: "How well a model does is determined by how its hyper-parameters are set.",
      measured: `Half of the networks of random search lie within ${withInterval(spread, (value) => `${(value * 100).toFixed(1)} points`)} of validation accuracy, a quarter above and a quarter below. Called determined here when that is more than 5 points.`,
      verdict: isPositive({ low: spread.low - 0.05, high: spread.high - 0.05 }),
    },
    {
      original: "Training with all combinations would take so long that it is impossible.",
      measured: `${points.toLocaleString("en")} combinations, whole trainings: ${withInterval(whole, durationText)} on this machine. Called impossible here when it is more than a day.`,
      verdict: isPositive({ low: whole.low - DAY, high: whole.high - DAY }),
    },
    {
      original: "Random selection of hyper-parameters took much less time than all combinations would.",
      measured: `${trials.mean.toFixed(0)} random trials take ${durationText(spent.mean)} with whole trainings: the grid takes ${Math.round(10 ** ratio.mean)} times as long (called much when more than ten times). In the same time random search found ${withInterval(gap, pointsText)} against the part of the grid that was reached.`,
      verdict: isPositive({ low: ratio.low - 1, high: ratio.high - 1 }),
    },
  ];
}

/** From the lower to the upper quartile of the complete trials' values. */
function quartileSpread({ record }: SearchRun): number {
  const values = record.trials
    .filter(({ state }) => state === "complete")
    .map(({ values }) => values![0]!)
    .sort((a, b) => a - b);
  const at = (share: number) => values[Math.round(share * (values.length - 1))]!;
  return at(0.75) - at(0.25);
}

/** Seconds of all points of the grid, by the trials of random search, `times` as long each. */
function gridSeconds(runs: Runs, { points, parallel }: TimeSetup, times: number): Estimate {
  return geometricEstimate(
    runs.get("random")!.map(({ secondsPerTrial }) => (secondsPerTrial * points * times) / parallel),
  );
}

/** The forecast beside what the searches' trials lead to. */
function forecastSentence({ grid }: Forecast, whole: Estimate): string {
  const ratio = grid!.milliseconds / 1000 / whole.mean;
  return `That is ${ratio.toFixed(2)} times what the trials of random search lead to when their time is multiplied by the rows and epochs of whole trainings. The two need not be equal: a short training on few images spends a larger share of its time on validation images, and on beginning.`;
}

/** When each kind of search had what random search had at its end, seed by seed. */
function catchUpSentences(runs: Runs, budget: number): string {
  const random = runs.get("random")!;
  return [...runs]
    .filter(([name]) => name !== "random")
    .map(([name, searches]) => {
      const times = searches
        .map(({ best }, i) => best.find(({ value }) => value >= random[i]!.best.at(-1)!.value)?.seconds)
        .filter((seconds) => seconds !== undefined)
        .sort((a, b) => a - b);
      const middle = times[Math.floor((times.length - 1) / 2)];
      const reached = `What random search had after ${budget} seconds, ${name} reached in ${times.length} of ${searches.length} searches`;
      return middle === undefined
        ? `${reached}.`
        : `${reached}, the median of these after ${middle.toFixed(0)} seconds.`;
    })
    .join(" ");
}

/** What the kinds of search did with their time. */
function whySentence(runs: Runs, { points, budget }: TimeSetup): string {
  const [grid, random, tpe] = ["grid", "random", PRUNED].map((name) => meanOf(runs, name, ({ finished }) => finished));
  const ended = meanOf(runs, PRUNED, ({ pruned }) => pruned);
  const share = (grid! / points) * 100;
  return `In ${budget} seconds random search finished ${random!.toFixed(0)} trials on average; TPE with pruning began ${tpe!.toFixed(0)}, of which ${ended.toFixed(0)} were ended early: what it saves on hopeless networks it spends on more of them, and the later ones lie where earlier ones were good. Grid search got through ${grid!.toFixed(0)} of its points, ${share.toFixed(share < 1 ? 2 : 0)} %: so small a part of a shuffled grid is nearly a random search itself, only with four learning rates to choose from, which helps when one of the four happens to be good and cannot be mended when none is.`;
}

function progressCurve(name: string, searches: readonly SearchRun[], budget: number): Curve {
  const steps = 60;
  const x = Array.from({ length: steps }, (_, i) => (budget * (i + 1)) / steps);
  const bestAt = ({ best }: SearchRun, time: number) => best.findLast(({ seconds }) => seconds <= time)?.value;
  return {
    name,
    x,
    y: x.map((time) => {
      const values = searches.map((search) => bestAt(search, time));
      return values.every((value) => value !== undefined) ? estimate(values) : null;
    }),
    steps: true,
  };
}

function comparisonOf(measure: string, runs: Runs, value: (run: SearchRun) => number): Comparison {
  return { choice: "search", measure, results: new Map([...runs].map(([name, all]) => [name, all.map(value)])) };
}

function meanOf(runs: Runs, name: string, value: (run: SearchRun) => number): number {
  return estimate(runs.get(name)!.map(value)).mean;
}

/** `45 s`, `12 min`, `31 h`, `14 days`. */
function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 2 * DAY ? `${(seconds / 3600).toFixed(0)} h` : `${(seconds / DAY).toFixed(1)} days`;
}
