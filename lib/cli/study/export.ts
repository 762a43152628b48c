// `netwright study export`: trials as CSV or JSON.
import { studyJson, trialsCsv } from "../../search/export.js";
import { type Command, parse, UsageError } from "../command.js";
import { checkOutput, JOURNAL, journalOptions, readStudy } from "./journal.js";
import { writeOutput } from "./output.js";

export const exportTrials: Command = {
  name: "export",
  summary: "trials as CSV, or JSON where FILE ends so; without -o printed",
  usage: "export <journal> [--study NAME] [-o FILE] [--format csv|json]",
  async run(parameters) {
    const options = {
      ...journalOptions,
      output: { type: "string", short: "o" },
      format: { type: "string" },
    } as const;
    const { values, positionals } = parse(parameters, options, [JOURNAL]);
    const { output } = values;
    const format = values.format ?? (output?.endsWith(".json") ? "json" : "csv");
    if (format !== "csv" && format !== "json")
      throw new UsageError(`--format: expected csv or json, found "${format}"`);
    const journal = positionals[0] as string;
    if (output !== undefined) checkOutput(output, journal);
    const study = await readStudy(journal, values);
    const text = format === "json" ? studyJson(study) : trialsCsv(study);
    if (output === undefined) process.stdout.write(text);
    else {
      await writeOutput(output, text);
      console.log(`${output}: ${study.trials.length} trials`);
    }
    return 0;
  },
};
