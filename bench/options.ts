// What may be chosen on the command line of `npm run bench`.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export interface Options {
  readonly rounds: number;
  /** About how long one contender's turn takes. */
  readonly milliseconds: number;
  readonly threads: readonly number[];
  /** Parts of row names; every row when empty. */
  readonly only: readonly string[];
  /** Of each of the trainings side by side. */
  readonly epochs: number;
  /** Fewer rounds, shorter turns, fewer points: rough figures. */
  readonly quick: boolean;
}

const HELP = `npm run bench -- [options]
  --rounds 7           rounds of each comparison (quick: 3)
  --milliseconds 300   time of one turn (quick: 60)
  --threads 1,2        numbers of threads; those above the cores are left out
  --only usps,start    rows whose name has one of these in it
  --epochs 50          of each whole training side by side (quick: 2)
  --quick              a look at everything in two minutes or so; the figures are rough`;

/** Ends the process for --help and for what makes no sense. */
export function readOptions(): Options {
  const values = parsed();
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const quick = values.quick;
  const cores = availableParallelism();
  const threads = list(values.threads).map((text) => whole("threads", text));
  const tooMany = threads.filter((count) => count > cores);
  if (tooMany.length === threads.length)
    refuse(`--threads: there are only ${cores} cores here, found "${values.threads}"`);
  if (tooMany.length > 0) console.log(`left out, for there are ${cores} cores: ${tooMany.join(", ")} threads`);
  return {
    rounds: whole("rounds", values.rounds ?? (quick ? "3" : "7")),
    milliseconds: whole("milliseconds", values.milliseconds ?? (quick ? "60" : "300")),
    threads: threads.filter((count) => count <= cores),
    only: list(values.only),
    epochs: whole("epochs", values.epochs ?? (quick ? "2" : "50")),
    quick,
  };
}

/** Those that --only asks for. */
export function wanted<Case extends { readonly row: string }>(cases: readonly Case[], { only }: Options): Case[] {
  return cases.filter(({ row }) => only.length === 0 || only.some((part) => row.includes(part)));
}

function list(text: string): string[] {
  return text.split(",").filter((part) => part !== "");
}

function parsed() {
  try {
    return parseArgs({
      options: {
        rounds: { type: "string" },
        milliseconds: { type: "string" },
        threads: { type: "string", default: "1,2" },
        only: { type: "string", default: "" },
        epochs: { type: "string" },
        quick: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  return refuse(`--${name}: expected a positive whole number, found "${text}"`);
}

/** As every command line here does for a call that makes no sense. */
function refuse(why: string): never {
  console.error(`${why}\n${HELP}`);
  process.exit(2);
}
