"""Each kind of layer by itself: what comes out, and the vector-Jacobian products by its input and its weights.

  <case>/output        of the case's input, drawn as input/<case> (the names are those of test/parity/layer-cases.ts)
  <case>/input         the gradient by the input of sum(output · dy), dy drawn as dy/<case>
  <case>/<variable>    the same by each weight; of a batch normalization also its moved statistics
"""
import keras
import tensorflow as tf

from deterministic import set_weights, uniform
from norms import ChannelNormalization, ReflectionPadding, RowNormalization

layers = keras.layers
wide, square = (2, 8, 12, 3), (1, 8, 8, 4)


def conv(filters, kernel, stride=1, padding='same'):
    return [layers.Conv2D(filters, kernel, strides=stride, padding=padding, name='conv')]


def transposed(use_bias):
    return [layers.Conv2DTranspose(5, 3, strides=2, padding='same', use_bias=use_bias, name='conv')]


def batch_norm():
    return [layers.BatchNormalization(axis=3, momentum=0.9, epsilon=1e-5, name='norm')]




losses = {
    'mean-absolute-error': lambda x: tf.abs(x - uniform('target/mean-absolute-error', x.shape)),
    'mse-real': lambda x: (x - 1) ** 2, 'mse-generated': lambda x: x ** 2, 'mse-generator': lambda x: (x - 1) ** 2,
    'vanilla-real': lambda x: tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(x), x),
    'vanilla-generated': lambda x: tf.nn.sigmoid_cross_entropy_with_logits(tf.zeros_like(x), x),
    'vanilla-generator': lambda x: tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(x), x),
    'hinge-real': lambda x: tf.nn.relu(1 - x), 'hinge-generated': lambda x: tf.nn.relu(1 + x), 'hinge-generator': lambda x: -x,
    'wgan-gp-real': lambda x: -x, 'wgan-gp-generated': lambda x: x, 'wgan-gp-generator': lambda x: -x,
}

cases = {
    'conv-7x7': (wide, lambda: conv(4, 7)),
    'conv-3x3': (wide, lambda: conv(5, 3)),
    'conv-3x3-stride-2': (wide, lambda: conv(5, 3, 2)),
    'transposed-3x3-stride-2': (wide, lambda: transposed(False)),
    'transposed-3x3-stride-2-bias': (wide, lambda: transposed(True)),
    'zero-padding-conv-4x4-stride-2': (wide, lambda: [layers.ZeroPadding2D(1), *conv(5, 4, 2, 'valid')]),
    'zero-padding-conv-4x4-stride-1': (wide, lambda: [layers.ZeroPadding2D(1), *conv(5, 4, 1, 'valid')]),
    'reflection-padding-conv-7x7': (wide, lambda: [ReflectionPadding(3), *conv(4, 7, 1, 'valid')]),
    'reflection-padding-conv-3x3': (wide, lambda: [ReflectionPadding(1), *conv(4, 3, 1, 'valid')]),
    'reflection-padding-1': (wide, lambda: [ReflectionPadding(1)]),
    'reflection-padding-3': (wide, lambda: [ReflectionPadding(3)]),
    'row-norm': (wide, lambda: [RowNormalization(name='norm')]),
    'row-norm-one-image': (square, lambda: [RowNormalization(name='norm')]),
    'row-norm-constant-row': (square, lambda: [RowNormalization(name='norm')]),
    'channel-norm': (wide, lambda: [ChannelNormalization(name='norm')]),
    'channel-norm-one-image': (square, lambda: [ChannelNormalization(name='norm')]),
    'channel-norm-affine': (wide, lambda: [ChannelNormalization(affine=True, name='norm')]),
    'channel-norm-affine-one-image': (square, lambda: [ChannelNormalization(affine=True, name='norm')]),
    'batch-norm': (wide, batch_norm),
    'batch-norm-one-image': (square, batch_norm),
    'batch-norm-inference': (wide, batch_norm),
    'relu': (wide, lambda: [layers.ReLU()]),
    'leaky-relu': (wide, lambda: [layers.LeakyReLU(0.2)]),
    'tanh': (wide, lambda: [layers.Activation('tanh')]),
    'sigmoid': (wide, lambda: [layers.Activation('sigmoid')]),
    'residual-add': (wide, lambda: conv(3, 3)),
    **{name: (wide, lambda: []) for name in losses},
}


def case_input(name, shape):
    """Drawn; but corners are met exactly (relu and |x − target| at 0) and one row is constant where that is the case."""
    x = uniform(f'input/{name}', shape)
    if name in ('relu', 'leaky-relu'):
        x[:, ::3] = 0
    if name == 'mean-absolute-error':
        x[:, ::3] = uniform(f'target/{name}', shape)[:, ::3]
    if name in losses and name != 'mean-absolute-error':
        x *= 3
    if name == 'row-norm-constant-row':
        x[:, 2] = 0.5
    return tf.constant(x)


def case_output(name, network, x):
    if network is None:
        return tf.reduce_mean(losses[name](x))
    y = network(x, training=name != 'batch-norm-inference')
    return y + x if name == 'residual-add' else y


def network_of(shape, make):
    written = make()
    if not written:
        return None, {}
    image = y = keras.Input(shape[1:])
    for layer in written:
        y = layer(y)
    network = keras.Model(image, y, name='layer')
    return network, set_weights(network)


def golden(name, shape, make):
    network, variables = network_of(shape, make)
    x = case_input(name, shape)
    trainable = {key: v for key, v in variables.items() if v.trainable}
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = case_output(name, network, x)
        objective = tf.reduce_sum(y * uniform(f'dy/{name}', y.shape))
    by_input, by_weight = tape.gradient(objective, [x, list(trainable.values())])
    kept = {'output': y, 'input': by_input, **dict(zip(trainable, by_weight))}
    # In training mode a batch normalization has moved these.
    kept.update({key: v.value for key, v in variables.items() if not v.trainable})
    return {f'{name}/{key}': value for key, value in kept.items()}


def layer_goldens():
    return {key: value for name, (shape, make) in cases.items() for key, value in golden(name, shape, make).items()}
