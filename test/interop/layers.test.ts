// Every layer alone: what ONNX Runtime computes from the exported file is what the layer means.
import { describe, expect, it } from "vitest";
import {
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  gaussian,
  globalAveragePool2d,
  type LayerSpec,
  layerKinds,
  maxPool2d,
  parallel,
  relu,
  residual,
  sigmoid,
  softmax,
  standardize,
  tanh,
} from "../../lib/layers/index.js";
import type { Shape } from "../../lib/errors.js";
import { ALONE, expectAgreement, forwardGraph, modelOf } from "./support.js";

const image: Shape = [4, 9, 7];
const cases: readonly (readonly [what: string, inputShape: Shape, layers: readonly LayerSpec[]])[] = [
  ["dense", [6], [dense(5)]],
  ["dense without bias", [6], [dense(5, { bias: false })]],
  ["dense of one unit", [1], [dense(1)]],
  ["conv2d", image, [conv2d(6, { kernel: 3 })]],
  ["conv2d without bias", image, [conv2d(6, { kernel: 3, bias: false })]],
  ["conv2d of one pixel", image, [conv2d(3, { kernel: 1 })]],
  ["conv2d same", image, [conv2d(6, { kernel: 3, padding: "same" })]],
  ["conv2d same with an even kernel", image, [conv2d(6, { kernel: [2, 4], padding: "same" })]],
  ["conv2d same with a stride", image, [conv2d(6, { kernel: 3, stride: 2, padding: "same" })]],
  ["conv2d with a stride that leaves pixels over", image, [conv2d(6, { kernel: 3, stride: [3, 2] })]],
  ["conv2d with uneven padding", image, [conv2d(6, { kernel: 3, padding: [2, 0, 1, 3] })]],
  ["conv2d dilated", image, [conv2d(6, { kernel: 3, dilation: [2, 3], padding: [2, 3] })]],
  ["conv2d in groups", image, [conv2d(6, { kernel: 3, groups: 2 })]],
  ["conv2d depthwise", image, [conv2d(4, { kernel: 3, groups: 4, padding: "same" })]],
  ["conv2d depthwise with a multiplier", image, [conv2d(8, { kernel: [3, 2], groups: 4, stride: 2 })]],
  ["conv2d with a kernel as large as the image", image, [conv2d(5, { kernel: [9, 7] })]],
  ["maxPool2d", image, [maxPool2d(2)]],
  ["maxPool2d overlapping", image, [maxPool2d(3, { stride: 2, padding: 1 })]],
  ["maxPool2d same", image, [maxPool2d([3, 2], { stride: [2, 1], padding: "same" })]],
  ["averagePool2d", image, [averagePool2d(2)]],
  ["averagePool2d with padding counted", image, [averagePool2d(3, { stride: 2, padding: 1 })]],
  [
    "averagePool2d with padding left out",
    image,
    [averagePool2d(3, { stride: 2, padding: [1, 0, 0, 1], countIncludePad: false })],
  ],
  ["averagePool2d same", image, [averagePool2d(2, { padding: "same", countIncludePad: false })]],
  ["globalAveragePool2d", image, [globalAveragePool2d()]],
  ["batchNorm of features", [6], [batchNorm()]],
  ["batchNorm of an image", image, [batchNorm({ epsilon: 1e-3 })]],
  ["dropout", [6], [dropout(0.5)]],
  ["flatten", image, [flatten()]],
  ["flatten of one pixel", [4, 1, 1], [flatten()]],
  ["relu", image, [relu()]],
  ["sigmoid", image, [sigmoid()]],
  ["tanh", image, [tanh()]],
  ["softmax", [6], [softmax()]],
  ["gaussian", [6], [gaussian()]],
  ["standardize of features", [6], [standardize()]],
  ["standardize of an image", image, [standardize()]],
  ["add", image, [residual([conv2d(4, { kernel: 3, padding: "same" })])]],
  ["concat of images", image, [parallel([[relu()], [conv2d(3, { kernel: 1 })], [tanh()]])]],
  ["concat of features", [6], [parallel([[dense(2)], [relu()]])]],
];

describe("a layer alone in ONNX Runtime", () => {
  it.each(cases)("%s", async (_, inputShape, layers) => {
    await expectAgreement(forwardGraph(modelOf(inputShape, layers)), ALONE);
  });

  it("covers every kind of layer", () => {
    const covered = new Set(
      cases.flatMap(([, inputShape, layers]) => modelOf(inputShape, layers).nodes.map((node) => node.layer.kind)),
    );
    expect([...covered].sort()).toEqual(layerKinds().sort());
  });
});

describe("target scaling in the file", () => {
  it("gives a plain output in the target's units", () =>
    expectAgreement(forwardGraph(modelOf([6], [dense(3)]), { standardizeTargets: true }), ALONE));

  it("gives mean and sigma in the target's units", () =>
    expectAgreement(forwardGraph(modelOf([6], [dense(4), gaussian()]), { standardizeTargets: true }), ALONE));
});
