// `netwright study list`: the studies of a journal.
import { studiesText } from "../../search/text/studies.js";
import { type Command, parse } from "../command.js";
import { JOURNAL, journalOptions, readStudies } from "./journal.js";

export const list: Command = {
  name: "list",
  summary: "studies, how far each is and its best value",
  usage: "list <journal>",
  async run(parameters) {
    const { values, positionals } = parse(parameters, { prefix: journalOptions.prefix }, [JOURNAL]);
    console.log(studiesText(await readStudies(positionals[0] as string, values)));
    return 0;
  },
};
