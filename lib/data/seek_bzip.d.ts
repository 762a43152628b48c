// Types of the part of seek-bzip that is used; the package has none.
declare module "seek-bzip" {
  const seekBzip: {
    /** Unpacks a whole file, checking block and stream checksums; throws TypeError for what is not whole bzip2. */
    decode(input: Buffer): Buffer;
  };
  export default seekBzip;
}
