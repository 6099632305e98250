/** A binding that does what TensorFlow's does and tells of it. */
import type { Binding, NativeAttribute, NativeData, NativeTensor } from './native.ts';

export interface BindingListener {
  executed(operation: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: readonly NativeTensor[]): void;
  /** A tensor was made of values. */
  made(id: number, shape: readonly number[], type: number, data: NativeData): void;
  /** Something that no graph can do was asked for, in a clause; it is done all the same. */
  beyondGraph(message: string): void;
}

export function recordingBinding(native: Binding, listener: BindingListener): Binding {
  const names = [...Object.getOwnPropertyNames(native), ...Object.getOwnPropertyNames(Object.getPrototypeOf(native))] as (keyof Binding)[];
  return {
    ...(Object.fromEntries(names.map((name) => [name, native[name]])) as unknown as Binding),
    executeOp: (operation, attributes, inputs, count) => {
      const outputs = native.executeOp(operation, attributes, inputs, count);
      listener.executed(operation, attributes, inputs, outputs);
      return outputs;
    },
    createTensor: (shape, type, data) => {
      const id = native.createTensor(shape, type, data);
      listener.made(id, shape, type, data);
      return id;
    },
    tensorDataSync: (id) => {
      listener.beyondGraph('the step reads the values of a tensor');
      return native.tensorDataSync(id);
    },
    runSavedModel: (...call) => {
      listener.beyondGraph('the step runs another graph');
      return native.runSavedModel(...call);
    },
  };
}
