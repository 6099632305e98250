export { deflate, deflateBound } from './deflate';
export { decodeJpeg, jpegHeight, jpegWidth } from './jpeg/decode';
export { allocate, reset } from './memory';
export { filterLines } from './png';
export { alongColumns, alongRows } from './resample';
