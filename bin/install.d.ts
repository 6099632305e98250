export function areInstalled(lock: string | undefined, installed: string | undefined): boolean;

/** Installs and builds what is missing or out of date; resolves to the folder of the build. */
export function prepareCheckout(): Promise<string>;
