// Start-up in fresh processes, as the package is installed: the import, and the first step of the USPS network.
import path from "node:path";
import { root, run } from "../../test/tools/shell.js";
import { networks } from "../networks.js";
import { median } from "../statistics.js";

export interface StartUp {
  readonly processes: number;
  /** Medians over the processes. */
  readonly importMilliseconds: number;
  readonly firstStepMilliseconds: number;
  readonly all: readonly { readonly importMilliseconds: number; readonly firstStepMilliseconds: number }[];
}

export function measureStartUp(processes: number): StartUp {
  const child = path.join(root, "bench", "rows", "start_up_child.mjs");
  const once = () => {
    const { code, output } = run(process.execPath, [child, JSON.stringify(networks.usps.model)], {
      capture: true,
      // Loaders of this process, such as that for TypeScript, are not the application's.
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    if (code !== 0) throw new Error(`the start-up process failed:\n${output}`);
    return JSON.parse(output) as StartUp["all"][number];
  };
  once(); // brings the files into the system's cache
  const all = Array.from({ length: processes }, once);
  return {
    processes,
    importMilliseconds: median(all.map((each) => each.importMilliseconds)),
    firstStepMilliseconds: median(all.map((each) => each.firstStepMilliseconds)),
    all,
  };
}
