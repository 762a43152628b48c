// Solves the small symmetric systems of a regression.

/** The inverse of a symmetric positive definite matrix, `[n][n]`, by Gauss and Jordan; such a matrix needs no pivoting. */
export function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    const pivot = rows[column] as number[];
    const scale = 1 / (pivot[column] as number);
    for (let j = 0; j < 2 * size; j++) pivot[j]! *= scale;
    for (const [i, row] of rows.entries()) {
      const factor = row[column] as number;
      if (i === column || factor === 0) continue;
      for (let j = 0; j < 2 * size; j++) row[j]! -= factor * (pivot[j] as number);
    }
  }
  return rows.map((row) => row.slice(size));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
