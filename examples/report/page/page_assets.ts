// Style and script of the report's page, for a screen and for paper: dark on light.

export const pageStyle = `
*{box-sizing:border-box}
body{margin:0;background:#f4f5f7;color:#1d2127;font:16px/1.55 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:1000px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:29px;line-height:1.25;margin:8px 0 12px}
h2{font-size:22px;line-height:1.3;margin:0 0 10px}
h3{font-size:17px;margin:26px 0 6px}
p{margin:0 0 10px;max-width:80ch}
section{background:#fff;border:1px solid #dfe3e8;border-radius:8px;padding:20px 24px;margin:20px 0}
code{font:0.9em ui-monospace,"DejaVu Sans Mono",monospace;background:#f0f2f5;padding:0 3px;border-radius:3px}
pre{font:13px/1.45 ui-monospace,"DejaVu Sans Mono",monospace;background:#f0f2f5;padding:10px 14px;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;font-size:14px;margin:14px 0}
.facts dt{color:#5c6570}.facts dd{margin:0}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;width:100%;line-height:1.4}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-bottom:1px solid #e4e7eb}
thead th{color:#5c6570;font-weight:600;border-bottom:1px solid #9aa3af}
.claims td:first-child{width:33%}.claims td:last-child{width:17%;padding-right:0}
.group th{padding-top:16px;font-size:15px}.group a{color:inherit}
.verdict{display:inline-block;padding:1px 8px;border-radius:9px;font-size:13px;font-weight:600;line-height:1.4}
.verdict0{background:#d8f0df;color:#10552b}.verdict1{background:#fbdcdc;color:#8a1717}
.verdict2{background:#fdeccb;color:#6e4600}.verdict3{background:#e6e9ee;color:#3b434e}
figure{margin:14px 0 20px}
figcaption{color:#5c6570;font-size:14px;margin:2px 0 4px;max-width:88ch}
.plot{width:100%}
@page{margin:14mm}
@media print{
body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
section{border:0;padding:0;margin:0 0 18px}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}
.modebar{display:none}
.verdict,code,pre{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

/** Expects \`figures\`, in the order of the elements with class "plot". On paper a figure is as wide as the sheet. */
export const pageScript = `
const places = [...document.querySelectorAll(".plot")];
const font = { family: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif', size: 13, color: "#1d2127" };
const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
for (const [i, place] of places.entries()) {
  const { data, layout } = figures[i];
  Plotly.newPlot(place, data, { font, paper_bgcolor: "#fff", plot_bgcolor: "#fff", ...layout }, config);
}
addEventListener("beforeprint", () => places.forEach((place) => Plotly.relayout(place, { width: 660 })));
addEventListener("afterprint", () => places.forEach((place) => Plotly.relayout(place, { width: null, autosize: true })));
`;
