"""Prints distorted images as PyTorch computes them in float64, which affine.test.ts compares with.

usage: python3 test/golden/affine.py > test/golden/affine.json          (PyTorch 1.13 made the committed file)
"""

import json
import math

import torch
import torch.nn.functional as F

CASES = [
    # channels, height, width; degrees, columns to the right, rows down, scale, degrees of shear; how grid_sample pads
    ((1, 5, 5), (25, 0, 0, 1, 0), "zeros"),
    ((1, 4, 6), (0, 1.25, -0.5, 1, 0), "zeros"),
    ((2, 5, 4), (0, 0, 0, 0.8, 0), "border"),
    ((1, 6, 3), (0, 0, 0, 1, 14), "zeros"),
    ((2, 6, 7), (-17, 0.7, 1.2, 1.3, -9), "zeros"),
    ((3, 5, 4), (160, -1.1, 0.3, 0.75, 20), "border"),
]


def inverse(rotation, right, down, scale, shear):
    """The matrix from new to old places about the centre, written as a product and inverted."""
    angle, slant = math.radians(rotation), math.tan(math.radians(shear))
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=torch.float64)
    forward = scale * turn @ torch.tensor([[1, -slant], [0, 1]], dtype=torch.float64)
    back = torch.linalg.inv(forward)
    return torch.cat([back, -back @ torch.tensor([[right], [down]], dtype=torch.float64)], dim=1)


def distorted(shape, numbers, padding):
    channels, height, width = shape
    image = torch.randint(-100, 101, shape, dtype=torch.float64) / 100
    matrix = inverse(*numbers)
    # affine_grid counts in half sizes from the centre.
    halves = torch.tensor([width / 2, height / 2], dtype=torch.float64)
    theta = torch.cat([matrix[:, :2] * halves / halves[:, None], matrix[:, 2:] / halves[:, None]], dim=1)
    grid = F.affine_grid(theta[None], (1, channels, height, width), align_corners=False)
    result = F.grid_sample(image[None], grid, mode="bilinear", padding_mode=padding, align_corners=False)
    return {
        "shape": shape,
        "numbers": numbers,
        "padding": padding,
        "image": image.flatten().tolist(),
        "result": [round(value, 12) for value in result.flatten().tolist()],
    }


torch.manual_seed(1)
lines = [json.dumps(distorted(*case)) for case in CASES]
print("[\n" + ",\n".join(lines) + "\n]")
