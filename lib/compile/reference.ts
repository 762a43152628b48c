// The reference evaluator: runs a plan or graph in float64 with each op's definition. Slow, obvious, no native code.
import { ArgumentError, BATCH, PlanError, type Shape, shapeText } from "../errors.js";
import { opDefinition, type ReferenceContext, type ValueId } from "../ops/op.js";
import { elementCount } from "./arenas.js";
import { initialValues } from "./initialize.js";
import type { Phase, PlanNode, PlanValue } from "./plan.js";

/** A plan, or a graph that is not finished yet. */
export interface ReferenceProgram {
  readonly values: readonly PlanValue[];
  readonly nodes: readonly PlanNode[];
}

export interface ReferenceJob {
  /** Rows; takes the place of -1 in shapes. */
  readonly batch: number;
  /**
   * Numbers by value name, in the user's order (NCHW, OIHW): every input; parameters, states and slots that are not to
   * start from their initial values. What an earlier `evaluate` returned may be passed whole.
   */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
  /** Default 0. */
  readonly seed?: number;
  /** Optimizer steps taken before this one. Default 0. */
  readonly step?: number;
  /** Default 0. */
  readonly learningRate?: number;
  /** Runs phase `update` too. Default false. */
  readonly update?: boolean;
}

/** Every value of the program by name, as it is at the end. */
export type ReferenceValues = Record<string, Float64Array>;

/**
 * Runs a program once. Pure: what it is given stays as it is; updated parameters, states and slots are in the result, so
 * that a training loop is `values = evaluate(plan, { batch, values: { ...values, ...batchInputs }, step, update: true })`.
 *
 * @throws ArgumentError when an input is missing or has another number of elements
 */
export function evaluate(program: ReferenceProgram, job: ReferenceJob): ReferenceValues {
  const memory = new Memory(program.values, job);
  const context = { seed: job.seed ?? 0, step: job.step ?? 0, learningRate: job.learningRate ?? 0 };
  const phases: Phase[] = job.update === true ? ["compute", "update"] : ["compute"];
  for (const phase of phases)
    for (const node of program.nodes) if (node.phase === phase) runNode(memory, node, context);
  return memory.result();
}

function runNode(memory: Memory, node: PlanNode, context: ReferenceContext): void {
  const shapes = { in: node.in.map((id) => memory.shape(id)), out: node.out.map((id) => memory.shape(id)) };
  const outputs = opDefinition(node.op).reference(
    node.in.map((id) => memory.read(id)),
    shapes,
    node.attributes,
    context,
  );
  for (const [i, id] of node.out.entries()) {
    const output = outputs[i];
    if (output === undefined)
      throw new PlanError(`reference of "${node.op}" returned ${outputs.length} of ${node.out.length} outputs`);
    memory.write(id, output);
  }
}

/** Values by number; flat views read and write the values that they cover. */
class Memory {
  private readonly numbers: (Float64Array | undefined)[];

  constructor(
    private readonly values: readonly PlanValue[],
    private readonly job: ReferenceJob,
  ) {
    this.numbers = values.map((value) => this.start(value));
  }

  shape(id: ValueId): Shape {
    return this.at(id).shape.map((dimension) => (dimension === BATCH ? this.job.batch : dimension));
  }

  read(id: ValueId): Float64Array {
    const value = this.at(id);
    if (value.flat !== true) {
      const found = this.numbers[id];
      if (found === undefined) throw new PlanError(`value "${value.name}" is read before a node writes it`);
      return found;
    }
    const whole = new Float64Array(elementCount(value.shape));
    for (const { member, start } of this.covered(value)) whole.set(this.numbers[member] ?? [], start);
    return whole;
  }

  write(id: ValueId, numbers: Float64Array): void {
    const value = this.at(id);
    const expected = elementCount(this.shape(id));
    if (numbers.length !== expected)
      throw new PlanError(
        `value "${value.name}" ${shapeText(value.shape)} was given ${numbers.length} elements, expected ${expected}`,
      );
    if (value.flat !== true) this.numbers[id] = numbers;
    else
      for (const { member, start, count } of this.covered(value))
        this.numbers[member] = numbers.slice(start, start + count);
  }

  result(): ReferenceValues {
    const result: ReferenceValues = {};
    for (const [id, value] of this.values.entries()) {
      const numbers = value.flat === true ? this.read(id) : this.numbers[id];
      if (numbers !== undefined) result[value.name] = numbers;
    }
    return result;
  }

  private at(id: ValueId): PlanValue {
    const value = this.values[id];
    if (value === undefined) throw new PlanError(`value ${id} of ${this.values.length} does not exist`);
    return value;
  }

  private start(value: PlanValue): Float64Array | undefined {
    if (value.role === "temp" || value.role === "output" || value.role === "metric" || value.flat === true)
      return undefined;
    const count = value.shape.reduce(
      (product, dimension) => product * (dimension === BATCH ? this.job.batch : dimension),
      1,
    );
    const given = this.job.values[value.name];
    if (given !== undefined) {
      if (given.length !== count)
        throw new ArgumentError(
          `value "${value.name}" ${shapeText(value.shape)} was given ${given.length} elements, expected ${count} (batch ${this.job.batch})`,
        );
      return Float64Array.from(given);
    }
    if (value.role === "input")
      throw new ArgumentError(`input "${value.name}" ${shapeText(value.shape)} was not given`);
    return value.init === undefined
      ? new Float64Array(count)
      : Float64Array.from(initialValues(value.init, value.name, value.shape, this.job.seed ?? 0));
  }

  private covered(view: PlanValue): { member: ValueId; start: number; count: number }[] {
    const begin = view.offset ?? 0;
    const end = begin + elementCount(view.shape);
    const found: { member: ValueId; start: number; count: number }[] = [];
    for (const [member, value] of this.values.entries()) {
      if (value.role !== view.role || value.slot !== view.slot || value.flat === true || value.offset === undefined)
        continue;
      const count = elementCount(value.shape);
      if (value.offset >= begin && value.offset + count <= end)
        found.push({ member, start: value.offset - begin, count });
    }
    return found;
  }
}
