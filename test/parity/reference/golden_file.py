"""Writes float32 tensors as a safetensors file, its names in order."""
import json
import struct

import numpy as np


def write_safetensors(path, tensors):
    header, parts, offset = {}, [], 0
    for name in sorted(tensors):
        values = np.asarray(tensors[name], '<f4')
        header[name] = {'dtype': 'F32', 'shape': list(values.shape), 'data_offsets': [offset, offset + values.nbytes]}
        parts.append(values.tobytes())
        offset += values.nbytes
    head = json.dumps(header, separators=(',', ':')).encode()
    head += b' ' * (-len(head) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(head)) + head)
        file.writelines(parts)
