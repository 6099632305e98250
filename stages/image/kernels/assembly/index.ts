export { allocate, reset } from './memory';
export { deflate, deflateBound } from './deflate';
export { filterLines } from './png';
export { alongColumns, alongRows } from './resample';
