/** giverny_layers.py, which lies beside every exported .keras file. */
export const givernyLayers = `"""The two layers of Giverny's networks that Keras has not. Import this before keras.models.load_model("….keras")."""
import keras
from keras import ops


@keras.saving.register_keras_serializable(package="giverny")
class InstanceNormalization(keras.layers.Layer):
    """axis=1: each row of each image, epsilon beside the deviation (keras-contrib's). axis=3: each channel, epsilon beside the variance."""

    def __init__(self, axis=3, epsilon=1e-5, affine=True, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.epsilon, self.affine = axis, epsilon, affine

    def build(self, input_shape):
        if self.affine:
            size = (input_shape[self.axis],)
            self.gamma = self.add_weight(name="gamma", shape=size, initializer="ones")
            self.beta = self.add_weight(name="beta", shape=size, initializer="zeros")

    def call(self, images):
        axes = (2, 3) if self.axis == 1 else (1, 2)
        centred = images - ops.mean(images, axis=axes, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=axes, keepdims=True)
        deviation = ops.sqrt(variance) + self.epsilon if self.axis == 1 else ops.sqrt(variance + self.epsilon)
        normalized = centred / deviation
        if not self.affine:
            return normalized
        shape = (1, -1, 1, 1) if self.axis == 1 else (1, 1, 1, -1)
        return normalized * ops.reshape(self.gamma, shape) + ops.reshape(self.beta, shape)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon, "affine": self.affine}


@keras.saving.register_keras_serializable(package="giverny")
class ReflectionPadding2D(keras.layers.Layer):
    """Pads height and width by size mirrored pixels."""

    def __init__(self, size=1, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, images):
        return ops.pad(images, [[0, 0], [self.size, self.size], [self.size, self.size], [0, 0]], mode="reflect")

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        padded = lambda length: None if length is None else length + 2 * self.size
        return (batch, padded(height), padded(width), channels)

    def get_config(self):
        return {**super().get_config(), "size": self.size}
`;
