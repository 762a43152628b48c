// How the addon lives and dies inside processes and workers: exit, signals, termination, collection, the event loop.
import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const entry = pathToFileURL(path.resolve("dist/index.js")).href;
const preamble = `
import { sequential, dense, relu, softmax, Trainer, Dataset, crossEntropy, sgd } from ${JSON.stringify(entry)};
const input = Float32Array.from({ length: 4000 * 8 }, (_, i) => Math.sin(i * 12.9898));
const target = Int32Array.from({ length: 4000 }, (_, i) => (input[8 * i] > 0 ? 1 : 0));
const data = Dataset.from({ input, inputShape: [8], target, classes: 2 });
const make = () => new Trainer(sequential([8], [dense(64), relu(), dense(64), relu(), dense(2), softmax()]), { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.01 }) });
`;

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** Runs a script to its end; `onLine` may act when it says something. */
function script(
  body: string,
  flags: string[] = [],
  onOutput?: (kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", preamble + body]);
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.((signal) => child.kill(signal));
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
}

it("process.exit in the middle of a run is clean", async () => {
  const { code, signal, output } = await script(`
    const run = make().fit(data, { epochs: 100000 });
    for await (const epoch of run) if (epoch.epoch === 3) { console.log("leaving"); process.exit(7); }
  `);
  expect({ code, signal, output }).toEqual({ code: 7, signal: null, output: "leaving\n" });
});

it("Ctrl-C ends a process that trains", async () => {
  const { signal } = await script(
    `for await (const epoch of make().fit(data, { epochs: 100000 })) if (epoch.epoch === 2) console.log("training");`,
    [],
    (kill) => kill("SIGINT"),
  );
  expect(signal).toBe("SIGINT");
});

it("a finished process ends by itself, trainers disposed or not", async () => {
  const { code, output } = await script(`
    const trainer = make();
    await trainer.fit(data, { epochs: 2 });
    console.log("done");
  `);
  expect({ code, output }).toEqual({ code: 0, output: "done\n" });
});

it("workers train beside each other, end, and may be terminated in the middle of a run", async () => {
  const { code, output } = await script(`
    import { Worker } from "node:worker_threads";
    const body = ${JSON.stringify(preamble)} + \`
      import { parentPort } from "node:worker_threads";
      const epochs = Number(process.argv[2] ?? 3);
      const run = make().fit(data, { epochs });
      for await (const epoch of run) parentPort.postMessage(epoch.loss);
    \`;
    const worker = (epochs) => new Worker(new URL("data:text/javascript," + encodeURIComponent(body)), { argv: [String(epochs)] });
    const losses = (epochs) => new Promise((resolve, reject) => {
      const seen = [];
      worker(epochs).on("message", (loss) => seen.push(loss)).on("error", reject).on("exit", () => resolve(seen));
    });
    const [a, b] = await Promise.all([losses(3), losses(3)]);
    if (a.length !== 3 || JSON.stringify(a) !== JSON.stringify(b)) throw new Error(JSON.stringify([a, b]));
    for (let i = 0; i < 5; i++) {
      const doomed = worker(100000);
      await new Promise((resolve) => doomed.once("message", resolve));
      await doomed.terminate();
    }
    const { history } = await make().fit(data, { epochs: 3 });
    if (JSON.stringify(history.map((epoch) => epoch.loss)) !== JSON.stringify(a)) throw new Error("other numbers than in the workers");
    console.log("ok");
  `);
  expect(output).toBe("ok\n");
  expect(code).toBe(0);
});

it.each(["process.exit(7)", "worker"])("an end in the middle of a loop of predictions is clean: %s", async (how) => {
  const loop = `
    const trainer = make();
    const rows = input.subarray(0, 80);
    setTimeout(() => leave(), 60);
    for (;;) await trainer.predict(rows);
  `;
  const { code, signal, output } = await script(
    how === "worker"
      ? `
    import { Worker } from "node:worker_threads";
    const body = ${JSON.stringify(`${preamble} import { parentPort } from "node:worker_threads"; const leave = () => parentPort.postMessage(0); ${loop}`)};
    for (let i = 0; i < 3; i++) {
      const doomed = new Worker(new URL("data:text/javascript," + encodeURIComponent(body)));
      await new Promise((resolve) => doomed.once("message", resolve));
      await doomed.terminate();
    }
    process.exitCode = 7;
  `
      : `const leave = () => process.exit(7); ${loop}`,
  );
  expect({ code, signal, output }).toEqual({ code: 7, signal: null, output: "" });
});

it("the event loop stays free while a long prediction runs", async () => {
  const { output } = await script(`
    const trainer = make();
    const rows = new Float32Array(200_000 * 8);
    await trainer.predict(rows);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    let most = 0;
    for (let i = 0; i < 5; i++) {
      const prediction = trainer.predict(rows);
      const begin = performance.now();
      await prediction;
      most += performance.now() - begin;
    }
    clearInterval(timer);
    most /= 5;
    console.log(ticks > most / 4 ? "free" : \`blocked: \${ticks} of \${most}\`);
  `);
  expect(output).toBe("free\n");
});

it("memory does not grow over many predictions", async () => {
  const { output } = await script(
    `
    const trainer = make();
    const round = async () => { for (let i = 0; i < 100; i++) for (const rows of [1, 1000]) await trainer.predict(input.slice(0, rows * 8)); gc(); };
    await round();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 4; i++) await round();
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
    console.log(grown < 40 ? "steady" : \`grew by \${grown} MB\`);
  `,
    ["--expose-gc"],
  );
  expect(output).toBe("steady\n");
});

it("the event loop stays free while an epoch runs", async () => {
  const { output } = await script(`
    const trainer = make();
    const rows = Array.from({ length: 20 }, (_, i) => i);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const begin = performance.now();
    await trainer.fit(data, { epochs: 40, batchSize: 4 });
    clearInterval(timer);
    const most = (performance.now() - begin) / 5;
    console.log(ticks > most / 4 ? "free" : \`blocked: \${ticks} of \${most}\`);
  `);
  expect(output).toBe("free\n");
});

it("handles may be collected, during a run too", async () => {
  const { code, output } = await script(
    `
    for (let i = 0; i < 50; i++) { make().read("dense_1.weight"); gc(); }
    const run = make().fit(data, { epochs: 20 });
    for (let i = 0; i < 20; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
    const { history } = await run;
    console.log(history.length);
  `,
    ["--expose-gc"],
  );
  expect({ code, output }).toEqual({ code: 0, output: "20\n" });
});

it("an error that reached the iterator is not unhandled as well; one that nobody saw is", async () => {
  const bad = `const run = make().fit(Dataset.from({ input: [[1, 2]], target: ["a"], classes: ["a", "b"] }));`;
  const seen = await script(
    `${bad} try { for await (const epoch of run); } catch (error) { console.log(error.name); }`,
  );
  expect({ code: seen.code, output: seen.output }).toEqual({ code: 0, output: "DataError\n" });
  const unseen = await script(
    `${bad} await new Promise((resolve) => setTimeout(resolve, 50)); console.log("still here");`,
  );
  expect(unseen.code).toBe(1);
  expect(unseen.output).toContain("DataError");
});

it("memory does not grow over many trainers", async () => {
  const { output } = await script(
    `
    const round = async () => { for (let i = 0; i < 60; i++) { const trainer = make(); await trainer.fit(data.slice(0, 64), { epochs: 1 }); trainer.dispose(); } gc(); };
    await round();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 4; i++) await round();
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
    console.log(grown < 40 ? "steady" : \`grew by \${grown} MB\`);
  `,
    ["--expose-gc"],
  );
  expect(output).toBe("steady\n");
});
