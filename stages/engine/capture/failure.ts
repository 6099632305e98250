/** Why a step cannot be captured. Nobody's mistake: it then runs eagerly, as it would have without capture. */
export interface CaptureFailure {
  /** TensorFlow's name of the operation that is in the way, where one is. */
  readonly operation?: string;
  /** A clause: `Where cannot be captured: the shape of its output depends on values`. */
  readonly message: string;
}

const random = 'it draws random numbers of its own';
const dataDependent = 'the shape of its output depends on values';
const files = 'it reads or writes outside the graph';

/** Operations that a graph would run, but not as the step meant them. */
const refused: Readonly<Record<string, string>> = {
  Multinomial: random, RandomUniform: random, RandomUniformInt: random, RandomStandardNormal: random, TruncatedNormal: random, RandomShuffle: random,
  Where: dataDependent, Unique: dataDependent, UniqueV2: dataDependent, ListDiff: dataDependent, NonMaxSuppressionV3: dataDependent,
  NonMaxSuppressionV4: dataDependent, NonMaxSuppressionV5: dataDependent,
  ReadFile: files, WriteFile: files, PrintV2: files, CreateSummaryFileWriter: files, WriteScalarSummary: files, WriteHistogramSummary: files, FlushSummaryWriter: files,
};

export const refusedOperation = (operation: string): CaptureFailure | undefined =>
  Object.hasOwn(refused, operation) ? cannotCapture(operation, refused[operation]!) : undefined;

export const cannotCapture = (operation: string, reason: string): CaptureFailure => ({ operation, message: `${operation} cannot be captured: ${reason}` });

/** TensorFlow names the operation in one of a few forms, in a message of many lines. */
export function refusedByTensorFlow(error: unknown): CaptureFailure {
  const message = error instanceof Error ? error.message : String(error);
  const operation = /Op<name=(\w+)|Op type not registered '(\w+)'|support Op '(\w+)'/.exec(message)?.slice(1).find((name) => name !== undefined);
  return { ...(operation !== undefined && { operation }), message: `TensorFlow refuses the graph: ${message.split('\n', 1)[0]!.trim()}` };
}
