// The sections of the report in their order, by the name that `--only` takes.
import type { ReportOptions } from "./options.js";
import type { Section } from "./section.js";

export interface SectionRun {
  readonly id: string;
  run(options: ReportOptions): Promise<Section>;
}

export const sections: readonly SectionRun[] = [
  { id: "classification", run: async (options) => (await import("./classification.js")).run(options) },
  { id: "regression", run: async (options) => (await import("./regression.js")).run(options) },
  { id: "time", run: async (options) => (await import("./time.js")).run(options) },
  { id: "hyper_parameters", run: async (options) => (await import("./hyper_parameters.js")).run(options) },
  { id: "architecture", run: async (options) => (await import("./architecture.js")).run(options) },
];
