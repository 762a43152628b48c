// Verdicts on claims that something may happen: one case of it is enough.
import type { Verdict } from "./verdict.js";

/** Agrees when it was seen in one of the cases, does not agree when each of them shows the opposite. */
export function anyOf(cases: readonly Verdict[]): Verdict {
  if (cases.includes("agrees")) return "agrees";
  const refuted = cases.length > 0 && cases.every((verdict) => verdict === "does not agree");
  return refuted ? "does not agree" : "not decided by these data";
}
