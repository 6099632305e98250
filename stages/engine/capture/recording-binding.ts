/** A binding that does what TensorFlow's does and tells of it; of shadows it knows what would be done. */
import type { Binding, NativeAttribute, NativeData, NativeTensor } from './native.ts';
import type { Shadows } from './shadows.ts';

export interface BindingListener {
  /** What is known of a tensor that is no shadow: equal texts are equal values. */
  known(id: number): string;
  executed(operation: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: readonly NativeTensor[]): void;
  /** A tensor was made of values. */
  made(id: number, shape: readonly number[], type: number, data: NativeData): void;
  /** Something that no graph can do was asked for, in a clause. */
  beyondGraph(message: string): never;
}

export function recordingBinding(native: Binding, shadows: Shadows, listener: BindingListener): Binding {
  const names = [...Object.getOwnPropertyNames(native), ...Object.getOwnPropertyNames(Object.getPrototypeOf(native))] as (keyof Binding)[];
  return {
    ...(Object.fromEntries(names.map((name) => [name, native[name]])) as unknown as Binding),
    executeOp: (operation, attributes, inputs, count) => {
      const outputs = inputs.some((id) => shadows.has(id))
        ? shadows.after(operation, attributes, inputs, count, (id) => listener.known(id)) : native.executeOp(operation, attributes, inputs, count);
      listener.executed(operation, attributes, inputs, outputs);
      return outputs;
    },
    createTensor: (shape, type, data) => {
      const id = native.createTensor(shape, type, data);
      listener.made(id, shape, type, data);
      return id;
    },
    tensorDataSync: () => listener.beyondGraph('the step reads the values of a tensor'),
    runSavedModel: () => listener.beyondGraph('the step runs another graph'),
  };
}
