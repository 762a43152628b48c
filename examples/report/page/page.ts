// Sections as one HTML page that needs nothing else: all claims of the original on top, then text, tables and figures.
import { plotlySource, scriptJson } from "../../../lib/search/plots/embedded.js";
import { escapeHtml } from "../../../lib/search/plots/html.js";
import { pageScript, pageStyle } from "./page_assets.js";
import type { Claim, Figure, Part, Section } from "../section.js";
import { type Verdict, verdicts } from "../measuring/verdict.js";

export interface Page {
  readonly title: string;
  readonly introduction: readonly string[];
  /** What the figures were measured with, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly Section[];
}

/** Plotly is embedded once; nothing is loaded from anywhere, and the page forbids it to itself. */
export function renderPage({ title, introduction, facts, sections }: Page): string {
  const figures: Figure[] = [];
  const body = sections.map((section) => renderSection(section, figures)).join("\n");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${paragraphs(introduction)}
<dl class="facts">${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${inline(value)}</dd>`).join("")}</dl>
${claimsOverview(sections)}
${body}
</main>
<script>${plotlySource()}</script>
<script>const figures = ${scriptJson(figures.map(({ data, layout }) => ({ data, layout })))};
${pageScript}</script>
</body>
</html>
`;
}

function claimsOverview(sections: readonly Section[]): string {
  const claims = sections.flatMap((section) => section.claims);
  const counts = verdicts
    .map((verdict) => [verdict, claims.filter((claim) => claim.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${badge(verdict)}`);
  const rows = sections.flatMap(({ id, title, claims }) => [
    `<tr class="group"><th colspan="3"><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></th></tr>`,
    ...claims.map(claimRow),
  ]);
  return `<section id="claims"><h2>Every claim of the original, and what was measured here</h2>
<p>${counts.join(" &nbsp; ")}</p>
<p>Verdicts are computed. Intervals hold the mean over seeds with 95 % confidence (Student's t); to compare two choices, the
difference is taken seed by seed. A claim "agrees" when the whole interval is on its side, "does not agree" when the whole interval
is on the other, and is "not decided by these data" when it holds zero: more seeds would narrow it. Of many intervals one in twenty misses.</p>
<table class="claims"><thead><tr><th>the original</th><th>measured here</th><th>verdict</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></section>`;
}

function claimRow({ original, measured, verdict }: Claim): string {
  return `<tr><td>${inline(original)}</td><td>${inline(measured)}</td><td>${badge(verdict)}</td></tr>`;
}

function badge(verdict: Verdict): string {
  return `<span class="verdict verdict${verdicts.indexOf(verdict)}">${escapeHtml(verdict)}</span>`;
}

/** Figures are gathered in the order in which the page's script finds their places. */
function renderSection({ id, title, introduction, parts }: Section, figures: Figure[]): string {
  return `<section id="${escapeHtml(id)}"><h2>${escapeHtml(title)}</h2>
${paragraphs(introduction)}
${parts.map((part) => renderPart(part, figures)).join("\n")}</section>`;
}

function renderPart(part: Part, figures: Figure[]): string {
  switch (part.kind) {
    case "text":
      return `${part.heading === undefined ? "" : `<h3>${escapeHtml(part.heading)}</h3>\n`}${paragraphs(part.paragraphs)}`;
    case "output":
      return `<pre>${escapeHtml(part.text)}</pre>`;
    case "table": {
      const head = part.columns.map((name) => `<th>${inline(name)}</th>`).join("");
      const rows = part.rows.map((row) => `<tr>${row.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`);
      return `<figure><figcaption>${inline(part.caption)}</figcaption>
<table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></figure>`;
    }
    case "figure":
      figures.push(part);
      return `<figure><div class="plot" style="height:${Number(part.layout.height)}px"></div>
<figcaption>${inline(part.caption)}</figcaption></figure>`;
  }
}

function paragraphs(texts: readonly string[]): string {
  return texts.map((text) => `<p>${inline(text)}</p>`).join("\n");
}

/** Escaped; what stands between backticks is code, and a per cent sign stays with its number. */
function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/(\d) %/g, "$1\u00a0%");
}
