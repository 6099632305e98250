"""The reference that our numbers are held to: Keras 3 on TensorFlow, everything in float64 (float32: how far
Keras itself is from that, where no rounding can be told from a corner that was crossed).

    python test/parity/reference layers test/parity/goldens/layers.safetensors
    python test/parity/reference chapter-small test/parity/goldens/chapter-small.safetensors
    python test/parity/reference paper-small test/parity/goldens/paper-small.safetensors
    python test/parity/reference chapter-full FILE [float32]
    python test/parity/reference chapter-full-smooth FILE [float32]
    python test/parity/reference chapter-small-seeds test/parity/goldens/chapter-small-seeds.safetensors
    python test/parity/reference paper-small-seeds test/parity/goldens/paper-small-seeds.safetensors
    python test/parity/reference chapter-half-seeds FILE [float32]
    python test/parity/reference paper-half-seeds FILE [float32]

Weights and images come from a generator of numbers that deterministic.ts repeats, so only results are stored, as float32.
Needs tensorflow-cpu (2.21 made the committed files) and keras (3.15).
"""
import os
import sys

sys.dont_write_bytecode = True
os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')

import keras

name, path, *precision = sys.argv[1:]
keras.config.set_floatx(*precision or ['float64'])

from golden_file import write_safetensors
from layer_cases import layer_goldens
from recipes import recipes
from training import seeds_goldens, training_goldens


def goldens():
    if name == 'layers':
        return layer_goldens()
    if name.endswith('-seeds'):
        return seeds_goldens(recipes[name.removesuffix('-seeds')])
    return training_goldens(recipes[name])


write_safetensors(path, goldens())
