"""The numbers that both sides draw: deterministic.ts is this file in TypeScript."""
import math
import zlib

import numpy as np


def seeded(seed, name):
    """What a name is drawn by: each seed gives other weights and images."""
    return name if seed == 1 else f'seed {seed}/{name}'


def uniform(name, shape):
    """Numbers in [-1, 1): a linear congruential generator begun at the name's CRC-32, as float32 has them."""
    state, values = zlib.crc32(name.encode()), []
    for _ in range(math.prod(shape)):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        values.append(state / 2 ** 31 - 1)
    return np.array(values).reshape(shape).astype('float32').astype('float64')


def weight(name, shape):
    """Kernels within Glorot's limit, scales around 1, the rest around 0: nothing is at the value it begins training with."""
    u, kind = uniform(name, shape), name.rsplit('/', 1)[1]
    if kind == 'kernel':
        value = u * math.sqrt(6 / (shape[0] * shape[1] * (shape[2] + shape[3])))
    elif kind in ('gamma', 'moving_variance'):
        value = 1 + 0.25 * u
    else:
        value = 0.125 * u
    return value.astype('float32').astype('float64')


def set_weights(network, seed=1):
    """By name, `<network>/<layer>/<weight>`; returns the variables by that name, as stages/model/network-weights.ts has them."""
    named = {f'{network.name}/{layer.name}/{v.name}': v for layer in network.layers for v in layer.weights}
    for name, variable in named.items():
        variable.assign(weight(seeded(seed, name), variable.shape))
    return named
