// `netwright info`: which native code runs here.
import { info as nativeInfo } from "../runtime/info.js";
import { type Command, parse } from "./command.js";

export const info: Command = {
  name: "info",
  summary: "version, instruction set, BLAS, bfloat16 and threads that run here",
  usage: "netwright info [--json]",
  async run(parameters) {
    const { values } = parse(parameters, { json: { type: "boolean" } }, []);
    const found = nativeInfo();
    if (values.json) {
      console.log(JSON.stringify(found, null, 2));
      return 0;
    }
    const rows: [string, string][] = [
      ["netwright", found.version],
      ["instruction set", `${found.instructionSet} (of ${found.instructionSets.join(", ")})`],
      ["blas", found.blas],
      ["bf16", found.bf16 === "rounded" ? "rounded (computed in float32: not faster)" : found.bf16],
      ["threads", String(found.threads)],
      ["node-api", String(found.napi)],
      ["node", `${process.version} ${process.platform}-${process.arch}`],
    ];
    for (const [name, value] of rows) console.log(`${name.padEnd(16)} ${value}`);
    return 0;
  },
};
