"""The chapter's CycleGAN in Keras 3 on TensorFlow, at reduced size and in float64: writes what our networks and training
step are compared with.

    python reference.py goldens/chapter-small.safetensors

Weights and images come from a generator of numbers that deterministic.ts repeats, so only results are stored:
  predict/*, train/*, judge/*   outputs of the networks before training, in inference and in training mode
  loss/<iteration>/<term>       the ten losses of each iteration
  <iteration>/<variable>        weights, statistics, and Adam's moments (adam/m/<variable>), after that iteration;
                                after the first, m is (1 - beta1) times the gradient
Variables are named <network>/<layer>/<weight>, as in stages/model/network-weights.ts. Needs tensorflow-cpu and keras.
"""
import json
import math
import struct
import sys
import zlib

import keras
import numpy as np
import tensorflow as tf

keras.config.set_floatx('float64')
layers = keras.layers

SIZE, FILTERS, BLOCKS, DISCRIMINATOR_FILTERS, ITERATIONS = 32, 4, 1, 2, 3
WEIGHTS = {'adversarial': 1.0, 'cycle': 10.0, 'identity': 1.0}


class RowNormalization(layers.Layer):
    """keras-contrib 2.0.8's InstanceNormalization(axis=1) on NHWC, written out: axes 0 and 1 are kept."""

    def build(self, shape):
        self.gamma = self.add_weight(name='gamma', shape=(shape[1],), initializer='ones')
        self.beta = self.add_weight(name='beta', shape=(shape[1],), initializer='zeros')

    def call(self, x):
        mean = tf.reduce_mean(x, [2, 3], keepdims=True)
        deviation = tf.math.reduce_std(x, [2, 3], keepdims=True) + 1e-3
        per_row = (1, -1, 1, 1)
        return (x - mean) / deviation * tf.reshape(self.gamma, per_row) + tf.reshape(self.beta, per_row)


def batch_norm(name):
    return layers.BatchNormalization(axis=3, momentum=0.9, epsilon=1e-5, name=name)


def generator(name):
    def conv(x, label, filters, kernel, stride=1):
        return layers.Conv2D(filters, kernel, strides=stride, padding='same', name=label)(x)

    def normed(x, label):
        return layers.ReLU()(RowNormalization(name=f'{label}_norm')(x))

    image = keras.Input((SIZE, SIZE, 3))
    k = FILTERS
    x = normed(conv(image, f'c7s1_{k}', k, 7), f'c7s1_{k}')
    for filters in (2 * k, 4 * k):
        x = normed(conv(x, f'd{filters}', filters, 3, 2), f'd{filters}')
    for block in range(1, BLOCKS + 1):
        label = f'R{4 * k}_{block}'
        y = layers.ReLU()(batch_norm(f'{label}_a_norm')(conv(x, f'{label}_a', 4 * k, 3)))
        x = layers.Add()([batch_norm(f'{label}_b_norm')(conv(y, f'{label}_b', 4 * k, 3)), x])
    for filters in (2 * k, k):
        up = layers.Conv2DTranspose(filters, 3, strides=2, padding='same', use_bias=False, name=f'u{filters}')
        x = normed(up(x), f'u{filters}')
    return keras.Model(image, keras.activations.tanh(conv(x, 'c7s1_3_output', 3, 7)), name=name)


def discriminator(name):
    image = keras.Input((SIZE, SIZE, 3))
    x = image
    for index in range(4):
        label = f'C{index + 1}'
        x = layers.Conv2D(DISCRIMINATOR_FILTERS * 2 ** index, 4, strides=2, name=label)(layers.ZeroPadding2D(1)(x))
        if index:
            x = RowNormalization(name=f'{label}_norm')(x)
        x = layers.LeakyReLU(0.2)(x)
    x = layers.Conv2D(1, 4, name='output')(layers.ZeroPadding2D(1)(x))
    return keras.Model(image, keras.activations.sigmoid(x), name=name)


def uniform(name, shape):
    """Numbers in [-1, 1): a linear congruential generator begun at the name's CRC-32."""
    state, values = zlib.crc32(name.encode()), []
    for _ in range(math.prod(shape)):
        state = (1664525 * state + 1013904223) % 2 ** 32
        values.append(state / 2 ** 31 - 1)
    return np.array(values).reshape(shape)


