// PyTorch as a contender, in every way of running that its version has.
import type { Peer, PeerRequest } from "../peers/peer.js";
import type { Contender } from "../turns.js";

/** Those that can do the work: one that fails is named on the terminal and left out. */
export async function torchContenders(
  peer: Peer,
  request: Omit<PeerRequest, "times" | "variant">,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const variant of peer.variants[request.work]) {
    const measure = (times: number) => peer.measure({ ...request, variant, times });
    try {
      await measure(1);
      contenders.push({ name: variant === "eager" ? peer.name : `${peer.name} ${variant}`, measure });
    } catch (error) {
      console.log(`left out: ${(error as Error).message}`);
    }
  }
  return contenders;
}
