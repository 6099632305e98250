"""JPEG files to 128x128 uint8 tensors with torchvision's loader: python torchvision_loader.py FOLDER WORKERS"""
import glob
import json
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.io import ImageReadMode, decode_jpeg, read_file
from torchvision.transforms import v2

files = sorted(glob.glob(sys.argv[1] + "/**/*.jpg", recursive=True))


class Pillow(Dataset):
    """As torchvision's ImageFolder reads images."""

    to_tensor = v2.Compose([v2.Resize((128, 128), antialias=True), v2.PILToTensor()])

    def __len__(self):
        return len(files)

    def __getitem__(self, index):
        return self.to_tensor(Image.open(files[index]).convert("RGB"))


class Torchvision(Pillow):
    """Decoded and resized by torchvision's own code."""

    resize = v2.Resize((128, 128), antialias=True)

    def __getitem__(self, index):
        return self.resize(decode_jpeg(read_file(files[index]), ImageReadMode.RGB))


def rate(dataset):
    began, images = time.perf_counter(), 0
    for batch in DataLoader(dataset, batch_size=32, num_workers=int(sys.argv[2])):
        assert batch.dtype == torch.uint8 and batch.shape[1:] == (3, 128, 128)
        images += batch.shape[0]
    return images / (time.perf_counter() - began)


torch.set_num_threads(1)
print(json.dumps([
    {"what": "torchvision loader, Pillow", "imagesPerSecond": rate(Pillow())},
    {"what": "torchvision loader, decode_jpeg", "imagesPerSecond": rate(Torchvision())},
]))
