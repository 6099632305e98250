"""What Keras has no layer for: the two instance normalizations and reflection padding, in TensorFlow's operations."""
import keras
import tensorflow as tf

layers = keras.layers


class RowNormalization(layers.Layer):
    """keras-contrib 2.0.8's InstanceNormalization(axis=1) on NHWC, written out: axes 0 and 1 are kept, epsilon is added to
    the deviation. The gradient of the root at 0 is taken as 0 (keras-contrib's is NaN there)."""

    def __init__(self, epsilon=1e-3, **options):
        super().__init__(**options)
        self.epsilon = epsilon

    def build(self, shape):
        self.gamma = self.add_weight(name='gamma', shape=(shape[1],), initializer='ones')
        self.beta = self.add_weight(name='beta', shape=(shape[1],), initializer='zeros')

    def call(self, x):
        mean = tf.reduce_mean(x, [2, 3], keepdims=True)
        variance = tf.reduce_mean((x - mean) ** 2, [2, 3], keepdims=True)
        constant = variance == 0
        deviation = tf.where(constant, tf.zeros_like(variance), tf.sqrt(tf.where(constant, tf.ones_like(variance), variance)))
        per_row = (1, -1, 1, 1)
        return (x - mean) / (deviation + self.epsilon) * tf.reshape(self.gamma, per_row) + tf.reshape(self.beta, per_row)


class ChannelNormalization(layers.Layer):
    """Instance normalization (Ulyanov et al. 2016; PyTorch's InstanceNorm2d): each channel of each image."""

    def __init__(self, epsilon=1e-5, affine=False, **options):
        super().__init__(**options)
        self.epsilon, self.affine = epsilon, affine

    def build(self, shape):
        if self.affine:
            self.gamma = self.add_weight(name='gamma', shape=(shape[3],), initializer='ones')
            self.beta = self.add_weight(name='beta', shape=(shape[3],), initializer='zeros')

    def call(self, x):
        mean = tf.reduce_mean(x, [1, 2], keepdims=True)
        variance = tf.reduce_mean((x - mean) ** 2, [1, 2], keepdims=True)
        y = (x - mean) / tf.sqrt(variance + self.epsilon)
        return y * self.gamma + self.beta if self.affine else y


class ReflectionPadding(layers.Layer):
    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size

    def call(self, x):
        border = [self.size, self.size]
        return tf.pad(x, [[0, 0], border, border, [0, 0]], 'REFLECT')


def norm_layer(kind, name):
    """As the chapter and the paper have them."""
    if kind == 'row':
        return RowNormalization(name=name)
    if kind == 'channel':
        return ChannelNormalization(name=name)
    return layers.BatchNormalization(axis=3, momentum=0.9, epsilon=1e-5, name=name)
