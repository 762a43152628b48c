// What the program prints while lines stand at the foot of the terminal: it comes above them, where it would write over them.
import process from "node:process";

/** The part of a stream that is used; a terminal's. */
export interface Printing {
  readonly isTTY?: boolean;
  write(text: string): boolean;
}

type Write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => boolean;

interface Printed {
  /** The stream's own. */
  readonly write: (text: string) => boolean;
  /** The beginning of a line, until the rest of it comes. */
  begun: Buffer;
  /** Whole lines that are not written yet. */
  text: string;
}

const NEWLINE = 10;

/**
 * From now to `release`, lines written to these streams wait for `flush`; `redraw` is called to make it come at once. Streams that are no
 * terminal are left alone. A process that ends before writes what is left.
 */
export class Above {
  private readonly printed: Printed[] = [];
  private readonly undo: (() => void)[] = [];
  private readonly atExit = () => this.release();

  constructor(
    streams: readonly Printing[],
    private readonly redraw: () => void,
  ) {
    for (const stream of new Set(streams)) if (stream.isTTY === true) this.divert(stream);
    process.once("exit", this.atExit);
  }

  /** Writes what waits. Called where the lines at the foot begin. */
  flush(): void {
    if (this.printed.every(({ text }) => text === "")) return;
    this.printed[0]?.write("\u001b[J");
    for (const each of this.printed) {
      if (each.text !== "") each.write(each.text);
      each.text = "";
    }
  }

  /** A line of the view's own, to the first stream. */
  print(line: string): void {
    const [first] = this.printed;
    if (first !== undefined) first.text += `${line}\n`;
    this.redraw();
  }

  /** A line that has only begun is ended. */
  release(): void {
    process.off("exit", this.atExit);
    for (const undo of this.undo.splice(0)) undo();
    for (const each of this.printed) {
      if (each.begun.length > 0) each.text += `${each.begun}\n`;
      each.begun = Buffer.alloc(0);
    }
    if (this.printed.some(({ text }) => text !== "")) this.redraw();
  }

  private divert(stream: Printing): void {
    const own = Object.getOwnPropertyDescriptor(stream, "write");
    const printed: Printed = { write: stream.write.bind(stream), begun: Buffer.alloc(0), text: "" };
    const write: Write = (chunk, encoding, done) => {
      const bytes =
        typeof chunk === "string"
          ? Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8")
          : Buffer.from(chunk);
      printed.begun = Buffer.concat([printed.begun, bytes]);
      const end = printed.begun.lastIndexOf(NEWLINE) + 1;
      printed.text += printed.begun.toString("utf8", 0, end);
      printed.begun = printed.begun.subarray(end);
      if (end > 0) this.redraw();
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") process.nextTick(callback as () => void);
      return true;
    };
    Object.defineProperty(stream, "write", { value: write, configurable: true, writable: true });
    this.printed.push(printed);
    this.undo.push(() => {
      // Somebody else may have diverted it since.
      if (stream.write !== (write as unknown)) return;
      if (own === undefined) delete (stream as { write?: unknown }).write;
      else Object.defineProperty(stream, "write", own);
    });
  }
}
