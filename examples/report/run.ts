// Runs sections and writes their page: behind the command for all of them, and behind each section's script.
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { info } from "netwright";
import { type CommandLine, readCommandLine, type ReportOptions, type Scale, UsageError, USAGE } from "./options.js";
import { renderPage } from "./page/page.js";
import type { Section } from "./section.js";
import type { SectionRun } from "./sections.js";

/** The command line of this process, from its options to the written page. Exits with 2 for a wrong call, 1 when a section failed. */
export async function command(sections: readonly SectionRun[], out: string): Promise<void> {
  let options: CommandLine;
  try {
    options = readCommandLine(process.argv.slice(2));
    checkNames(sections, options.only);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const wanted = sections.filter(({ id }) => options.only?.includes(id) ?? true);
  const { page, failed } = await measure(wanted, options);
  const file = options.out ?? out;
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, page);
  console.log(`written: ${file}`);
  if (failed > 0) process.exitCode = 1;
}

/** For the end of a section's script: does nothing unless that script is the program that was started. */
export async function runAlone(url: string, id: string, run: SectionRun["run"]): Promise<void> {
  const program = process.argv[1];
  if (program === undefined || realpathSync(program) !== realpathSync(fileURLToPath(url))) return;
  await command([{ id, run }], `out/report_${id}.html`);
}

/** A section that fails leaves its error on the page: hours of the others are not lost with it. */
async function measure(sections: readonly SectionRun[], options: ReportOptions) {
  const started = performance.now();
  const done: Section[] = [];
  const times: string[] = [];
  let failed = 0;
  for (const { id, run } of sections) {
    const begun = performance.now();
    try {
      const section = await run(options);
      done.push(section);
      printClaims(section);
    } catch (error) {
      failed++;
      console.error(error);
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      done.push({
        id,
        title: `Section "${id}" failed`,
        introduction: [],
        parts: [{ kind: "output", text }],
        claims: [],
      });
    }
    times.push(`${id} ${minutes(performance.now() - begun)}`);
  }
  const { version, instructionSet, blas } = info();
  const page = renderPage({
    title: "Hyper-parameters and training basics, measured again",
    introduction: INTRODUCTION[options.scale],
    facts: [
      [
        "measured",
        `${new Date().toISOString().slice(0, 10)}, in ${minutes(performance.now() - started)}: ${times.join(", ")}`,
      ],
      [
        "machine",
        `${cpus()[0]?.model ?? "unknown processor"}, ${options.parallel} trainings beside each other, one thread each`,
      ],
      ["software", `netwright ${version} (${instructionSet}, ${blas}), Node ${process.version}`],
      ["scale", SCALES[options.scale]],
    ],
    sections: done,
  });
  return { page, failed };
}

const ORIGIN =
  "In a practical session on hyper-parameters a student tuned two networks, one for handwritten digits and one for house prices, and " +
  "reported what each choice did. This page is that report as a program: every comparison was run again, with several seeds, so that " +
  "what a choice does can be told from luck. Each section explains the hyper-parameter first, then shows what was measured, and says " +
  "so where that is something else than the original found.";

const INTRODUCTION: Readonly<Record<Scale, readonly string[]>> = {
  quick: [
    ORIGIN,
    "This is a quick run: very short trainings, few seeds. It shows what the page looks like; its figures are rough and its verdicts are not to be relied on.",
  ],
  normal: [ORIGIN],
  full: [ORIGIN],
};

const SCALES: Readonly<Record<Scale, string>> = {
  quick: "quick (`--quick`): figures are rough",
  normal: "normal: trainings shorter than the original's",
  full: "full (`--full`): trainings as long as the original's",
};

function checkNames(sections: readonly SectionRun[], only: readonly string[] | undefined): void {
  const known = sections.map(({ id }) => id);
  const unknown = only?.filter((id) => !known.includes(id)) ?? [];
  if (unknown.length > 0) throw new UsageError(`no section ${unknown.join(", ")}; there are ${known.join(", ")}`);
}

function printClaims({ title, claims }: Section): void {
  console.log(title);
  for (const { original, measured, verdict } of claims)
    console.log(`  the original: ${original}\n  here: ${measured}\n  ${verdict}\n`);
}

function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
