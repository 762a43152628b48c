// The random numbers of NumPy's RandomState, so that Python and Node walk through a grid in the same order.

const length = 624;
const middle = 397;

/** M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM Transactions on Modeling and Computer Simulation 8 (1998), 3-30. */
export class MersenneTwister {
  private readonly state = new Uint32Array(length);
  private next = length;

  /** @param seed below 2^32, of which higher bits are left out */
  constructor(seed: number) {
    this.state[0] = seed % 2 ** 32;
    for (let i = 1; i < length; i++) {
      const last = this.state[i - 1] as number;
      this.state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
  }

  /** The next 32 bits, as a whole number from 0 up to 2^32 - 1. */
  word(): number {
    if (this.next === length) this.twist();
    let word = this.state[this.next++] as number;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** Numbers 0 to `count` - 1 in the order that `RandomState.shuffle` gives a list. */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const mask = 2 ** (32 - Math.clz32(i)) - 1;
      let j = this.word() & mask;
      while (j > i) j = this.word() & mask;
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < length; i++) {
      const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % length] as number) & 0x7fffffff);
      const odd = joined & 1 ? 0x9908b0df : 0;
      state[i] = (state[(i + middle) % length] as number) ^ (joined >>> 1) ^ odd;
    }
    this.next = 0;
  }
}
