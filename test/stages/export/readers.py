"""readers.py READER FOLDER SHAPE: opens generatorAToB as its own users would, translates images.bin, writes translated.bin."""
import json
import sys

import numpy as np

reader, folder, shape = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
images = np.fromfile(f"{folder}/images.bin", "<f4").reshape(shape)
if reader == "onnx":
    import onnxruntime

    translated = onnxruntime.InferenceSession(f"{folder}/onnx/generatorAToB.onnx").run(None, {"images": images})[0]
elif reader == "keras":
    sys.path.insert(0, f"{folder}/keras")
    import giverny_layers  # noqa: F401
    import keras

    translated = keras.models.load_model(f"{folder}/keras/generatorAToB.keras").predict(images, verbose=0)
else:
    import tensorflow as tf

    translated = tf.saved_model.load(f"{folder}/savedmodel/generatorAToB").signatures["serving_default"](images=tf.constant(images))["translated"].numpy()
np.asarray(translated, "<f4").tofile(f"{folder}/translated.bin")
