// Eigenvalues and eigenvectors of small symmetric matrices.

export interface Eigen {
  readonly values: number[];
  /** `vectors[i][k]`: coordinate i of the vector of value k; orthonormal. */
  readonly vectors: number[][];
}

/**
 * Jacobi's method: rotations in turn, until nothing is left off the diagonal.
 * G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th edition (2013), section 8.5.
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  const at = (m: number[][], i: number, j: number): number => (m[i] as number[])[j] as number;
  // Converges quadratically: about eight sweeps for any matrix.
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const off = at(a, p, q);
        if (Math.abs(off) <= 1e-17 * Math.sqrt(Math.abs(at(a, p, p) * at(a, q, q))) || off === 0) continue;
        rotated = true;
        const tau = (at(a, q, q) - at(a, p, p)) / (2 * off);
        const tangent = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
        const cosine = 1 / Math.hypot(1, tangent);
        const sine = tangent * cosine;
        for (const row of a) rotate(row, p, q, cosine, sine);
        const [first, second] = [a[p] as number[], a[q] as number[]];
        for (let k = 0; k < n; k++) {
          const [x, y] = [first[k] as number, second[k] as number];
          first[k] = cosine * x - sine * y;
          second[k] = sine * x + cosine * y;
        }
        first[q] = 0;
        second[p] = 0;
        for (const row of vectors) rotate(row, p, q, cosine, sine);
      }
    if (!rotated) break;
  }
  return { values: a.map((row, i) => row[i] as number), vectors };
}

function rotate(row: number[], p: number, q: number, cosine: number, sine: number): void {
  const [x, y] = [row[p] as number, row[q] as number];
  row[p] = cosine * x - sine * y;
  row[q] = sine * x + cosine * y;
}
