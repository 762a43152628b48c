// `netwright study best`: parameters and value of the best trial, or of the Pareto front.
import { bestTrial, paretoFront, type TrialRecord } from "../../search/record.js";
import { objectiveName } from "../../search/summary.js";
import { plainText } from "../../search/text/terminal.js";
import { type Command, parse } from "../command.js";
import { JOURNAL, journalOptions, readStudy } from "./journal.js";

export const best: Command = {
  name: "best",
  summary: "parameters and value of the best trial; exit code 1 when none is complete",
  usage: "best <journal> [--study NAME] [--json]",
  async run(parameters) {
    const { values, positionals } = parse(parameters, { ...journalOptions, json: { type: "boolean" } }, [JOURNAL]);
    const study = await readStudy(positionals[0] as string, values);
    const single = study.directions.length === 1;
    const found = single ? [bestTrial(study)].filter((trial) => trial !== undefined) : paretoFront(study);
    if (values.json) {
      const entries = found.map((trial) => json(trial, single));
      console.log(JSON.stringify(single ? (entries[0] ?? null) : entries, null, 2));
    } else if (found.length === 0) console.log("no trial is complete");
    else {
      const names = study.directions.map((_, i) => objectiveName(study, i));
      console.log(found.map((trial) => text(trial, names)).join("\n\n"));
    }
    return found.length === 0 ? 1 : 0;
  },
};

function json({ number, values, parameters }: TrialRecord, single: boolean): object {
  return { trial: number, ...(single ? { value: values?.[0] } : { values }), parameters };
}

/** Not rounded: these are figures to copy. */
function text({ number, values, parameters }: TrialRecord, names: readonly string[]): string {
  const rows = [
    ["trial", number],
    ...names.map((name, i) => [name, values?.[i]]),
    ...Object.entries(parameters),
  ] as const;
  const width = Math.max(...rows.map(([name]) => plainText(String(name)).length));
  return rows
    .map(([name, value]) => `${plainText(String(name)).padEnd(width)}  ${plainText(String(value))}`)
    .join("\n");
}
