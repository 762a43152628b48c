// What a person sees of a running study, on a terminal that is small enough to be emulated here.
import { afterEach, describe, expect, it } from "vitest";
import { LiveView } from "../../../../lib/search/live_view.js";
import { headline, runningLine } from "../../../../lib/search/live_view/lines.js";
import { FAILURE } from "../../../../lib/search/outcome.js";
import type { StudyRecord, TrialRecord } from "../../../../lib/search/record.js";

const ESCAPE = "\u001b";
const SEQUENCE = new RegExp(`${ESCAPE}\\[\\??\\d*[A-Za-z]|[^]`, "g");
const CURSOR = new RegExp(`^${ESCAPE}\\[(\\d*)([A-Z])$`);

/** Understands what the view writes, and refuses everything else. */
class Terminal {
  readonly screen: string[] = [""];
  row = 0;
  column = 0;

  constructor(
    readonly columns: number,
    readonly isTTY = true,
  ) {}

  write(text: string | Uint8Array): boolean {
    for (const part of String(text).match(SEQUENCE) ?? []) {
      const [, count, command] = CURSOR.exec(part) ?? [];
      const line = this.screen[this.row] as string;
      if (part === "\n") {
        this.row++;
        this.column = 0;
        this.screen[this.row] ??= "";
      } else if (command === "A") this.row -= Number(count);
      else if (command === "G") this.column = Number(count) - 1;
      else if (command === "K") this.screen[this.row] = line.slice(0, this.column);
      else if (command === "J") {
        this.screen.length = this.row + 1;
        this.screen[this.row] = line.slice(0, this.column);
      } else if (command === undefined && !part.startsWith("\u001b")) {
        this.screen[this.row] = line.slice(0, this.column).padEnd(this.column) + part + line.slice(this.column + 1);
        this.column++;
        if (this.column >= this.columns) throw new Error(`a line is as wide as the terminal: ${line}${part}`);
      } else throw new Error(`unexpected in a terminal: ${JSON.stringify(part)}`);
    }
    return true;
  }
}

const directions = ["maximize"] as const;

const begin = Date.now();

function trial(number: number, fields: Partial<TrialRecord> = {}): TrialRecord {
  return {
    id: number,
    number,
    state: "running",
    values: undefined,
    parameters: {},
    distributions: {},
    reports: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: new Date(begin),
    endedAt: undefined,
    ...fields,
  };
}

class Watched {
  readonly trials: TrialRecord[] = [];
  readonly terminal: Terminal;
  readonly view: LiveView;

  constructor(
    columns: number,
    { isTTY = true, live, terminal }: { isTTY?: boolean; live?: boolean; terminal?: Terminal } = {},
  ) {
    this.terminal = terminal ?? new Terminal(columns, isTTY);
    const { trials } = this;
    const study = {
      get record(): StudyRecord {
        return { name: "watched", directions, trials, userAttributes: {}, systemAttributes: {} };
      },
    };
    const wanted = { trials: 8, deadline: Number.POSITIVE_INFINITY };
    this.view = new LiveView(study, wanted, live, this.terminal as never);
    open.push(this.view);
  }

  begin(number: number): void {
    this.trials[number] = trial(number);
    this.view.began(this.trials[number]);
  }

  end(number: number, fields: Partial<TrialRecord>): void {
    this.trials[number] = trial(number, { endedAt: new Date(begin + 60_000), ...fields });
    this.view.ended(this.trials[number]);
  }

  report(number: number, ...values: number[]): void {
    for (const [i, value] of values.entries()) this.view.reported(trial(number), i + 1, value);
  }

  /** The lines after the next drawing. */
  async seen(): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve, 500));
    return this.terminal.screen.map((line) => line.trimEnd());
  }
}

const open: LiveView[] = [];
afterEach(() => {
  for (const view of open.splice(0)) view.close();
});

