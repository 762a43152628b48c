// Sum over everything but the channel axis: the gradient of a bias.
import { channelView, eachChannel, float32, operands, requireChannels } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "channel_sum",
  infer(inputs) {
    const { x } = operands("channel_sum", inputs, ["x"]);
    requireChannels("channel_sum", { x });
    return [float32([x.shape[1]!])];
  },
  reference([x], { in: [shape] }) {
    const sums = new Float64Array(channelView(shape!).channels);
    eachChannel(shape!, (index, channel) => {
      sums[channel]! += x![index]!;
    });
    return [sums];
  },
});
