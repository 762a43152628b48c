// What an optimizer is: plain data, the slots it keeps per parameter and the one update op it lowers to.
import { ArgumentError, PlanError } from "../errors.js";
import type { Attributes } from "../ops/op.js";
import { numberIn, type Option, type Options, optional, readSpec, withDefault } from "../options.js";

/** The data of an optimizer; `kind` is its registry name. JSON as it stands, frozen. */
export interface Optimizer {
  readonly kind: string;
  readonly learningRate: number;
  /** Absent: gradients are taken as they are. */
  readonly clipNorm?: number;
}

export interface OptimizerDefinition<S extends Optimizer = Optimizer> {
  readonly kind: S["kind"];
  readonly options: Options;
  /**
   * Op of phase update: (parameters, gradients, slots...) to (parameters, slots...), all flat. Where the optimizer clips
   * it gets the norm of the gradients as its last input, and an attribute `clipNorm`.
   */
  readonly op: string;
  /** Names of the numbers kept per parameter, in the op's order. */
  slots(spec: S): readonly string[];
  /** What the op needs besides learning rate and step, which it reads from the step's state. */
  attributes(spec: S): Attributes;
}

const registry = new Map<string, OptimizerDefinition>();

/** Registers an optimizer; refuses a second one of the same kind. */
export function defineOptimizer<S extends Optimizer>(definition: OptimizerDefinition<S>): void {
  if (registry.has(definition.kind)) throw new PlanError(`optimizer "${definition.kind}" is defined twice`);
  registry.set(definition.kind, definition as unknown as OptimizerDefinition);
}

/** The definition of an optimizer; throws for anything that no factory made. */
export function optimizerDefinition(optimizer: Optimizer): OptimizerDefinition {
  const definition = registry.get(optimizer?.kind);
  if (definition === undefined)
    throw new ArgumentError(
      `optimizer must be ${[...registry.keys()].map((kind) => `${kind}()`).join(", ")}, got ${typeof optimizer === "function" ? "a function; call it" : JSON.stringify(optimizer)}`,
    );
  return definition;
}

/** The frozen spec of an optimizer; every factory ends here. */
export function makeOptimizer<S extends Optimizer>(kind: S["kind"], given: object): S {
  const definition = registry.get(kind) as OptimizerDefinition;
  return readSpec<S>(kind, kind, definition.options, given);
}

export const learningRate: Option = numberIn({ above: 0 });
export const weightDecay: Option = withDefault(numberIn({ from: 0 }), 0);
/** Largest norm of all gradients together. */
export const clipNorm: Option = optional({
  ...numberIn({ above: 0 }),
  expected: "a number above 0 (leave it out to clip nothing)",
});
/** A share of the past that stays, in [0, 1). */
export const memory: Option = numberIn({ from: 0, below: 1 });
/** Keeps a division from running away. */
export const epsilon: Option = withDefault(numberIn({ above: 0 }), 1e-8);
