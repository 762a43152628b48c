// Style and script of a study's page: light and dark by the reader's setting, plots drawn when they come into view.
import { stateColors, states } from "./theme.js";

export const pageStyle = `
:root{--page:#f6f7f9;--card:#fff;--text:#1d2127;--soft:#5c6570;--line:#e1e4e9}
@media(prefers-color-scheme:dark){:root{--page:#121418;--card:#1b1f25;--text:#e6e8eb;--soft:#9aa3af;--line:#2e343d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:28px;line-height:1.25;margin:8px 0 0;overflow-wrap:anywhere}
h2{font-size:19px;margin:0 0 4px;overflow-wrap:anywhere}
p{margin:0 0 8px;color:var(--soft);max-width:78ch;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:16px 0}
.facts{display:flex;flex-wrap:wrap;gap:8px 32px;margin:14px 0}
.facts div{display:flex;flex-direction:column}
.facts b{font-size:22px;font-weight:600}
.facts span,.goal{color:var(--soft);font-size:14px}
.value{font-size:16px}.value b{font-size:30px;color:var(--text);margin-right:6px}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:0 28px;margin:4px 0 12px}
dt{color:var(--soft);font-size:13px;overflow-wrap:anywhere}dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.plot{width:100%;min-height:120px}
.scroll{overflow:auto;max-height:480px;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:left;padding:5px 12px;white-space:nowrap;border-bottom:1px solid var(--line);max-width:280px;overflow:hidden;text-overflow:ellipsis}
th{position:sticky;top:0;background:var(--card);font-weight:600;z-index:1}
.dot{display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:6px}
${states.map((state) => `.dot.${state}{background:${stateColors[state]}}`).join("\n")}
`;

/** Expects `figures`; the list is in the order of the elements with class "plot". */
export const pageScript = `
const dark = matchMedia("(prefers-color-scheme: dark)");
function template() {
  const style = getComputedStyle(document.documentElement);
  const [card, text, soft, line] = ["--card", "--text", "--soft", "--line"].map((name) => style.getPropertyValue(name).trim());
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, tickcolor: soft, title: { font: { color: soft } } };
  return { layout: {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: text, family: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif', size: 12 },
    xaxis: axis, yaxis: axis, hoverlabel: { bgcolor: card, bordercolor: soft, font: { color: text }, align: "left" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: soft, activecolor: text },
    annotationdefaults: { bgcolor: card, opacity: 0.85, borderpad: 1 },
  } };
}
const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"] };
const drawn = new Set();
function draw(element, i) {
  if (drawn.has(element)) return;
  drawn.add(element);
  const figure = figures[i];
  Plotly.newPlot(element, figure.data, { ...figure.layout, template: template() }, config);
}
const elements = [...document.querySelectorAll(".plot")];
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target, elements.indexOf(target));
}, { rootMargin: "600px" });
for (const [i, element] of elements.entries()) {
  element.style.minHeight = figures[i].layout.height + "px";
  seen.observe(element);
}
addEventListener("beforeprint", () => elements.forEach(draw));
dark.addEventListener("change", () => {
  for (const element of drawn) Plotly.relayout(element, { template: template() });
});
`;
