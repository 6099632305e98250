/** See inject.js. */
export function beginOrder(order: object | null): Promise<void>;
export function endOrder(): void;
