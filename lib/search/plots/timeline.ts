// Plot of the trials as bars over time, one row for each place in which trials ran beside each other.
import type { StudyRecord, TrialRecord } from "../record.js";
import { durationText } from "../text/numbers.js";
import type { BarTrace, Figure } from "./figure.js";
import { baseLayout, hoverLines, stateColors, states } from "./theme.js";

interface Span {
  readonly trial: TrialRecord;
  /** Milliseconds of running time since the first trial began. */
  readonly start: number;
  readonly end: number;
  /** From 0. */
  readonly row: number;
}

/** Undefined when no trial has run for a while. Times at which nothing ran are left out, so that a study that was taken up again stays readable. */
export function timelineFigure(study: StudyRecord): Figure | undefined {
  const spans = arrange(study.trials);
  if (spans.length === 0) return undefined;
  const end = Math.max(...spans.map((span) => span.end));
  if (end === 0) return undefined;
  const [unit, milliseconds] = timeUnit(end);
  const rows = Math.max(...spans.map(({ row }) => row)) + 1;
  const data = states.flatMap((state): BarTrace[] => {
    const shown = spans.filter(({ trial }) => trial.state === state);
    if (shown.length === 0) return [];
    return [
      {
        type: "bar",
        orientation: "h",
        name: state,
        base: shown.map(({ start }) => start / milliseconds),
        x: shown.map((span) => (span.end - span.start) / milliseconds),
        y: shown.map(({ row }) => row + 1),
        width: 0.8,
        marker: {
          color: stateColors[state],
          opacity: 0.85,
          line: { width: spans.length > 300 ? 0 : 0.5, color: "#fff" },
        },
        hovertext: shown.map((span) =>
          hoverLines(`trial ${span.trial.number}, ${state}`, durationText(span.end - span.start)),
        ),
        hoverinfo: "text",
      },
    ];
  });
  return {
    data,
    layout: {
      ...baseLayout,
      height: 130 + 30 * Math.min(12, rows + 1),
      barmode: "overlay",
      xaxis: {
        title: { text: `running time in ${unit}` },
        zeroline: false,
        range: [0, (end / milliseconds) * 1.01],
      },
      yaxis: {
        title: { text: "beside each other" },
        zeroline: false,
        showgrid: false,
        range: [0.4, rows + 0.6],
        automargin: true,
        ...(rows <= 12 && { tickvals: Array.from({ length: rows }, (_, i) => i + 1) }),
      },
    },
  };
}

/** Every trial gets the first row that is free when it begins. A running trial lasts until the last thing that is known. */
function arrange(trials: readonly TrialRecord[]): Span[] {
  const begun = trials.filter(({ startedAt }) => startedAt !== undefined);
  const startOf = ({ startedAt }: TrialRecord) => (startedAt as Date).getTime();
  const latest = begun.reduce((time, trial) => Math.max(time, startOf(trial), trial.endedAt?.getTime() ?? 0), 0);
  const free: number[] = [];
  const spans: Span[] = [];
  let pauses = begun.length === 0 ? 0 : Math.min(...begun.map(startOf));
  let until = pauses;
  for (const trial of begun.toSorted((a, b) => startOf(a) - startOf(b))) {
    const begin = startOf(trial);
    const end = trial.endedAt?.getTime() ?? latest;
    pauses += Math.max(0, begin - until);
    until = Math.max(until, end);
    const found = free.findIndex((time) => time <= begin);
    const row = found < 0 ? free.length : found;
    free[row] = end;
    spans.push({ trial, start: begin - pauses, end: end - pauses, row });
  }
  return spans;
}

function timeUnit(milliseconds: number): [name: string, milliseconds: number] {
  if (milliseconds < 120_000) return ["seconds", 1000];
  return milliseconds < 7_200_000 ? ["minutes", 60_000] : ["hours", 3_600_000];
}