def weight(name, shape):
    u, kind = uniform(name, shape), name.rsplit('/', 1)[1]
    if kind == 'kernel':
        return u * math.sqrt(6 / (shape[0] * shape[1] * (shape[2] + shape[3])))
    if kind in ('gamma', 'moving_variance'):
        return 1 + 0.25 * u
    return 0.125 * u


def variables(network):
    return {f'{network.name}/{layer.name}/{v.name}': v for layer in network.layers for v in layer.weights}


a_to_b, b_to_a, d_a, d_b = generator('generatorAToB'), generator('generatorBToA'), discriminator('discriminatorA'), discriminator('discriminatorB')
everything = {name: v for network in (a_to_b, b_to_a, d_a, d_b) for name, v in variables(network).items()}
for name, variable in everything.items():
    variable.assign(weight(name, variable.shape).astype('float32'))
names = {id(v): name for name, v in everything.items()}
A, B = (tf.constant(uniform(name, (1, SIZE, SIZE, 3)).astype('float32'), 'float64') for name in ('realA', 'realB'))

adam = keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7)  # one object, so one counter for all networks
adam.build([v for network in (a_to_b, b_to_a, d_a, d_b) for v in network.trainable_variables])
goldens = {}


def mse(output, target):
    return tf.reduce_mean((output - target) ** 2)


def mae(x, target):
    return tf.reduce_mean(tf.abs(x - target))


def step_discriminator(network, images, target):
    with tf.GradientTape() as tape:
        loss = mse(network(images, training=True), target)
    adam.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss


def step_generators():
    both = a_to_b.trainable_variables + b_to_a.trainable_variables
    with tf.GradientTape() as tape:
        generated_b, generated_a = a_to_b(A, training=True), b_to_a(B, training=True)
        losses = {
            'cycle_A': mae(b_to_a(generated_b, training=True), A), 'cycle_B': mae(a_to_b(generated_a, training=True), B),
            'identity_A': mae(b_to_a(A, training=True), A), 'identity_B': mae(a_to_b(B, training=True), B),
            'adversarial_AToB': mse(d_b(generated_b), 1.0), 'adversarial_BToA': mse(d_a(generated_a), 1.0),
        }
        total = sum(WEIGHTS[name.split('_')[0]] * loss for name, loss in losses.items())
    adam.apply(tape.gradient(total, both), both)
    return losses


def iterate(iteration):
    generated_b, generated_a = a_to_b(A, training=False), b_to_a(B, training=False)
    losses = {
        'discriminator_A_real': step_discriminator(d_a, A, 1.0), 'discriminator_A_fake': step_discriminator(d_a, generated_a, 0.0),
        'discriminator_B_real': step_discriminator(d_b, B, 1.0), 'discriminator_B_fake': step_discriminator(d_b, generated_b, 0.0),
    }
    losses.update(step_generators())
    goldens.update({f'loss/{iteration}/{name}': loss for name, loss in losses.items()})


def keep_state(iteration):
    goldens.update({f'{iteration}/{name}': np.array(v.value) for name, v in everything.items()})
    for v in adam._trainable_variables:
        index = adam._get_variable_index(v)
        for moment, slots in (('m', adam._momentums), ('v', adam._velocities)):
            goldens[f'{iteration}/adam/{moment}/{names[id(v)]}'] = np.array(slots[index].value)
    goldens[f'{iteration}/adam/counter'] = np.array(adam.iterations.value)


def write_safetensors(path, tensors):
    header, data = {}, b''
    for name in sorted(tensors):
        values = np.asarray(tensors[name], '<f4')
        header[name] = {'dtype': 'F32', 'shape': list(values.shape), 'data_offsets': [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    head = json.dumps(header).encode()
    head += b' ' * (-len(head) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(head)) + head + data)


goldens.update({'predict/generatorAToB': a_to_b(A, training=False), 'predict/generatorBToA': b_to_a(B, training=False),
                'judge/discriminatorA': d_a(A), 'judge/discriminatorB': d_b(B)})
for iteration in range(1, ITERATIONS + 1):
    iterate(iteration)
    if iteration in (1, ITERATIONS):
        keep_state(iteration)
write_safetensors(sys.argv[1], goldens)
