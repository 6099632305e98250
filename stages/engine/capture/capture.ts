/**
 * Graph capture, tf.function for tfjs-node: a step that reads and writes tf.Variables is gone through once while its
 * operations are recorded, on tensors without values, and becomes one graph that TensorFlow optimizes, runs in parallel and
 * runs in one call. What JavaScript decides or draws during the step (branches, random numbers, tensors from outside) is
 * decided once, at capture.
 */
import type { Tensor, Tf, Variable } from '../tf.ts';
import { CompiledStep, type StepGraph } from './compiled-step.ts';
import { refusedByTensorFlow, type CaptureFailure } from './failure.ts';
import { first, nodeOf, typeAttribute, type Graph, type Node, type Value } from './graph.ts';
import { keepApart } from './keep-apart.ts';
import { dataType, nativeBackend } from './native.ts';
import { withPrecision, type Precision } from './precision.ts';
import { NotCaptured, Recorder } from './recorder.ts';
import { loadGraph } from './saved-model.ts';

export interface CaptureRequest<Input extends string, Output extends string> {
  /** All that the step reads or writes from run to run, by names of the caller's. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Example tensors; the compiled step takes tensors of these shapes and types. */
  readonly inputs: Readonly<Record<Input, Tensor>>;
  /** The step, synchronous. Its outputs are disposed by the one who called for them. */
  readonly step: (inputs: Readonly<Record<Input, Tensor>>) => Readonly<Record<Output, Tensor>>;
  /** What convolutions are computed in; variables, inputs and outputs are float32 in any case. Absent: float32, the eager step's bits. */
  readonly precision?: Precision;
  /** A folder for a moment's file. */
  readonly scratch: string;
}

export type Captured<Output extends string> =
  | { readonly ok: true; readonly value: CompiledStep<Output> }
  | { readonly ok: false; readonly failure: CaptureFailure };

/**
 * Compiles a step. It is recorded and made ready to run, and everything is as it was before: the variables keep their
 * values, and the session starts from them. Throws what the step throws, and what the file system refuses in `scratch`.
 */
export function capture<Input extends string, Output extends string>(tf: Tf, request: CaptureRequest<Input, Output>): Captured<Output> {
  if (tf.getBackend() !== 'tensorflow') return { ok: false, failure: { message: 'only TensorFlow runs graphs' } };
  const foreign = [...Object.entries<Tensor>(request.inputs), ...request.variables].find(([, { dtype }]) => dtype === 'string' || dtype === 'complex64');
  if (foreign) return { ok: false, failure: { message: `${foreign[0]} is a tensor of ${foreign[1].dtype}` } };
  const backend = nativeBackend(tf);
  const recorded = recordStep(tf, request);
  if (!recorded.ok) return recorded;
  const { nodes, graph } = recorded.value;
  const session = loadGraph(backend.binding, nodes, request.scratch);
  if (typeof session !== 'number') return { ok: false, failure: session };
  const compiled = new CompiledStep<Output>(backend, session, graph);
  const failure = tryOut(compiled, request.inputs);
  return failure ? { ok: false, failure } : { ok: true, value: compiled };
}

/** TensorFlow says what it cannot run only when it is to run it. Afterwards the session's variables are as tfjs's. */
function tryOut(compiled: CompiledStep, inputs: Readonly<Record<string, Tensor>>): CaptureFailure | undefined {
  try {
    runUntilFirstRead(compiled, inputs);
    compiled.upload();
    return undefined;
  } catch (error) {
    compiled.dispose();
    return refusedByTensorFlow(error);
  }
}

type Recorded = { readonly ok: true; readonly value: { readonly nodes: readonly Node[]; readonly graph: StepGraph } } | { readonly ok: false; readonly failure: CaptureFailure };

function recordStep<Input extends string, Output extends string>(tf: Tf, request: CaptureRequest<Input, Output>): Recorded {
  const recorder = new Recorder(tf, request.precision);
  try {
    return { ok: true, value: onShadows(recorder, request, (inputs) => record(recorder, inputs, request)) };
  } catch (error) {
    if (error instanceof NotCaptured) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** Every variable and input is a shadow of its own while `work` runs; the variables' values wait. */
function onShadows<Input extends string, T>(
  recorder: Recorder, { variables, inputs }: Pick<CaptureRequest<Input, string>, 'variables' | 'inputs'>, work: (inputs: Record<Input, Tensor>) => T,
): T {
  const originals = [...variables.values()].map((variable) => [variable, variable.clone()] as const);
  const assign = (variable: Variable, value: Tensor) => {
    variable.assign(value);
    value.dispose();
  };
  for (const [variable] of originals) assign(variable, recorder.shadowOf(variable));
  const shadows = Object.fromEntries(Object.entries<Tensor>(inputs).map(([name, tensor]) => [name, recorder.shadowOf(tensor)])) as Record<Input, Tensor>;
  try {
    return work(shadows);
  } finally {
    for (const [variable, original] of originals) assign(variable, original);
    for (const shadow of Object.values<Tensor>(shadows)) shadow.dispose();
  }
}

function record<Input extends string, Output extends string>(recorder: Recorder, inputs: Readonly<Record<Input, Tensor>>, { variables, step, precision = 'float32' }: CaptureRequest<Input, Output>) {
  const { graph } = recorder;
  const inputValues = Object.entries<Tensor>(inputs).map(([name, tensor], index) => ({ name, value: recorder.input(`input_${index}`, tensor), shape: tensor.shape, dtype: tensor.dtype }));
  [...variables.values()].forEach((variable, index) => recorder.variable(`variable_${index}`, variable));
  const { value: outputs, updates } = recorder.record(() => step(inputs));
  const outputValues = Object.entries<Tensor>(outputs).map(([name, tensor]) => ({ name, value: recorder.output(tensor) }));
  // The same tensor may stand under two names; dispose knows.
  for (const output of Object.values<Tensor>(outputs)) output.dispose();
  const stepped = doneAfter(graph, updates);
  const initialized = doneAfter(graph, recorder.variables.map((variable) => variable.initialize()));
  const stepVariables = recorder.variables.map((variable) => ({ variable: variable.variable, initial: variable.initial, saved: variable.save(), changes: variable.written !== undefined }));
  const targets = [stepped, initialized, ...[...inputValues, ...outputValues].map(({ value }) => value), ...stepVariables.map(({ saved }) => saved)];
  const nodes = withPrecision(keepApart(graph.neededFor(targets.map(nodeOf))), precision);
  return { nodes, graph: { inputs: inputValues, outputs: outputValues, variables: stepVariables, stepped, initialized } };
}

/**
 * As long as its variables have no values a step ends at the first that is read, but only once TensorFlow has made all of
 * it ready to run: that costs no step. One that reads none runs whole.
 */
function runUntilFirstRead(compiled: CompiledStep, inputs: Readonly<Record<string, Tensor>>): void {
  try {
    for (const output of Object.values(compiled.run(inputs))) output.dispose();
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('Could not find variable'))) throw error;
  }
}

/** A value that is there when all of `nodes` have run: a session runs what it is asked the value of. */
function doneAfter(graph: Graph, nodes: readonly string[]): Value {
  const value = { kind: 'tensor', value: { type: dataType.bool, shape: [], bytes: Uint8Array.of(1) } } as const;
  return first(graph.add({ operation: 'Const', after: nodes, attributes: { dtype: typeAttribute(dataType.bool), value } }));
}
