export interface FileResult {
  readonly file: string;
  readonly output: string;
  readonly problems: readonly string[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}
export function runFile(file: string, options?: { long?: boolean; cwd?: string }): Promise<FileResult>;
export function runTests(args: readonly string[]): Promise<number>;
