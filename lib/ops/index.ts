// All ops; importing this file registers them.
import "./matmul.js";
import "./conv2d.js";
import "./reduce.js";
import "./elementwise.js";
import "./channelwise.js";
import "./pool2d.js";
import "./batch_norm.js";
import "./batch_norm_relu.js";
import "./dropout.js";
import "./softmax.js";
import "./losses.js";
import "./one_hot.js";
import "./concat.js";
import "./flatten.js";
import "./constant.js";
import "./all_finite.js";
import "./gradient_norm.js";
import "./sgd.js";
import "./rmsprop.js";
import "./adam.js";

export { defineOp, opDefinition, opNames } from "./op.js";
