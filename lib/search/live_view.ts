// Shows a running study in the terminal: how far it is, the best so far, the time left, and the curves of trials that run.
import type { MultiBar, SingleBar } from "cli-progress";
import { progressBars } from "../data/packages.js";
import { remaining } from "./forecast/remaining.js";
import { Above } from "./live_view/above.js";
import { bestText, endedLine, failedLine, headline, runningLine } from "./live_view/lines.js";
import { failureOf } from "./outcome.js";
import { progressOf } from "./progress.js";
import type { TrialRecord } from "./record.js";
import { signOf } from "./storage/heartbeat.js";
import type { Study } from "./study.js";

/** When `optimize` ends. */
export interface Wanted {
  readonly until?: number;
  /** Trials of this call; Infinity for any number. */
  readonly trials: number;
  /** As `performance.now()` tells the time; Infinity for none. */
  readonly deadline: number;
}

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const FRAMES_PER_SECOND = 5;
/** Terminals that show a view. */
const inUse = new Set<Stream>();
/** How often the time left is computed anew: it needs all trials. */
const HEADLINE_MILLISECONDS = 1000;

/**
 * Lines at the foot of a terminal, drawn over themselves a few times a second; what the program prints comes above them. What it
 * does to the terminal needs no undoing, so a process may end at any moment. Where the output is no terminal, or shows another study
 * already: silent, or with `live` a line for every trial that ends.
 */
export class LiveView {
  private readonly bars: MultiBar | undefined;
  private readonly above: Above | undefined;
  /** A line each; undefined when its trial has ended and none has taken its place. */
  private readonly lines: { bar: SingleBar; running: Running | undefined }[] = [];
  private readonly isPlain: boolean;
  private begunHere = 0;
  private endedHere = 0;
  private warned = false;
  private readonly isSilent: boolean;
  private shown: { text: string; width: number; at: number } | undefined;

  constructor(
    private readonly study: Pick<Study, "record">,
    private readonly wanted: Wanted,
    live: boolean | undefined,
    private readonly stream: Stream = process.stderr,
  ) {
    this.isSilent = live === false;
    // One view at a time: two would draw over each other.
    const isTerminal = stream.isTTY === true && !inUse.has(stream);
    this.isPlain = live === true && !isTerminal;
    if (!isTerminal || live === false) return;
    inUse.add(stream);
    const { MultiBar } = progressBars();
    const bars = new MultiBar({
      // Its own writes go past those that come above.
      stream: Object.create(stream, { write: { value: stream.write.bind(stream) } }) as Stream,
      fps: FRAMES_PER_SECOND,
      // The lines above move down when a failed trial is written, so that every line has to be drawn again.
      forceRedraw: true,
      linewrap: true,
      hideCursor: false,
      format: (_options, _parameters, { line }: { line: (width: number) => string }) => line(this.width),
    });
    bars.create(1, 0, { line: (width: number) => this.headline(width) });
    const above = new Above([stream, process.stdout, process.stderr], () => bars.update());
    bars.on("redraw-pre", () => above.flush());
    this.bars = bars;
    this.above = above;
  }

  began(trial: TrialRecord): void {
    this.begunHere++;
    if (this.bars === undefined) return;
    const running: Running = { number: trial.number, reports: new Map(trial.reports) };
    const free = this.lines.find((line) => line.running === undefined);
    if (free !== undefined) {
      free.running = running;
      return;
    }
    const place: { bar: SingleBar; running: Running | undefined } = {
      running,
      bar: this.bars.create(1, 0, {
        line: (width: number) => (place.running === undefined ? "" : runningLine(place.running, width)),
      }),
    };
    this.lines.push(place);
  }

  reported(trial: TrialRecord, step: number, value: number): void {
    for (const { running } of this.lines) if (running?.number === trial.number) running.reports.set(step, value);
  }

  ended(trial: TrialRecord): void {
    this.endedHere++;
    this.shown = undefined;
    for (const line of this.lines) if (line.running?.number === trial.number) line.running = undefined;
    if (this.isPlain) this.stream.write(`${endedLine(trial, 1000)}; ${this.headline(1000)}\n`);
    else if (trial.state === "failed" && this.above === undefined) this.warn(trial);
    else if (trial.state === "failed") this.above?.print(failedLine(trial, this.width));
  }

  /** Where nothing is shown, the first failure is told all the same: a study whose trials all fail must not look like a good one. */
  private warn(trial: TrialRecord): void {
    if (this.warned || this.isSilent || failureOf(trial)?.kind === "aborted") return;
    this.warned = true;
    process.emitWarning(
      `study "${this.study.record.name}": ${failedLine(trial, 1000)} (further failures are recorded with their reasons and not told)`,
      "TrialWarning",
    );
  }

  /** Leaves the first line, and the cursor below. */
  close(): void {
    if (this.bars === undefined) return;
    this.shown = undefined;
    for (const line of this.lines) line.running = undefined;
    this.above?.release();
    this.bars.stop();
    inUse.delete(this.stream);
    // Empty lines of trials: back up to the one below the headline.
    if (this.lines.length > 0) this.stream.write(`\u001b[${this.lines.length}A\u001b[J`);
  }

  /** One less than there are: a terminal that is full to the last column may begin a new line. */
  private get width(): number {
    return Math.max(10, (this.stream.columns || 80) - 1);
  }

  private headline(width: number): string {
    const now = performance.now();
    if (this.shown === undefined || this.shown.width !== width || now - this.shown.at > HEADLINE_MILLISECONDS)
      this.shown = { text: this.makeHeadline(width), width, at: now };
    return this.shown.text;
  }

  private makeHeadline(width: number): string {
    const { record } = this.study;
    const { until, trials } = this.wanted;
    const finished = until === undefined ? this.endedHere : progressOf(record).finished;
    const most = Math.min(until ?? Number.POSITIVE_INFINITY, trials);
    return headline(
      {
        finished,
        wanted: most === Number.POSITIVE_INFINITY ? undefined : most,
        best: bestText(record),
        left: this.left(),
        waitsFor: this.waitsFor(),
      },
      width,
    );
  }

  /** Empty while a trial runs here. */
  private waitsFor(): number[] {
    const { until } = this.wanted;
    if (until === undefined || this.lines.some(({ running }) => running !== undefined)) return [];
    const { record } = this.study;
    if (progressOf(record).finished >= until) return [];
    return record.trials
      .filter((trial) => trial.state === "running" && signOf(trial) !== undefined)
      .map(({ number }) => number);
  }

  private left(): number | undefined {
    const { until, trials, deadline } = this.wanted;
    const finite = Number.isFinite(trials) || until !== undefined || Number.isFinite(deadline);
    // Without a clue of how long a trial takes, any number would be a guess.
    if (!finite || this.endedHere === 0) return undefined;
    return remaining(this.study.record, {
      ...(until !== undefined && { until }),
      ...(Number.isFinite(trials) && { trials: Math.max(0, trials - this.begunHere) }),
      ...(Number.isFinite(deadline) && { deadline: new Date(Date.now() + deadline - performance.now()) }),
      ...(this.lines.length > 0 && { parallel: this.lines.length }),
    }).milliseconds;
  }
}

interface Running {
  readonly number: number;
  readonly reports: Map<number, number>;
}
