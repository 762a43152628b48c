// The background of a set of images: what their edges mostly are.

/** Numbers that are sorted at most for each channel: that many say well enough what a median is. */
const MOST_NUMBERS = 1 << 14;

/**
 * For each channel the median of the pixels along the four edges of the images, the lower of two middle ones, so that it is
 * a value that occurs. Of many images some are looked at, evenly spread over the rows.
 * @param images `[rows, channels, height, width]`, at least one row
 */
export function backgroundOf(
  images: Float32Array,
  rows: number,
  [channels, height, width]: readonly [number, number, number],
): Float32Array {
  const edge: number[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      if (row === 0 || row === height - 1 || column === 0 || column === width - 1) edge.push(row * width + column);
  const count = Math.min(rows, Math.ceil(MOST_NUMBERS / edge.length));
  const plane = height * width;
  return Float32Array.from({ length: channels }, (_, channel) => {
    const numbers = new Float32Array(count * edge.length);
    for (let i = 0; i < count; i++) {
      const start = (Math.floor((i * rows) / count) * channels + channel) * plane;
      for (const [j, pixel] of edge.entries()) numbers[i * edge.length + j] = images[start + pixel] as number;
    }
    numbers.sort();
    return numbers[Math.floor((numbers.length - 1) / 2)] as number;
  });
}
