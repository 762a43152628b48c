// What a sub-command of `netwright` is.
import { type ParseArgsConfig, parseArgs } from "node:util";

export interface Command {
  readonly name: string;
  /** One line of `netwright --help`. */
  readonly summary: string;
  /** What `netwright <name> --help` prints. */
  readonly usage: string;
  /** Resolves with the exit code: 0 good, 1 the answer is no. */
  run(parameters: readonly string[]): Promise<number>;
}

/** A call that makes no sense: exit code 2, with a pointer to the help. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>;

/** Options and positional parameters of a sub-command; unknown options and a wrong number of positionals are usage errors. */
export function parse<T extends Options>(
  parameters: readonly string[],
  options: T,
  positionals: readonly string[],
): Parsed<T> {
  const parsed = attempt(() =>
    parseArgs({ args: [...parameters], options, allowPositionals: true as const, strict: true }),
  );
  const missing = positionals[parsed.positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = parsed.positionals[positionals.length];
  if (extra !== undefined) throw new UsageError(`unexpected "${extra}"`);
  return parsed;
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
