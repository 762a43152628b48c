// What the sections measure with: the data, many trainings beside each other, figures as text.
import { datasets, type Parts } from "netwright";
import type { ReportOptions } from "../options.js";
import type { Estimate } from "./statistics.js";

/** A data set that may be cut anew for every seed. */
export interface ReportData {
  /** For a sentence: `the USPS digits`. */
  readonly name: string;
  /** True for the data of the original report. */
  readonly isOriginal: boolean;
  /** The same object for the same seed: trainings beside each other share the rows. */
  parts(seed: number): Promise<Parts>;
}

const usesPublished = () => Boolean(process.env.NETWRIGHT_DATA);

/** USPS where `NETWRIGHT_DATA` is set, else the digits that the package draws; another split, or other digits, for each seed. */
export function digitData(): ReportData {
  return usesPublished()
    ? dataOf("the USPS digits", true, (seed) => datasets.usps({ seed }))
    : dataOf("digits drawn by the package (set NETWRIGHT_DATA for the real ones)", false, async (seed) =>
        datasets.digits({ seed }),
      );
}

/** The houses of Ames where `NETWRIGHT_DATA` is set, else made-up ones; the same rows for every seed, as in the original. */
export function houseData(): ReportData {
  return usesPublished()
    ? dataOf("the house prices of Ames, Iowa", true, () => datasets.houses(), true)
    : dataOf(
        "made-up houses (set NETWRIGHT_DATA for the real ones)",
        false,
        async () => datasets.syntheticHouses({ seed: 1 }),
        true,
      );
}

/** `6000 images to train, ...`: a sentence for a section's introduction. */
export async function dataSentence(data: ReportData, seed = 1): Promise<string> {
  const { train, validation, test } = await data.parts(seed);
  const origin = data.isOriginal ? "the data of the original" : "not the data of the original, so figures differ";
  return `Data: ${data.name}, ${origin}; ${train.rows} rows to train, ${validation.rows} to validate, ${test.rows} to test.`;
}

function dataOf(
  name: string,
  isOriginal: boolean,
  read: (seed: number) => Promise<Parts>,
  everySeedAlike = false,
): ReportData {
  const known = new Map<number, Promise<Parts>>();
  return {
    name,
    isOriginal,
    parts: (seed) => {
      const key = everySeedAlike ? 1 : seed;
      const found = known.get(key) ?? read(key);
      known.set(key, found);
      return found;
    },
  };
}

/**
 * Runs tasks beside each other, as many as the options say, and resolves with their results in order; the first that fails ends it.
 * Trainers in them should have `threads: 1`: for networks of this size that is faster than one after the other with all threads.
 * @param title named on stderr with how many are done
 */
export async function besideEachOther<Task, Result>(
  { parallel }: Pick<ReportOptions, "parallel">,
  title: string,
  tasks: readonly Task[],
  work: (task: Task) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const progress = progressOf(title, tasks.length);
  let next = 0;
  let done = 0;
  let failed = false;
  const slot = async () => {
    while (!failed && next < tasks.length) {
      const i = next++;
      try {
        results[i] = await work(tasks[i] as Task);
      } catch (error) {
        failed = true;
        throw error;
      }
      progress(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, tasks.length) }, slot));
  return results;
}

/** One line that changes in a terminal; elsewhere a line now and then. */
function progressOf(title: string, all: number): (done: number) => void {
  const started = performance.now();
  let told = started;
  return (done) => {
    const now = performance.now();
    const line = `${title}: ${done} of ${all}, ${((now - started) / 1000).toFixed(0)} s`;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${done === all ? "\n" : ""}`);
    else if (done === all || now - told > SILENCE) {
      process.stderr.write(`${line}\n`);
      told = now;
    }
  };
}

const SILENCE = 30_000;

/** Runs `work` for every name and seed, beside each other; the results by name, in the order of the seeds. */
export async function forEverySeed<Result>(
  options: Pick<ReportOptions, "parallel">,
  title: string,
  names: readonly string[],
  seeds: readonly number[],
  work: (name: string, seed: number) => Promise<Result>,
): Promise<Map<string, Result[]>> {
  // Seed by seed, so that few splits of the data are in use at one time.
  const tasks = seeds.flatMap((seed) => names.map((name) => ({ name, seed })));
  const results = await besideEachOther(options, title, tasks, ({ name, seed }) => work(name, seed));
  return new Map(names.map((name) => [name, results.filter((_, i) => tasks[i]?.name === name)]));
}

/** `0.9744` as `97.44 %`. */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** Points of a percentage, with sign: `+0.31 points`. */
export function points(share: number, digits = 2): string {
  const text = (share * 100).toFixed(digits);
  return `${share >= 0 ? "+" : ""}${text} points`;
}

/** `97.44 % (97.20 to 97.68)`; one value alone has no interval and says so. */
export function withInterval({ mean, low, high, values }: Estimate, format: (value: number) => string): string {
  if (values.length === 1) return `${format(mean)} (one seed, no interval)`;
  // A share lies between 0 and 1; its interval from few seeds may not know that.
  const possible = (value: number) => (format === percent ? Math.min(1, Math.max(0, value)) : value);
  // A unit that all three have is said once.
  const unit = / \D+$/.exec(format(mean))?.[0] ?? "";
  const [from, to] = [format(possible(low)), format(possible(high))];
  const bare = (text: string) => text.slice(0, text.length - unit.length);
  const ends = from.endsWith(unit) && to.endsWith(unit) ? `${bare(from)} to ${bare(to)}` : `${from} to ${to}`;
  return `${format(mean)} (${ends})`;
}

/** `a, b and c`. */
export function listText(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
