// How many hidden units a house is seen by: those whose activation is above zero.
import { type Dataset, dense, sequential, standardize, Trainer } from "netwright";
import { activations } from "../networks/digit_network.js";
import type { HouseNetwork } from "../networks/house_network.js";

/**
 * The mean share of hidden units above zero over these rows, all hidden layers together. Every layer is the output of a network cut
 * off behind it, with the same weights.
 */
export async function activeShare(trainer: Trainer, network: HouseNetwork, data: Dataset): Promise<number> {
  const { units, activation = "relu" } = network;
  let active = 0;
  let all = 0;
  for (let depth = 1; depth <= units.length; depth++) {
    const layers = units.slice(0, depth).flatMap((size) => [dense(size), activations[activation]()]);
    using part = new Trainer(sequential([4], [standardize(), ...layers]), { threads: 1 });
    for (const { name } of part.weights()) part.write(name, trainer.read(name).data);
    const { output } = await part.predict(data);
    active += output!.data.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    all += output!.data.length;
  }
  return active / all;
}
