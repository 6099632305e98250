"""Mean and standard deviation of each colour channel of both domains, as one JSON file."""
import argparse
import json
import pathlib

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("normalized", type=pathlib.Path, help="the outputs of a normalize stage")
parser.add_argument("--split", default="train")
parser.add_argument("--output", type=pathlib.Path, required=True)
arguments = parser.parse_args()

statistics = {}
for domain in ("A", "B"):
    # float32 [images, height, width, channels]; mapped, so that a set larger than memory can be read.
    images = np.load(arguments.normalized / arguments.split / f"{domain}.npy", mmap_mode="r")
    statistics[domain] = {
        "images": len(images),
        "mean": images.mean(axis=(0, 1, 2), dtype=np.float64).round(6).tolist(),
        "std": images.std(axis=(0, 1, 2), dtype=np.float64).round(6).tolist(),
    }
    print(domain, statistics[domain])

# No time, host or path in it: what a stage writes is part of the key of what reads it.
arguments.output.write_text(json.dumps(statistics, indent=1, sort_keys=True) + "\n")
