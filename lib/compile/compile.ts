// From a model, a loss and an optimizer to the plans of training, evaluation and prediction.
import { ArgumentError, BATCH, type Shape, ShapeError, shapeText } from "../errors.js";
import type { TargetScaling } from "../layers/head.js";
import { type LoweredModel, lowerModel } from "../layers/lower.js";
import type { Model } from "../layers/model.js";
import { scalingNames } from "../layers/standardize.js";
import { valueText } from "../options.js";
import { type Comparison, type Loss, type LossDefinition, lossDefinition, type TargetKind } from "../losses/loss.js";
import { defaultMetrics, type MetricName, metricByName } from "../metrics/metric.js";
import { PRECISIONS, type Precision } from "../ops/bfloat16.js";
import type { DType, ValueId } from "../ops/op.js";
import { type Optimizer, type OptimizerDefinition, optimizerDefinition } from "../optimizers/optimizer.js";
import { addTrainingViews, assignArenas, finish } from "./arenas.js";
import { differentiate } from "./differentiate.js";
import { Graph } from "./graph.js";
import { mixedPrecision } from "./passes/mixed_precision.js";
import type { Plan, Plans } from "./plan.js";

export type { TargetKind } from "../losses/loss.js";

export interface CompileOptions {
  /** Needed for the plans of training and evaluation. */
  readonly loss?: Loss;
  /** Needed for the plan of training. */
  readonly optimizer?: Optimizer;
  /** Default: accuracy for classes, rmse and mae otherwise. */
  readonly metrics?: readonly MetricName[];
  /** Trains on targets scaled to mean 0 and deviation 1; what is reported and predicted stays in their units. */
  readonly standardizeTargets?: boolean;
  /** What the targets are. Default: what loss and model suggest. */
  readonly targetKind?: TargetKind;
  /** What the products of training compute with; evaluation, prediction and export are float32. Default `"float32"`. */
  readonly precision?: Precision;
}

/** Names of the states that hold a scaling. */
export interface ScalingNames {
  readonly mean: string;
  readonly deviation: string;
}

export interface Compiled {
  /** predict always, evaluate with a loss, train with an optimizer too; all with the same arenas. */
  readonly plans: Plans;
  /** The predict lowering before any pass, for export. */
  readonly forward: Graph;
  /** What predict gives, with shapes that start with the batch. */
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly metricNames: readonly MetricName[];
  readonly target?: TargetKind;
  readonly targetInput?: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** States of a leading standardize(), for the trainer to fit. */
  readonly inputScaling?: ScalingNames;
  /** States of standardizeTargets, for the trainer to fit. */
  readonly targetScaling?: ScalingNames;
  /** Loss and metrics from the role-metric values that a session averaged over this many rows. */
  finish(raw: Readonly<Record<string, number>>, rows: number): { loss: number; metrics: Record<string, number> };
}

/** Name of the input that holds the targets. */
export const TARGET = "target";

/**
 * Compiles a model. Pure: the same arguments give the same plans.
 * @throws ShapeError when loss, metrics or targets do not fit the model, ArgumentError for options that cannot be used
 */
export function compile(model: Model, options: CompileOptions = {}): Compiled {
  const compiler = new Compiler(model, options);
  const { forward, plan: predict } = compiler.predict();
  const evaluated = compiler.evaluate();
  const train = compiler.train();
  const { inputScaling } = compiler;
  return {
    plans: { predict, ...(evaluated && { evaluate: evaluated.plan }), ...(train && { train }) },
    forward,
    outputs: forward.values.filter(({ role }) => role === "output").map(({ name, shape }) => ({ name, shape })),
    metricNames: evaluated?.metrics ?? [],
    ...(evaluated && { target: evaluated.kind, targetInput: targetType(evaluated.kind) }),
    ...(inputScaling && { inputScaling }),
    ...(options.standardizeTargets && { targetScaling: scalingNames(TARGET) }),
    finish: (raw, rows) => finishMetrics(evaluated, raw, rows),
  };
}

/** A graph with the model, and how its targets are scaled. */
interface Started extends LoweredModel {
  readonly g: Graph;
  readonly scaling: TargetScaling | undefined;
}

interface Evaluated {
  readonly plan: Plan;
  readonly kind: TargetKind;
  readonly metrics: readonly MetricName[];
  /** Name of the role-metric value of each part, by metric. */
  readonly parts: Parts;
}

type Parts = Readonly<Record<string, Readonly<Record<string, string>>>>;

class Compiler {
  readonly inputScaling: ScalingNames | undefined;
  private readonly loss: { definition: LossDefinition; spec: Loss } | undefined;
  private readonly optimizer: { definition: OptimizerDefinition; spec: Optimizer } | undefined;

