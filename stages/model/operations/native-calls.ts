/** A thin, typed way to TensorFlow's operations through the backend of tfjs-node. */
import type { Tensor, Tf } from '../../engine/tf.ts';

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

interface NativeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_STRING' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeSingleOutput(operation: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(operation: string, attributes: readonly Attribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
}

type Inputs = Readonly<Record<string, Tensor>>;
type KernelAttributes = Readonly<Record<string, number>>;

/** A tfjs kernel that is one call to TensorFlow, with its gradient. */
export interface NativeKernel {
  readonly name: string;
  /** Whether the gradient needs the output. */
  readonly saveOutput?: boolean;
  forward(inputs: Inputs, attributes: KernelAttributes): Tensor;
  gradient(dy: Tensor, saved: readonly Tensor[], attributes: KernelAttributes): Record<string, () => Tensor>;
}

export type NativeCalls = ReturnType<typeof nativeCalls>;

export const isTensorFlow = (tf: Tf): boolean => tf.getBackend() === 'tensorflow';

/** Whether TensorFlow computes on a GPU. Only where {@link isTensorFlow}. */
export const usesGpu = (tf: Tf): boolean => (tf.backend() as unknown as { readonly isUsingGpuDevice: boolean }).isUsingGpuDevice;

/** Only where {@link isTensorFlow}. */
export function nativeCalls(tf: Tf) {
  const backend = tf.backend() as unknown as NativeBackend;
  const attribute = attributes(backend);
  const { T } = attribute;
  const one = (operation: string, attrs: readonly Attribute[], inputs: readonly Tensor[]) => backend.executeSingleOutput(operation, attrs, inputs);
  const { constant, scalar } = constants(tf);
  const reduction = [T, attribute.type('Tidx', 'int32'), attribute.flag('keep_dims', true)];
  const unary = (operation: string) => (x: Tensor) => one(operation, [T], [x]);
  const binary = (operation: string) => (a: Tensor, b: Tensor) => one(operation, [T], [a, b]);
  const shapes = [T, attribute.type('Tshape', 'int32')];
  return {
    attribute,
    one,
    many: (operation: string, attrs: readonly Attribute[], inputs: readonly Tensor[], outputs: number) => backend.executeMultipleOutputs(operation, attrs, inputs, outputs),
    constant,
    scalar,
    add: binary('AddV2'), sub: binary('Sub'), mul: binary('Mul'), div: binary('RealDiv'), maximum: binary('Maximum'),
    square: unary('Square'), sqrt: unary('Sqrt'),
    sum: (x: Tensor, axes: readonly number[]) => one('Sum', reduction, [x, constant([axes.length], axes, 'int32')]),
    /** Over width and channels, kept as 1. */
    meanOfRow: (x: Tensor) => one('Mean', reduction, [x, constant([2], [2, 3], 'int32')]),
    sumOfRow: (x: Tensor) => one('Sum', reduction, [x, constant([2], [2, 3], 'int32')]),
    reshape: (x: Tensor, shape: readonly number[]) => one('Reshape', shapes, [x, constant([shape.length], shape, 'int32')]),
    register: (kernel: NativeKernel) => registerOnce(tf, kernel),
    run: <R extends Tensor>(name: string, inputs: Inputs, attrs: KernelAttributes = {}) => tf.engine().runKernel(kernelName(name), { ...inputs }, { ...attrs }) as unknown as R,
  };
}

function attributes({ binding }: NativeBackend) {
  const types = { float32: binding.TF_FLOAT, int32: binding.TF_INT32 };
  const type = (name: string, value: keyof typeof types): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: types[value] });
  return {
    type,
    T: type('T', 'float32'),
    text: (name: string, value: string): Attribute => ({ name, type: binding.TF_ATTR_STRING, value }),
    number: (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    flag: (name: string, value: boolean): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value }),
  };
}

/** Small constants, each uploaded once and kept as long as the engine: shapes, axes, epsilons. Few by nature. */
function constants(tf: Tf) {
  const known = new Map<string, Tensor>();
  const constant = (shape: readonly number[], values: readonly number[], type: 'float32' | 'int32' = 'float32'): Tensor => {
    const key = `${type} ${shape.join()} ${values.join()}`;
    let tensor = known.get(key);
    if (tensor === undefined) known.set(key, (tensor = tf.keep(tf.tensor([...values], [...shape], type))));
    return tensor;
  };
  return { constant, scalar: (value: number) => constant([], [value]) };
}

const kernelName = (name: string) => `giverny ${name}`;

function registerOnce(tf: Tf, { name, saveOutput = false, forward, gradient }: NativeKernel): void {
  if (tf.getKernel(kernelName(name), 'tensorflow') !== undefined) return;
  tf.registerKernel({
    kernelName: kernelName(name), backendName: 'tensorflow',
    kernelFunc: (call) => forward(call.inputs as unknown as Inputs, (call.attrs ?? {}) as unknown as KernelAttributes),
  });
  tf.registerGradient({
    kernelName: kernelName(name), inputsToSave: [], outputsToSave: [saveOutput],
    gradFunc: (dy, saved, attrs) => gradient(dy as Tensor, saved, attrs as unknown as KernelAttributes),
  });
}
