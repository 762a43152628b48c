// Numbers as the little-endian bytes that safetensors and ONNX store, on any machine.

type Numbers = Float32Array | BigInt64Array;

const HOST_IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of an array in little-endian order: a view of it where the machine is little-endian, else a swapped copy. */
export function toLittleEndian(data: Numbers): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return HOST_IS_LITTLE ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT);
}

/** A new array from little-endian bytes, at any alignment; the length must be a multiple of 4. */
export function floatsFromLittleEndian(bytes: Uint8Array): Float32Array {
  const copy = HOST_IS_LITTLE ? bytes.slice() : swapped(bytes, 4);
  return new Float32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4);
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const within = i % size;
    result[i - within + (size - 1 - within)] = bytes[i] as number;
  }
  return result;
}