  constructor(
    private readonly model: Model,
    private readonly options: CompileOptions,
  ) {
    const { loss, optimizer, precision } = options;
    if (precision !== undefined && !PRECISIONS.includes(precision))
      throw new ArgumentError(
        `precision: expected "float32" or "bf16", found ${valueText(precision)}; leave it out for float32`,
      );
    if (loss) this.loss = { definition: lossDefinition(loss), spec: loss };
    if (optimizer) this.optimizer = { definition: optimizerDefinition(optimizer), spec: optimizer };
    const first = model.nodes[0];
    if (first?.layer.kind === "standardize") this.inputScaling = scalingNames(first.name);
  }

  predict(): { forward: Graph; plan: Plan } {
    const { g, head, predictions, scaling } = this.start(false);
    g.label = this.headLabel();
    for (const [name, value] of Object.entries(head.outputs(g, predictions, scaling)))
      g.mark(computed(g, value), "output", name);
    g.label = "";
    return { forward: g, plan: finish(g, this.arenas(g)) };
  }

  evaluate(): Evaluated | undefined {
    if (this.loss === undefined) return undefined;
    const started = this.start(false);
    const { comparison, kind } = this.compare(started, this.inUnits(started));
    started.g.label = "loss";
    const loss = this.loss.definition.lower(comparison, this.loss.spec);
    const { metrics, parts } = this.measure(comparison, loss);
    return { plan: finish(started.g, this.arenas(started.g)), kind, metrics, parts };
  }

  train(): Plan | undefined {
    if (this.loss === undefined || this.optimizer === undefined) return undefined;
    const { definition, spec } = this.loss;
    const started = this.start(true);
    const { g, predictions, scaling } = started;
    if (this.options.precision === "bf16") mixedPrecision(g);
    const { comparison } = this.compare(started, this.inUnits(started));
    g.label = "loss";
    const target = scaling
      ? g.op("standardize", [comparison.target, scaling.mean, scaling.deviation])
      : comparison.target;
    const loss = definition.lower({ ...comparison, predictions, target }, spec);
    this.measure(comparison, scaling ? definition.lower(comparison, spec) : loss);
    return this.addUpdates(g, loss);
  }

  /** Lowers the model; the scaling's states come after the model's own in every plan. */
  private start(training: boolean): Started {
    const g = new Graph();
    const lowered = lowerModel(g, this.model, training);
    return { g, ...lowered, scaling: this.options.standardizeTargets ? this.declareScaling(g, lowered) : undefined };
  }

  private declareScaling(g: Graph, { head, predictions }: LoweredModel): TargetScaling {
    if (head.unscale === undefined)
      throw new ArgumentError(
        `standardizeTargets: ${predictions.head}() predicts classes, which have no scale; leave it out`,
      );
    const targets = [g.at(predictions.values).shape[1] as number];
    const { mean, deviation } = scalingNames(TARGET);
    return {
      mean: g.state(mean, targets, { kind: "constant", value: 0 }),
      deviation: g.state(deviation, targets, { kind: "constant", value: 1 }),
    };
  }

  private inUnits({ g, head, predictions, scaling }: Started): LoweredModel["predictions"] {
    if (scaling === undefined || head.unscale === undefined) return predictions;
    g.label = this.headLabel();
    return head.unscale(g, predictions, scaling);
  }

  /** Adds the target, class labels as one-hot rows. */
  private compare(
    { g, predictions }: Started,
    inUnits: LoweredModel["predictions"],
  ): { comparison: Comparison; kind: TargetKind } {
    const kind = this.targetKind(g, predictions);
    const { name, shape, dtype } = targetType(kind);
    const given = g.input(name, shape, dtype);
    g.label = name;
    const target = kind.kind === "classes" ? g.op("one_hot", [given], { classes: kind.classes }) : given;
    return { comparison: { g, predictions: inUnits, target, targetKind: kind }, kind };
  }

