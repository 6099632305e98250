"""Reads the weights and images that every peer begins with: a safetensors file of float32 tensors."""
import json
import struct

import numpy as np


class StartFile:
    """Kernels are as Keras has them: [height, width, in, out], transposed convolutions [height, width, out, in]."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            length = struct.unpack('<Q', file.read(8))[0]
            header = json.loads(file.read(length))
            values = file.read()
        self.tensors = {
            name: np.frombuffer(values, '<f4', offset=entry['data_offsets'][0], count=int(np.prod(entry['shape']))).reshape(entry['shape'])
            for name, entry in header.items() if name != '__metadata__'
        }

    def weights(self, network):
        """A network's tensors as {(layer, weight): values}."""
        prefix = f'{network}/'
        return {tuple(name[len(prefix):].rsplit('/', 1)): values for name, values in self.tensors.items() if name.startswith(prefix)}

    def images(self, iteration):
        """Images [batch, height, width, channels] of A and of B, repeated after a few iterations."""
        count = sum(name.startswith('images/A/') for name in self.tensors)
        return (self.tensors[f'images/A/{iteration % count}'], self.tensors[f'images/B/{iteration % count}'])
