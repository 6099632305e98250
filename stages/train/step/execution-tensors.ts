/** What a step takes and gives, as tensors by their paths (`batch/pooledA/image`): a compiled step knows no deeper structure. */
import type { Tensor, Tf } from '../../engine/tf.ts';

/** Tensors in objects; what is undefined is not there. */
export interface TensorTree {
  readonly [name: string]: Tensor | TensorTree | object | undefined;
}

export function flatten(tf: Tf, tree: TensorTree, prefix = ''): Record<string, Tensor> {
  const flat: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(tree)) {
    if (value instanceof tf.Tensor) flat[prefix + name] = value;
    else if (value !== undefined) Object.assign(flat, flatten(tf, value as TensorTree, `${prefix}${name}/`));
  }
  return flat;
}

/** What {@link flatten} was given. */
export function unflatten(flat: Readonly<Record<string, Tensor>>): TensorTree {
  const tree: Record<string, unknown> = {};
  for (const [path, tensor] of Object.entries(flat)) {
    const names = path.split('/');
    const last = names.pop()!;
    const place = names.reduce<Record<string, unknown>>((inner, name) => (inner[name] ??= {}) as Record<string, unknown>, tree);
    place[last] = tensor;
  }
  return tree as TensorTree;
}
