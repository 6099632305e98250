/** Emscripten makes so many workers at once, and more threads cannot be had. */
export const threadLimit = 8;
