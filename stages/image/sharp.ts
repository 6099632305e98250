/**
 * sharp, imported when pixels are really touched. One thread an image, because images run side by side; no operation
 * cache, because each image is read once and memory is to stay flat.
 */
export async function loadSharp() {
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
