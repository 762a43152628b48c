// A resource told from the first complete trial, once for the whole study.
import type { LiveTrial, StudyRecord } from "../record.js";
import { lastStep } from "./steps.js";

/** The resource that a trial of the study carries in this system attribute; of several (workers at the same moment) the first trial's. */
export function knownResource({ trials }: StudyRecord, attribute: string): number | undefined {
  for (const { systemAttributes } of trials) {
    const known = systemAttributes[attribute];
    if (typeof known === "number") return known;
  }
  return undefined;
}

/**
 * The known resource, or what `estimate` makes of the longest complete trial's last step, which is then noted in `trial`.
 * Undefined while no trial with reports is complete. Later and longer trials must not move it: rungs and brackets that
 * were decided by would no longer be the same ones.
 */
export function rememberedResource(
  study: StudyRecord,
  trial: LiveTrial,
  attribute: string,
  estimate: (longest: number) => number,
): number | undefined {
  const known = knownResource(study, attribute) ?? (trial.systemAttributes[attribute] as number | undefined);
  if (known !== undefined) return known;
  let longest: number | undefined;
  for (const other of study.trials) {
    if (other.state !== "complete") continue;
    const last = lastStep(other);
    if (last !== undefined && (longest === undefined || last > longest)) longest = last;
  }
  if (longest === undefined) return undefined;
  const resource = estimate(longest);
  trial.setSystemAttribute(attribute, resource);
  return resource;
}
