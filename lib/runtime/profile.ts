// Where the time of a step goes: rows of a session's kernel times, and how they are printed.
import type { NativeSession } from "./native.js";

/** One kernel of a step, or the gathering of its rows. */
export interface ProfileRow {
  /** The layer, as `summary()` names it. */
  readonly label: string;
  readonly op: string;
  /** The kernel that was chosen, with its instruction set. */
  readonly kernel: string;
  readonly phase: "gather" | "compute" | "update";
  /** Mean of a step. */
  readonly milliseconds: number;
  /** Floating-point operations of a step; 0 where counting makes no sense. */
  readonly operations: number;
  /** Bytes of all operands: what is read and written at least once. */
  readonly bytes: number;
}

/** All steps of one mode and batch size since the trainer was made. */
export interface Profile {
  readonly mode: "train" | "evaluate" | "predict";
  readonly batch: number;
  readonly steps: number;
  /** Mean of a step, the sum of its rows. */
  readonly milliseconds: number;
  readonly rows: readonly ProfileRow[];
}

/** What the option `profile` is when the trainer does not say. */
export function profileByDefault(): boolean {
  return Boolean(process.env.NETWRIGHT_PROFILE);
}

export function profilesOf(session: NativeSession): Profile[] {
  return session
    .profile()
    .map((profile) => ({ ...profile, milliseconds: profile.rows.reduce((sum, row) => sum + row.milliseconds, 0) }));
}

/**
 * A table for the terminal: the kernels of a step by their share of its time, with operations and bytes a second.
 * Rows below `least` of the time (default 0.01) are added up in one line.
 */
export function formatProfile(profile: Profile, { least = 0.01 }: { least?: number } = {}): string {
  const share = (milliseconds: number) => `${((100 * milliseconds) / profile.milliseconds).toFixed(1)} %`;
  const rate = (amount: number, milliseconds: number) => (amount === 0 ? "" : (amount / milliseconds / 1e6).toFixed(1));
  const rows = [...profile.rows].sort((a, b) => b.milliseconds - a.milliseconds);
  const shown = rows.filter(({ milliseconds }) => milliseconds >= least * profile.milliseconds);
  const rest = rows.slice(shown.length);
  const cells = [
    ["layer", "op", "ms", "share", "GFLOP/s", "GB/s", "kernel"],
    ...shown.map((row) => [
      row.label || "-",
      row.op,
      row.milliseconds.toFixed(4),
      share(row.milliseconds),
      rate(row.operations, row.milliseconds),
      rate(row.bytes, row.milliseconds),
      row.kernel,
    ]),
  ];
  const left = rest.reduce((sum, row) => sum + row.milliseconds, 0);
  if (rest.length > 0) cells.push(["", `${rest.length} others`, left.toFixed(4), share(left), "", "", ""]);
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column >= 2 && column <= 5 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const operations = profile.rows.reduce((sum, row) => sum + row.operations, 0);
  return [
    `${profile.mode}, batch ${profile.batch}: ${profile.milliseconds.toFixed(3)} ms a step, mean of ${profile.steps} steps, ${rate(operations, profile.milliseconds)} GFLOP/s`,
    ...cells.map(line),
  ].join("\n");
}

/** Sessions whose times are printed when the process ends, unless that was done before. */
const reported = new Set<() => void>();

function reportAll(): void {
  for (const report of reported) report();
}

/** Prints the profiles of a session once: when the function that is returned is called, else when the process ends. */
export function reportAtExit(session: () => NativeSession | undefined): () => void {
  if (reported.size === 0) process.once("exit", reportAll);
  const report = () => {
    if (!reported.delete(report)) return;
    if (reported.size === 0) process.off("exit", reportAll);
    const open = session();
    if (open === undefined) return;
    try {
      for (const profile of profilesOf(open)) process.stderr.write(`\n${formatProfile(profile)}\n`);
    } catch {
      process.stderr.write("profile: a job was still running; await it to see its times\n");
    }
  };
  reported.add(report);
  return report;
}
