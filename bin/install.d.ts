export function areInstalled(lock: string | undefined, installed: string | undefined): boolean;