describe("the live view", () => {
  it("has a line for the study and one for each trial that runs, with its curve", async () => {
    const watched = new Watched(80);
    watched.begin(0);
    watched.begin(1);
    watched.report(0, 0.1, 0.4, 0.8);
    expect(await watched.seen()).toEqual(["0 of 8 trials", "trial 0  step 3  ▁▄█  0.8", "trial 1"]);
    watched.end(0, { state: "complete", values: [0.8] });
    watched.begin(2);
    const [first, ...others] = await watched.seen();
    expect(first).toMatch(/^1 of 8 trials, best 0.8 \(trial 0\), about [\d.]+ (min|s) left$/);
    expect(others).toEqual(["trial 2", "trial 1"]);
  });

  it("keeps what failed above, with the reason, and leaves only that and its first line", async () => {
    const watched = new Watched(40);
    watched.begin(0);
    watched.begin(1);
    await watched.seen();
    const message = "Training diverged: the loss is NaN in step 40 of layer dense_1.\u001b[2J";
    watched.end(0, { state: "failed", systemAttributes: { [FAILURE]: { kind: "diverged", message } } });
    watched.end(1, { state: "complete", values: [0.25] });
    const during = await watched.seen();
    expect(during[0]).toMatch(/^trial 0 failed: Tra.*…/);
    expect(during[0]!.length).toBeLessThan(40);
    expect(during[1]).toMatch(/^2 of 8 trials/);
    watched.view.close();
    open.length = 0;
    expect(watched.terminal.screen).toHaveLength(3);
    expect(watched.terminal.screen[2]).toBe("");
    expect([watched.terminal.row, watched.terminal.column]).toEqual([2, 0]);
  });

  it("tells of every failure, also when all is over before the first drawing", () => {
    const watched = new Watched(80);
    for (const number of [0, 1, 2]) {
      watched.begin(number);
      watched.end(number, { state: "failed" });
    }
    watched.view.close();
    open.length = 0;
    expect(watched.terminal.screen.slice(0, 3)).toEqual(["trial 0 failed", "trial 1 failed", "trial 2 failed"]);
    expect(watched.terminal.screen[3]).toMatch(/^3 of 8 trials/);
  });

  it("stands below what the program prints, a whole line at a time, and gives the terminal back as it was", async () => {
    const watched = new Watched(40);
    const { terminal } = watched;
    watched.begin(0);
    await watched.seen();
    terminal.write("one\ntwo\nth");
    expect(terminal.screen).toEqual(["one", "two", "0 of 8 trials", "trial 0"]);
    terminal.write(Buffer.from("ree"));
    const called = new Promise((resolve) => {
      Reflect.apply(terminal.write, terminal, ["\n", resolve]);
    });
    expect(await called).toBe(null);
    terminal.write("10 %\r20 %");
    watched.end(0, { state: "failed" });
    const before = ["one", "two", "three", "trial 0 failed"];
    expect((await watched.seen()).slice(0, 4)).toEqual(before);
    watched.view.close();
    open.length = 0;
    expect(terminal.screen.slice(0, 5)).toEqual([...before, "20 %"]);
    expect(terminal.screen[5]).toMatch(/^1 of 8 trials/);
    expect(terminal.screen).toHaveLength(7);
    expect(Object.hasOwn(terminal, "write")).toBe(false);
  });

  it("shows a line that was begun and stands still", async () => {
    const watched = new Watched(40);
    watched.terminal.write("go on? ");
    await expect.poll(() => watched.seen(), { timeout: 30_000 }).toEqual(["go on?", "0 of 8 trials"]);
  });

  it("is one at a time; another is silent, whichever ends first", async () => {
    const terminal = new Terminal(40);
    const views = [new Watched(40, { terminal }), new Watched(40, { terminal })];
    for (const { view } of views) view.began(trial(0));
    expect(await views[0]!.seen()).toEqual(["0 of 8 trials", "trial 0"]);
    for (const { view } of views) view.close();
    open.length = 0;
    expect(Object.hasOwn(terminal, "write")).toBe(false);
    terminal.write("after\n");
    expect(await views[0]!.seen()).toEqual(["0 of 8 trials", "after", ""]);
  });

  it("lets go of a stream that somebody else has wrapped meanwhile", async () => {
    const watched = new Watched(40);
    const { terminal } = watched;
    const diverted = terminal.write;
    terminal.write = (text) => Reflect.apply(diverted, terminal, [text]);
    terminal.write("before\n");
    watched.view.close();
    open.length = 0;
    terminal.write("af");
    terminal.write("ter\n");
    expect(await watched.seen()).toEqual(["before", "0 of 8 trials", "after", ""]);
  });

  it("is silent where there is no terminal, and when it is told to be", async () => {
    for (const watched of [new Watched(80, { isTTY: false }), new Watched(80, { live: false })]) {
      watched.begin(0);
      watched.end(0, { state: "complete", values: [1] });
      watched.view.close();
      expect(watched.terminal.screen).toEqual([""]);
    }
  });

  it("writes a line for every trial where it is wanted and there is no terminal", () => {
    const watched = new Watched(1200, { isTTY: false, live: true });
    watched.begin(0);
    watched.end(0, { state: "complete", values: [0.5] });
    expect(watched.terminal.screen[0]).toMatch(/^trial 0 complete: 0.5; 1 of 8 trials, best 0.5 \(trial 0\), about/);
  });
});

describe("lines", () => {
  it("leave out what does not fit", () => {
    const all = { finished: 12, wanted: 100, best: "best 0.9731 (trial 7)", left: 240_000, waitsFor: [] };
    expect(headline(all, 80)).toBe("12 of 100 trials, best 0.9731 (trial 7), about 4 min left");
    expect(headline(all, 50)).toBe("12 of 100 trials, about 4 min left");
    expect(headline(all, 20)).toBe("12 of 100 trials");
    expect(headline({ ...all, waitsFor: [14] }, 80)).toBe(
      "12 of 100 trials, best 0.9731 (trial 7), waiting for trial 14 of another process",
    );
    expect(headline({ ...all, wanted: undefined, best: undefined, left: 0 }, 80)).toBe("12 trials");
    const reports = new Map(Array.from({ length: 100 }, (_, i) => [i + 1, i]));
    for (let width = 4; width < 90; width++)
      expect(runningLine({ number: 13, reports }, width).length).toBeLessThanOrEqual(width);
    expect(runningLine({ number: 13, reports }, 30)).toBe("trial 13  step 100  ▁▂▄▅▇█  99");
    expect(runningLine({ number: 13, reports }, 24)).toBe("trial 13  step 100  99");
  });
});
