// What a page that needs nothing else has inside: the plotting library and the data.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** JSON inside a script element: no "<" may end it or open a comment, and non-finite numbers become gaps. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** The bundle as it was installed, its licence included. */
export function plotlySource(): string {
  const file = createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min");
  return readFileSync(file, "utf8").replaceAll("</script", "<\\/script");
}