  private targetKind(g: Graph, { head, values }: LoweredModel["predictions"]): TargetKind {
    const shape = g.at(values).shape.slice(1);
    const { targetKind: given } = this.options;
    if (given?.kind === "values") return given;
    const classification = head === "softmax" || this.loss?.definition.classesByDefault === true;
    if (given === undefined && !classification) return { kind: "values", shape };
    const units = shape.length === 1 ? (shape[0] as number) : undefined;
    const classes = given?.classes || units;
    if (head === "gaussian" && given !== undefined)
      throw new ShapeError(
        `targets: gaussian() predicts numbers, got ${classes} classes; end the model with softmax()`,
      );
    if (this.options.standardizeTargets)
      throw new ArgumentError("standardizeTargets: the targets are classes, which have no scale; leave it out");
    if (units === undefined)
      throw new ShapeError(
        `targets: classes want one score each, the model gives an image ${shapeText(shape)}; end it with flatten(), dense(${classes ?? "classes"}), softmax()`,
      );
    if (classes !== units)
      throw new ShapeError(
        `targets: ${classes} classes want ${classes} scores per row, the model gives ${shapeText(shape)}; end it with dense(${classes}), softmax()`,
      );
    return { kind: "classes", classes: units };
  }

  /** Marks loss and metrics as values that the session adds up; equal scalars are computed once. */
  private measure(comparison: Comparison, loss: ValueId): { metrics: readonly MetricName[]; parts: Parts } {
    const { g, targetKind, predictions } = comparison;
    const classification = targetKind.kind === "classes" || predictions.head === "softmax";
    const metrics = [...new Set(this.options.metrics ?? defaultMetrics(classification))];
    const marked = new Map([[originOf(g, loss), "loss"]]);
    g.mark(loss, "metric", "loss");
    const parts: Record<string, Record<string, string>> = {};
    g.label = "metrics";
    for (const metric of metrics) {
      const lowered = Object.entries(metricByName(metric).lower(comparison));
      parts[metric] = Object.fromEntries(
        lowered.map(([part, value]) => {
          const origin = originOf(g, value);
          const known = marked.get(origin);
          if (known !== undefined) return [part, known];
          g.mark(value, "metric", part);
          marked.set(origin, part);
          return [part, part];
        }),
      );
    }
    g.label = "";
    return { metrics, parts };
  }

  /** Appends gradients, the check that all is finite, and the optimizer. */
  private addUpdates(g: Graph, loss: ValueId): Plan {
    const { definition, spec } = this.optimizer as { definition: OptimizerDefinition; spec: Optimizer };
    const sizes = this.arenas(g);
    const parameters = [...g.values.keys()].filter((id) => g.at(id).role === "param");
    const gradients = differentiate(g, loss, parameters);
    const views = addTrainingViews(g, sizes, gradients, definition.slots(spec));
    const { clipNorm } = spec;
    g.label = "loss";
    g.opAll("all_finite", clipNorm === undefined ? [loss, views.gradients] : [loss]);
    g.label = spec.kind;
    // It looks at the gradients in place of all_finite: they are read once either way.
    const norm = clipNorm === undefined ? [] : [g.op("gradient_norm", [views.gradients])];
    const changed = [views.parameters, ...views.slots];
    g.update(definition.op, [views.parameters, views.gradients, ...views.slots, ...norm], changed, {
      ...definition.attributes(spec),
      ...(clipNorm !== undefined && { clipNorm }),
    });
    return finish(g, sizes);
  }

  private arenas(g: Graph): ReturnType<typeof assignArenas> {
    return assignArenas(g, this.optimizer ? this.optimizer.definition.slots(this.optimizer.spec).length : 0);
  }

  private headLabel(): string {
    return this.model.outputs[0];
  }
}

function targetType(kind: TargetKind): { name: string; shape: Shape; dtype: DType } {
  return kind.kind === "classes"
    ? { name: TARGET, shape: [BATCH], dtype: "int32" }
    : { name: TARGET, shape: [BATCH, ...kind.shape], dtype: "float32" };
}

/** The value, through an op if it is an input: a model of dropout alone hands its input on. */
function computed(g: Graph, value: ValueId): ValueId {
  return g.at(value).role === "temp" ? value : g.op("affine", [value], { scale: 1, offset: 0 });
}

/** What a value is computed from, so that the same computation is recognised. */
function originOf(g: Graph, value: ValueId): string {
  const node = g.nodes.find(({ out }) => out.includes(value));
  return JSON.stringify(node === undefined ? value : [node.op, node.in, node.attributes, node.out.indexOf(value)]);
}

function finishMetrics(
  evaluated: Evaluated | undefined,
  raw: Readonly<Record<string, number>>,
  rows: number,
): { loss: number; metrics: Record<string, number> } {
  const metrics: Record<string, number> = {};
  for (const name of evaluated?.metrics ?? []) {
    const parts = Object.entries(evaluated?.parts[name] ?? {}).map(
      ([part, value]) => [part, raw[value] ?? Number.NaN] as const,
    );
    metrics[name] = metricByName(name).finish(Object.fromEntries(parts), rows);
  }
  return { loss: raw.loss ?? Number.NaN, metrics };
}
