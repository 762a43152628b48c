// The graph builder: values and nodes, with shapes inferred as each op is added.
import { NetwrightError, PlanError, type Shape, ShapeError } from "../errors.js";
import "../ops/index.js";
import {
  type Attributes,
  type DType,
  type GradientBuilder,
  opDefinition,
  type ValueId,
  type ValueType,
} from "../ops/op.js";
import type { Initializer, Phase, PlanNode, PlanValue, Role } from "./plan.js";

/** A growing list of values and nodes; the plan without storage, offsets and arenas. */
export class Graph implements GradientBuilder {
  readonly values: PlanValue[] = [];
  readonly nodes: PlanNode[] = [];
  /** Label given to the nodes that are added next: the layer being lowered. */
  label = "";
  phase: Phase = "compute";
  private readonly names = new Map<string, number>();

  /** A value that a data set's field of this name fills. `shape` starts with BATCH. */
  input(name: string, shape: Shape, dtype: DType = "float32"): ValueId {
    return this.value(name, { shape, dtype }, "input");
  }

  /** A trainable parameter; the name is the layer's name, a dot and what it is: `conv2d_1.weight`. */
  param(name: string, shape: Shape, init: Initializer): ValueId {
    return this.existing(name, "param") ?? this.value(name, { shape, dtype: "float32" }, "param", init);
  }

  /** A number that training changes without gradients, such as a running mean. */
  state(name: string, shape: Shape, init: Initializer): ValueId {
    return this.existing(name, "state") ?? this.value(name, { shape, dtype: "float32" }, "state", init);
  }

  op(name: string, inputs: readonly ValueId[], attributes: Attributes = {}): ValueId {
    const outputs = this.opAll(name, inputs, attributes);
    if (outputs.length !== 1) throw new PlanError(`op "${name}" has ${outputs.length} outputs; use opAll()`);
    return outputs[0] as ValueId;
  }

  opAll(name: string, inputs: readonly ValueId[], attributes: Attributes = {}): ValueId[] {
    const types = inputs.map((id) => this.typeOf(id));
    let inferred: ValueType[];
    try {
      inferred = opDefinition(name).infer(types, attributes);
    } catch (error) {
      if (!(error instanceof NetwrightError) || this.label === "") throw error;
      throw new ShapeError(`${this.label}: ${error.message}`, { cause: error });
    }
    const base = this.label === "" ? name : `${this.label}.${name}`;
    const out = inferred.map((type, i) => this.value(inferred.length === 1 ? base : `${base}.${i}`, type, "temp"));
    this.nodes.push({ op: name, label: this.label, in: [...inputs], out, attributes, phase: this.phase });
    return out;
  }

  /** An op of phase `update` that changes the given inputs in place. */
  update(name: string, inputs: readonly ValueId[], changed: readonly ValueId[], attributes: Attributes = {}): void {
    this.nodes.push({ op: name, label: this.label, in: [...inputs], out: [...changed], attributes, phase: "update" });
  }

  /** Gives a temporary a lasting role: `output` is read by name after the step, `metric` added up over rows, `grad` in the arena. */
  mark(value: ValueId, role: "output" | "metric" | "grad", name: string): ValueId {
    const found = this.at(value);
    if (found.role !== "temp")
      throw new PlanError(`value "${found.name}" is a ${found.role} and cannot become the ${role} "${name}"`);
    this.values[value] = { ...found, role, name: this.unique(name) };
    return value;
  }

  typeOf(value: ValueId): ValueType {
    return this.at(value);
  }

  at(value: ValueId): PlanValue {
    const found = this.values[value];
    if (found === undefined) throw new PlanError(`value ${value} of ${this.values.length} does not exist`);
    return found;
  }

  /** Adds a value of any role; passes use it. */
  value(name: string, type: ValueType, role: Role, init?: Initializer): ValueId {
    const id = this.values.length;
    const unique = this.unique(name);
    this.values.push({
      name: unique,
      shape: type.shape,
      dtype: type.dtype,
      role,
      storage: "plain",
      ...(init ? { init } : {}),
    });
    return id;
  }

  private existing(name: string, role: Role): ValueId | undefined {
    const id = this.values.findIndex((value) => value.name === name && value.role === role);
    return id < 0 ? undefined : id;
  }

  private unique(name: string): string {
    const used = this.names.get(name) ?? 0;
    this.names.set(name, used + 1);
    return used === 0 ? name : this.unique(`${name}_${used + 1}`);
  }
}
