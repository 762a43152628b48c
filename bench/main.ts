// `npm run bench`: every row of the suite, in turns with the peers that are there; tables here, all figures in out/bench.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { describeMachine, othersShare, stolenTime } from "./machine.js";
import { readOptions, wanted } from "./options.js";
import { startTorch } from "./peers/peer.js";
import { ratioChart } from "./report/chart.js";
import {
  breakdownTables,
  comparisonTable,
  rooflineTable,
  scalingTables,
  startUpText,
  togetherText,
} from "./report/print.js";
import { buildRoofline, measureRoofline, type Roofline } from "./roofline.js";
import { type Breakdown, measureBreakdown } from "./rows/breakdown.js";
import { inferenceCases, inferenceRow } from "./rows/inference.js";
import { type Row, rowLine } from "./rows/row.js";
import { measureScaling } from "./rows/scaling.js";
import { measureStartUp } from "./rows/start_up.js";
import { measureTogether } from "./rows/together.js";
import { trainingCases, trainingRow } from "./rows/training.js";
import { percent } from "./statistics.js";

const options = readOptions();
const wantedTraining = wanted(trainingCases, options);
const wantedInference = wanted(inferenceCases, options);
const others = [{ row: "roofline" }, { row: "side-by-side" }, { row: "scaling" }, { row: "start-up" }] as const;
const wantedOthers = wanted(others, options).map(({ row }) => row);
if (wantedTraining.length + wantedInference.length + wantedOthers.length === 0) {
  console.error(
    `no such row; there are ${[...trainingCases, ...inferenceCases, ...others].map(({ row }) => row).join(", ")}`,
  );
  process.exit(2);
}

const started = performance.now();
const machine = describeMachine();
const { netwright } = machine;
console.log(
  `netwright ${netwright.version}, ${netwright.instructionSet}, ${netwright.blas}; ${machine.cores} cores of ${machine.cpu}, ` +
    `${machine.memoryGigabytes} GB; Node ${machine.node}; ${machine.compiler ?? "compiler unknown"}`,
);
const busy = await othersShare();
const stolenBefore = stolenTime();
if (busy > 0.05)
  console.log(
    `The machine is not quiet: others use ${percent(busy)} of its cores. Times will be too long, ratios rough.`,
  );

const rooflines = new Map<number, Roofline>();
const compared = wantedTraining.length + wantedInference.length > 0;
const program =
  compared || wantedOthers.some((row) => row === "roofline" || row === "scaling") ? buildRoofline() : undefined;
for (const threads of program ? options.threads : []) {
  const roofline = measureRoofline(program as string, threads, options.quick);
  if (roofline) rooflines.set(threads, roofline);
}

const training: Row[] = [];
const inference: Row[] = [];
const breakdowns: Breakdown[] = [];
let torchName: string | undefined;
for (const threads of compared ? options.threads : []) {
  const torch = await startTorch(threads);
  torchName = torch?.name;
  if (!torch) console.log("PyTorch is not installed (python3-torch): it is left out");
  const beside = { torch, roofline: rooflines.get(threads) };
  for (const each of wantedTraining) {
    const row = await trainingRow(each, threads, options, beside);
    training.push(row);
    console.log(rowLine(row));
    breakdowns.push(await measureBreakdown(each, threads, options, beside.roofline));
  }
  for (const each of wantedInference) {
    const row = await inferenceRow(each, threads, options, beside);
    inference.push(row);
    console.log(rowLine(row));
  }
  torch?.close();
}
const together = wantedOthers.includes("side-by-side") ? await measureTogether(options.epochs) : undefined;
const scaling = wantedOthers.includes("scaling") ? await measureScaling(options) : undefined;
const startUp = wantedOthers.includes("start-up") ? measureStartUp(options.quick ? 3 : 11) : undefined;

const sections = [
  rooflines.size > 0 && rooflineTable([...rooflines.values()]),
  training.length > 0 && comparisonTable("training step, ms", training),
  inference.length > 0 && comparisonTable("prediction, ms", inference),
  ratioChart([...training, ...inference]),
  breakdowns.length > 0 && breakdownTables(breakdowns),
  scaling && scalingTables(scaling, rooflines),
  together && togetherText(together),
  startUp && startUpText(startUp),
];
for (const section of sections) if (section) console.log(`\n${section}`);

const stolen = stolenTime();
const stolenShare = stolen && stolenBefore && (stolen.stolen - stolenBefore.stolen) / (stolen.all - stolenBefore.all);
if (stolenShare && stolenShare > 0.01)
  console.log(`\nThe host took ${percent(stolenShare)} of the time away meanwhile.`);
const result = {
  date: new Date().toISOString(),
  machine: { ...machine, ...(torchName && { torch: torchName }) },
  options,
  quiet: { othersBefore: busy, othersAfter: await othersShare(), stolenShare },
  rooflines: [...rooflines.values()],
  training,
  inference,
  breakdowns,
  together,
  scaling,
  startUp,
};
mkdirSync("out", { recursive: true });
writeFileSync("out/bench.json", `${JSON.stringify(result, null, 2)}\n`);
console.log(`\nwritten: out/bench.json, after ${Math.round((performance.now() - started) / 1000)} s`);
