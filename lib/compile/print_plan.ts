// A plan as text for people and golden files: one line per lasting value, one per node.
import { shapeText } from "../errors.js";
import type { Attributes, ValueId } from "../ops/op.js";
import type { Plan, PlanNode, PlanValue } from "./plan.js";

/**
 * Reads like
 *
 * ```
 * arenas: param 48, state 0, slots 1
 * param dense_1.weight [4, 8] at 0, uniform(-0.5, 0.5)
 * compute
 *   dense_1.matmul [batch, 8] = matmul(input, dense_1.weight, dense_1.bias) {ta: false, tb: false}
 * update
 *   parameters, velocity = sgd(parameters, gradients, velocity) {...}
 * ```
 */
export function printPlan(plan: Plan): string {
  const lines = [`arenas: param ${plan.arenas.param}, state ${plan.arenas.state}, slots ${plan.arenas.slots}`];
  for (const value of plan.values) if (value.role !== "temp") lines.push(valueLine(value));
  for (const phase of ["compute", "update"] as const) {
    const nodes = plan.nodes.filter((node) => node.phase === phase);
    if (nodes.length > 0) lines.push(phase, ...nodes.map((node) => `  ${nodeLine(plan, node)}`));
  }
  return `${lines.join("\n")}\n`;
}

function valueLine(value: PlanValue): string {
  const slot = value.slot === undefined ? "" : ` ${value.slot}`;
  const place = value.offset === undefined ? "" : ` at ${value.offset}`;
  const flat = value.flat === true ? " flat" : "";
  return `${value.role}${slot} ${value.name} ${typeText(value)}${place}${flat}${initText(value)}`;
}

function nodeLine(plan: Plan, node: PlanNode): string {
  const at = (id: ValueId) => plan.values[id] as PlanValue;
  const names = node.in.map((id) => at(id).name).join(", ");
  const written = node.out
    .map((id) => (node.phase === "update" ? at(id).name : `${at(id).name} ${typeText(at(id))}`))
    .join(", ");
  return `${written === "" ? "" : `${written} = `}${node.op}(${names})${attributesText(node.attributes)}`;
}

function typeText(value: PlanValue): string {
  const dtype = value.dtype === "float32" ? "" : ` ${value.dtype}`;
  const storage = value.storage === "plain" ? "" : ` ${value.storage}`;
  return `${shapeText(value.shape)}${dtype}${storage}`;
}

function initText(value: PlanValue): string {
  if (value.init === undefined) return "";
  const { kind, ...numbers } = value.init;
  return `, ${kind}(${Object.values(numbers).map(numberText).join(", ")})`;
}

function attributesText(attributes: Attributes): string {
  const parts = Object.entries(attributes).map(([name, value]) => `${name}: ${attributeText(value)}`);
  return parts.length === 0 ? "" : ` {${parts.join(", ")}}`;
}

function attributeText(value: Attributes[string]): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "object") return `[${value.map(numberText).join(", ")}]`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Short enough to read, long enough to notice a change. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(7)));
}
