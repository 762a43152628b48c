// The page of a study: one HTML file with everything in it, for a browser that need not be on a network.
import type { Direction, StudyRecord } from "../record.js";
import { savingsText } from "../savings.js";
import { objectiveName, type Importances, importancesByObjective, type StudySummary, summarize } from "../summary.js";
import type { Figure } from "./figure.js";
import { historyFigure } from "./history.js";
import { plotlySource, scriptJson } from "./embedded.js";
import { escapeHtml } from "./html.js";
import { correlationsFigure } from "./correlations.js";
import { importanceFigure } from "./importance.js";
import { intermediateFigure } from "./intermediate.js";
import { pageScript, pageStyle } from "./page_assets.js";
import { bestSection, factsSection, trialsSection } from "./page_sections.js";
import { parallelCoordinatesFigure } from "./parallel_coordinates.js";
import { paretoFrontFigure } from "./pareto_front.js";
import { valueRange } from "./scale.js";
import { sliceFigure } from "./slice.js";
import { timelineFigure } from "./timeline.js";

export interface PageOptions {
  /** Heading of the page. Default: the study's name. */
  readonly title?: string;
  /** Of the parameters, for each objective. Default: by fANOVA. */
  readonly importances?: readonly Importances[];
}

interface Plot {
  readonly heading: string;
  /** For a reader who sees such a plot for the first time. */
  readonly text: string;
  readonly figure: Figure | undefined;
}

/** Self-contained: Plotly is embedded (1.5 MB), nothing is loaded from anywhere, and the page forbids it to itself. */
export function studyPage(study: StudyRecord, options: PageOptions = {}): string {
  const summary = summarize(study);
  const plots = plotsOf(study, summary, options.importances ?? importancesByObjective(study)).filter(
    ({ figure }) => figure !== undefined,
  );
  const title = escapeHtml(options.title ?? study.name);
  const sections = plots.map(
    ({ heading, text }, i) =>
      `<section><h2>${escapeHtml(heading)}</h2><p>${escapeHtml(text)}</p><div class="plot" id="plot${i}"></div></section>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${factsSection(study, summary)}
${bestSection(study, summary)}
${sections.join("\n")}
${trialsSection(study)}
</main>
<script>${plotlySource()}</script>
<script>const figures = ${scriptJson(plots.map(({ figure }) => figure))};
${pageScript}</script>
</body>
</html>
`;
}

function plotsOf(study: StudyRecord, summary: StudySummary, importances: readonly Importances[]): Plot[] {
  if (study.trials.length === 0) return [];
  const objectives = study.directions.map((_, objective) => objective);
  // A study of one objective needs no name in its headings.
  const of = (objective: number) => (objectives.length === 1 ? "" : `: ${objectiveName(study, objective)}`);
  const better = (objective: number) => (study.directions[objective] === "minimize" ? "Lower" : "Higher");
  const saved = summary.saved === undefined ? "" : ` ${savingsText(summary.saved)}`;
  return [
    {
      heading: "Pareto front",
      text: "No single trial is best when there are several objectives. On the front are the trials that cannot be improved in one objective without losing in another; all others are beaten by one of these in every respect.",
      figure: paretoFrontFigure(study),
    },
    ...objectives.map((objective) => ({
      heading: `History${of(objective)}`,
      text: `Each dot is a trial. ${better(objective)} is better; the line is the best value so far. When it has been flat for a long time, more trials of the same kind will hardly help.${outsideText(study, objective)}`,
      figure: historyFigure(study, objective),
    })),
    ...importances.map((list, objective) => ({
      heading: `Importance of the parameters${of(objective)}`,
      text: "How much of the variation between trials goes back to each parameter. Spend the next trials on the long bars; a parameter with a short bar may be left at any good value. With few trials these figures are rough.",
      figure: importanceFigure(list),
    })),
    ...objectives.map((objective) => ({
      heading: `Value against each parameter${of(objective)}`,
      text: "One panel for each parameter, one dot for each complete trial; the bluer, the later. Look where the good values lie: in the middle of a panel the range was chosen well, at its edge it may be worth widening.",
      figure: sliceFigure(study, objective),
    })),
    ...objectives.map((objective) => ({
      heading: `All parameters together${of(objective)}`,
      text: "Each line is a complete trial, from parameter to parameter, and ends at its value on the right. The more vivid a line, the better its trial: where the vivid ones run together on an axis, that value matters; where they spread, it does not.",
      figure: parallelCoordinatesFigure(study, objective),
    })),
    {
      heading: "Correlations",
      text: "How the ranks of two columns go together, from -1 to 1: blue where larger values of one come with larger ones of the other, orange where with smaller ones. The top row tells which way to go with a parameter; two parameters that go together were not tried apart from each other, so that their effects cannot be told apart either. Only complete trials, and only parameters that have an order.",
      figure: correlationsFigure(study),
    },
    {
      heading: "Learning curves",
      text: `What each trial reported while it ran. Good trials usually part from bad ones early, which is what pruning relies on; a cross marks where the pruner ended one.${saved}`,
      figure: intermediateFigure(study),
    },
    {
      heading: "Timeline",
      text: "Each bar is a trial; bars above each other ran at the same time. Long bars are expensive parameters, gaps are idle workers. Pauses in which no trial ran are left out.",
      figure: timelineFigure(study),
    },
  ];
}

/** What the history leaves out; empty when it shows everything. */
function outsideText({ trials, directions }: StudyRecord, objective: number): string {
  const values = trials.filter(({ state }) => state === "complete").map(({ values }) => values?.[objective] as number);
  const hidden = valueRange(values, directions[objective] as Direction)?.hidden ?? 0;
  return hidden === 0 ? "" : ` Far worse values (${hidden}) lie outside the plot; zoom out to see them.`;
}
