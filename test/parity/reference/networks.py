"""The networks in Keras's layers, named as stages/model names them."""
import keras

from norms import ReflectionPadding, norm_layer

layers = keras.layers


class SmoothReLU(layers.Layer):
    """A (leaky) relu with its corner rounded off: s·x + (1 − s)·softplus(x)."""

    def __init__(self, slope=0.0, **options):
        super().__init__(**options)
        self.slope = slope

    def call(self, x):
        return self.slope * x + (1 - self.slope) * keras.activations.softplus(x)


def relu(recipe):
    return SmoothReLU() if recipe.smooth else layers.ReLU()


def leaky_relu(recipe):
    return SmoothReLU(0.2) if recipe.smooth else layers.LeakyReLU(0.2)


def generator(recipe, name):
    """c7s1-k, d2k, d4k, residual blocks, u2k, uk, c7s1-3 (Zhu et al. 2017, appendix 7.2)."""
    k = recipe.filters

    def conv(x, label, filters, kernel, stride=1):
        if stride == 1 and recipe.padding == 'reflect':
            x = ReflectionPadding((kernel - 1) // 2)(x)
            return layers.Conv2D(filters, kernel, padding='valid', name=label)(x)
        return layers.Conv2D(filters, kernel, strides=stride, padding='same', name=label)(x)

    def normed(x, label):
        return relu(recipe)(norm_layer(recipe.norm, f'{label}_norm')(x))

    image = keras.Input((recipe.size, recipe.size, 3))
    x = normed(conv(image, f'c7s1_{k}', k, 7), f'c7s1_{k}')
    for filters in (2 * k, 4 * k):
        x = normed(conv(x, f'd{filters}', filters, 3, 2), f'd{filters}')
    for block in range(1, recipe.blocks + 1):
        label = f'R{4 * k}_{block}'
        y = relu(recipe)(norm_layer(recipe.residual_norm, f'{label}_a_norm')(conv(x, f'{label}_a', 4 * k, 3)))
        x = layers.Add()([norm_layer(recipe.residual_norm, f'{label}_b_norm')(conv(y, f'{label}_b', 4 * k, 3)), x])
    for filters in (2 * k, k):
        up = layers.Conv2DTranspose(filters, 3, strides=2, padding='same', use_bias=recipe.transposed_bias, name=f'u{filters}')
        x = normed(up(x), f'u{filters}')
    return keras.Model(image, keras.activations.tanh(conv(x, 'c7s1_3_output', 3, 7)), name=name)


def discriminator(recipe, name):
    """4×4 convolutions after one pixel of zeros, the widths doubling up to eight times the first (PatchGAN)."""
    image = keras.Input((recipe.size, recipe.size, 3))
    x = image
    for index, stride in enumerate(recipe.strides):
        label, filters = f'C{index + 1}', recipe.discriminator_filters * 2 ** min(index, 3)
        x = layers.Conv2D(filters, 4, strides=stride, name=label)(layers.ZeroPadding2D(1)(x))
        if index:
            x = norm_layer(recipe.norm, f'{label}_norm')(x)
        x = leaky_relu(recipe)(x)
    x = layers.Conv2D(1, 4, name='output')(layers.ZeroPadding2D(1)(x))
    return keras.Model(image, x if recipe.discriminator_output == 'linear' else keras.activations.sigmoid(x), name=name)
