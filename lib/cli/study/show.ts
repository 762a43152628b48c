// `netwright study show`: a study's summary and its last trials.
import { importancesByObjective } from "../../search/summary.js";
import { summaryText } from "../../search/text/summary.js";
import { trialsText } from "../../search/text/trials.js";
import { type Command, parse, UsageError } from "../command.js";
import { JOURNAL, journalOptions, readStudy } from "./journal.js";

export const show: Command = {
  name: "show",
  summary: "summary and the last N trials (20; 0 for none)",
  usage: "show <journal> [--study NAME] [--trials N]",
  async run(parameters) {
    const { values, positionals } = parse(parameters, { ...journalOptions, trials: { type: "string" } }, [JOURNAL]);
    const last = Number(values.trials ?? 20);
    if (!Number.isInteger(last) || last < 0 || values.trials === "")
      throw new UsageError(`--trials: expected a whole number of at least 0, found "${values.trials}"`);
    const study = await readStudy(positionals[0] as string, values);
    const [importances] = study.directions.length === 1 ? importancesByObjective(study) : [];
    console.log(summaryText(study, importances === undefined ? {} : { importances }));
    if (last > 0 && study.trials.length > 0) console.log(`\n${trialsText(study, { last })}`);
    return 0;
  },
};
