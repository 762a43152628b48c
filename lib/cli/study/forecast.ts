// `netwright study forecast`: what is left of a study in time, from its finished trials.
import { remaining, remainingText } from "../../search/forecast.js";
import { type Command, parse, UsageError } from "../command.js";
import { JOURNAL, journalOptions, readStudy } from "./journal.js";

export const forecast: Command = {
  name: "forecast",
  summary: "time until N trials are finished, or for N more",
  usage: "forecast <journal> --until N | --trials N [--parallel N] [--study NAME]",
  async run(parameters) {
    const { values, positionals } = parse(
      parameters,
      { ...journalOptions, until: { type: "string" }, trials: { type: "string" }, parallel: { type: "string" } },
      [JOURNAL],
    );
    const until = count("until", values.until, 0);
    const trials = count("trials", values.trials, 0);
    const parallel = count("parallel", values.parallel, 1);
    if ((until === undefined) === (trials === undefined))
      throw new UsageError("say how far: --until N finished trials in all, or --trials N more");
    const study = await readStudy(positionals[0] as string, values);
    const options = { ...(until !== undefined && { until }), ...(trials !== undefined && { trials }) };
    console.log(remainingText(remaining(study, { ...options, ...(parallel !== undefined && { parallel }) })));
    return 0;
  },
};

function count(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${name}: expected a whole number of at least ${least}, found "${text}"`);
}
