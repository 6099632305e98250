/** The program that hosts one engine stage: given by the command, because it imports stages/, which pipeline/ never does. */
export interface StageProcessEntry {
  /** Absolute path of the script that calls `hostStage` (see stage-host.ts). */
  readonly script: string;
  /** Node's own arguments: from source, the loader that reads TypeScript. */
  readonly execArgv: readonly string[];
  /** Environment variables of that process besides this one's: which GPU a trial has. In no key. */
  readonly environment?: Readonly<Record<string, string>>;
}
