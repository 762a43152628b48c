// `netwright study plot`: the page with a study's plots.
import { studyPage } from "../../search/plots/page.js";
import { type Command, parse } from "../command.js";
import { checkOutput, JOURNAL, journalOptions, readStudy } from "./journal.js";
import { writeOutput } from "./output.js";

export const plot: Command = {
  name: "plot",
  summary: "one HTML page with all plots (study.html)",
  usage: "plot <journal> [--study NAME] [-o FILE]",
  async run(parameters) {
    const options = { ...journalOptions, output: { type: "string", short: "o" } } as const;
    const { values, positionals } = parse(parameters, options, [JOURNAL]);
    const [journal, output] = [positionals[0] as string, values.output ?? "study.html"];
    checkOutput(output, journal);
    const study = await readStudy(journal, values);
    await writeOutput(output, studyPage(study));
    console.log(`${output}: ${study.trials.length} trials; open it in a browser`);
    return 0;
  },
};
