"""The networks in Keras 3 on TensorFlow, their layers named as in the start file."""
import keras
import tensorflow as tf

layers = keras.layers


class RowNorm(layers.Layer):
    """keras-contrib's InstanceNormalization(axis=1), written out: rows of each image over width and channels."""

    def __init__(self, spec, **options):
        super().__init__(**options)
        self.epsilon, self.affine = spec['epsilon'], spec['affine']

    def build(self, shape):
        if self.affine:
            self.gamma = self.add_weight(name='gamma', shape=(shape[1],), initializer='ones')
            self.beta = self.add_weight(name='beta', shape=(shape[1],), initializer='zeros')

    def call(self, x):
        kept, x = x.dtype, tf.cast(x, tf.float32)
        centred = x - tf.reduce_mean(x, [2, 3], keepdims=True)
        factor = 1 / (tf.sqrt(tf.reduce_mean(tf.square(centred), [2, 3], keepdims=True)) + self.epsilon)
        if not self.affine:
            return tf.cast(centred * factor, kept)
        per_row = lambda weight: tf.reshape(tf.cast(weight, tf.float32), (1, -1, 1, 1))
        return tf.cast(centred * (factor * per_row(self.gamma)) + per_row(self.beta), kept)


class ChannelNorm(layers.Layer):
    """Instance normalization (Ulyanov et al. 2016). Of one image the fused batch normalization computes the same."""

    def __init__(self, spec, **options):
        super().__init__(**options)
        self.epsilon, self.affine = spec['epsilon'], spec['affine']

    def build(self, shape):
        if self.affine:
            self.gamma = self.add_weight(name='gamma', shape=(shape[3],), initializer='ones')
            self.beta = self.add_weight(name='beta', shape=(shape[3],), initializer='zeros')

    def call(self, x):
        kept, x = x.dtype, tf.cast(x, tf.float32)
        gamma = tf.cast(self.gamma, tf.float32) if self.affine else tf.ones(x.shape[3])
        beta = tf.cast(self.beta, tf.float32) if self.affine else tf.zeros(x.shape[3])
        if x.shape[0] == 1:
            return tf.cast(tf.compat.v1.nn.fused_batch_norm(x, gamma, beta, epsilon=self.epsilon, is_training=True)[0], kept)
        mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
        return tf.cast(tf.nn.batch_normalization(x, mean, variance, beta, gamma, self.epsilon), kept)


class ReflectionPadding(layers.Layer):
    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size

    def call(self, x):
        border = [self.size, self.size]
        return tf.pad(x, [[0, 0], border, border, [0, 0]], 'REFLECT')


def norm(spec, name):
    if spec['kind'] == 'row':
        return RowNorm(spec, name=name)
    if spec['kind'] == 'channel':
        return ChannelNorm(spec, name=name)
    return layers.BatchNormalization(axis=3, momentum=spec['momentum'], epsilon=spec['epsilon'], name=name)


def generator(spec, name, shape):
    k = spec['filters']

    def plain(x, label, filters, kernel, bias):
        if spec['padding'] == 'reflect':
            x = ReflectionPadding(kernel // 2)(x)
        return layers.Conv2D(filters, kernel, padding='valid' if spec['padding'] == 'reflect' else 'same', use_bias=bias, name=label)(x)

    def down(x, filters):
        if spec['strided_padding'] == 'same':
            return layers.Conv2D(filters, 3, strides=2, padding='same', use_bias=spec['use_bias'], name=f'd{filters}')(x)
        return layers.Conv2D(filters, 3, strides=2, use_bias=spec['use_bias'], name=f'd{filters}')(layers.ZeroPadding2D(1)(x))

    def up(x, filters):
        options = {'strides': 2, 'use_bias': spec['transposed_use_bias'], 'name': f'u{filters}'}
        if spec['strided_padding'] == 'same':
            return layers.Conv2DTranspose(filters, 3, padding='same', **options)(x)
        return layers.Cropping2D(((1, 0), (1, 0)))(layers.Conv2DTranspose(filters, 3, padding='valid', **options)(x))

    def normed(x, label, kind='norm'):
        return norm(spec[kind], f'{label}_norm')(x)

    image = keras.Input(batch_shape=shape)
    x = layers.ReLU()(normed(plain(image, f'c7s1_{k}', k, 7, spec['use_bias']), f'c7s1_{k}'))
    for filters in (2 * k, 4 * k):
        x = layers.ReLU()(normed(down(x, filters), f'd{filters}'))
    for block in range(1, spec['residual_blocks'] + 1):
        y, label = x, f'R{4 * k}_{block}'
        y = layers.ReLU()(normed(plain(y, f'{label}_a', 4 * k, 3, spec['use_bias']), f'{label}_a', 'residual_norm'))
        x = layers.Add()([normed(plain(y, f'{label}_b', 4 * k, 3, spec['use_bias']), f'{label}_b', 'residual_norm'), x])
    for filters in (2 * k, k):
        x = layers.ReLU()(normed(up(x, filters), f'u{filters}'))
    x = plain(x, 'c7s1_3_output', 3, 7, True)
    return keras.Model(image, layers.Activation(spec['output'])(x), name=name)


def discriminator(spec, name, shape):
    image = keras.Input(batch_shape=shape)
    x = image
    for index, stride in enumerate(spec['strides']):
        label, filters = f'C{index + 1}', spec['filters'] * 2 ** min(index, 3)
        x = layers.Conv2D(filters, 4, strides=stride, use_bias=index == 0 or spec['use_bias'], name=label)(layers.ZeroPadding2D(1)(x))
        if index:
            x = norm(spec['norm'], f'{label}_norm')(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(1, 4, name='output')(layers.ZeroPadding2D(1)(x))
    return keras.Model(image, layers.Activation(spec['output'])(x), name=name)


def load(network, weights):
    """Fills a network; every weight of the file and of the network takes part."""
    left = dict(weights)
    for layer in network.layers:
        for variable in layer.weights:
            variable.assign(left.pop((layer.name, variable.name)))
    if left:
        raise ValueError(f'no such weights: {sorted(left)}')
    return network
