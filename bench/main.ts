// `npm run bench`: every row of the suite, in turns with the peers that are there; tables here, all figures in out/bench.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { describeMachine, othersShare, stolenTime } from "./machine.js";
import { isWanted, readOptions } from "./options.js";
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
    `The machine is not quiet: others use ${percent(busy)} of its cores. Ratios will be rough, times too long.`,
  );

const rooflines = new Map<number, Roofline>();
const program = buildRoofline();
for (const threads of program ? options.threads : []) {
  const roofline = measureRoofline(program as string, threads, options.quick);
  if (roofline) rooflines.set(threads, roofline);
}

const training: Row[] = [];
const inference: Row[] = [];
const breakdowns: Breakdown[] = [];
let torchName: string | undefined;
for (const threads of options.threads) {
  const wantedTraining = trainingCases.filter(({ row }) => isWanted(row, options));
  const wantedInference = inferenceCases.filter(({ row }) => isWanted(row, options));
  if (wantedTraining.length + wantedInference.length === 0) break;
  const torch = await startTorch(threads);
  torchName = torch?.name;
  if (!torch) console.log("PyTorch is not installed (python3-torch): its column is missing");
  const beside = { torch, roofline: rooflines.get(threads) };
  for (const each of wantedTraining) {
    training.push(await trainingRow(each, threads, options, beside));
    console.log(rowLine(training.at(-1) as Row));
    breakdowns.push(await measureBreakdown(each, threads, options, beside.roofline));
  }
  for (const each of wantedInference) {
    inference.push(await inferenceRow(each, threads, options, beside));
    console.log(rowLine(inference.at(-1) as Row));
  }
  torch?.close();
}
const together = isWanted("side-by-side", options) ? await measureTogether(options.epochs) : undefined;
const scaling = isWanted("scaling", options) ? await measureScaling(options) : undefined;
const startUp = isWanted("start-up", options) ? measureStartUp(options.quick ? 3 : 11) : undefined;

const sections = [
  rooflines.size > 0 && rooflineTable([...rooflines.values()]),
  training.length > 0 && comparisonTable(training),
  inference.length > 0 && comparisonTable(inference),
  ratioChart([...training, ...inference]),
  breakdowns.length > 0 && breakdownTables(breakdowns),
  scaling && scalingTables(scaling, rooflines),
  together && togetherText(together),
  startUp && startUpText(startUp),
];
for (const section of sections) if (section) console.log(`\n${section}`);

const stolen = stolenTime();
const result = {
  date: new Date().toISOString(),
  machine: { ...machine, ...(torchName && { torch: torchName }) },
  options,
  quiet: {
    othersBefore: busy,
    ...(stolen &&
      stolenBefore && { stolenShare: (stolen.stolen - stolenBefore.stolen) / (stolen.all - stolenBefore.all) }),
  },
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
