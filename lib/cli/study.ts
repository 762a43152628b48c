// `netwright study`: what a journal of hyper-parameter searches holds; reads only, also while a study runs.
import { type Command, UsageError } from "./command.js";
import { best } from "./study/best.js";
import { exportTrials } from "./study/export.js";
import { forecast } from "./study/forecast.js";
import { list } from "./study/list.js";
import { plot } from "./study/plot.js";
import { show } from "./study/show.js";

const actions: readonly Command[] = [list, show, best, plot, forecast, exportTrials];

const width = Math.max(...actions.map(({ usage }) => usage.length));

export const study: Command = {
  name: "study",
  summary: "look at hyper-parameter searches: list, best trial, plots, forecast, export",
  usage: `netwright study <action> <journal> [options]

${actions.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`).join("\n")}

The journal is a file, or a Redis server as redis://host:6379 (npm install @redis/client), there with
--prefix TEXT for keys that begin with one. --study NAME says which study; a journal that has only one needs
none. Nothing is written to the journal and it is not locked: studies that run are not disturbed.`,
  async run([name, ...parameters]) {
    const names = actions.map((each) => each.name).join(", ");
    if (name === undefined) throw new UsageError(`the action is missing; there are ${names}`);
    const action = actions.find((each) => each.name === name);
    if (action === undefined) throw new UsageError(`study has no action "${name}"; there are ${names}`);
    return action.run(parameters);
  },
};
