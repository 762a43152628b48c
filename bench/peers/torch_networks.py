"""The timed networks in PyTorch, channels-last, with random data: bench/networks.ts in another language.

Each entry of `networks` makes (network, optimizer of (parameters, **options), loss, inputs, targets).
"""
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F


def channels_last(network, images):
    return network.to(memory_format=torch.channels_last), images.contiguous(memory_format=torch.channels_last)


def usps():
    def block(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]

    network = nn.Sequential(
        *block(1, 32), *block(32, 64), *block(64, 128), nn.Dropout(0.25), nn.Flatten(),
        nn.Linear(512, 100), nn.ReLU(), nn.Linear(100, 50), nn.ReLU(), nn.Linear(50, 10), nn.Softmax(1),
    )
    network, images = channels_last(network, torch.rand(4096, 1, 16, 16))
    targets = torch.eye(10)[torch.randint(0, 10, (4096,))]
    return network, partial(torch.optim.SGD, lr=0.1), F.mse_loss, images, targets


def houses():
    network = nn.Sequential(
        nn.Linear(4, 100), nn.ReLU(), nn.Linear(100, 50), nn.ReLU(), nn.Linear(50, 25), nn.ReLU(),
        nn.Linear(25, 25), nn.ReLU(), nn.Linear(25, 2),
    )

    def loss(output, target):
        return F.gaussian_nll_loss(output[:, :1], target, output[:, 1:].exp())

    return network, partial(torch.optim.Adam, lr=0.001), loss, torch.randn(4096, 4), torch.randn(4096, 1)


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for outputs, stride in ((16, 1),) * 3 + ((32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1)):
        layers.append(Residual(inputs, outputs, stride))
        inputs = outputs
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    network, images = channels_last(network, torch.rand(1024, 3, 32, 32))
    optimizer = partial(torch.optim.SGD, lr=0.1, momentum=0.9, weight_decay=1e-4)
    return network, optimizer, F.cross_entropy, images, torch.randint(0, 10, (1024,))


networks = {"usps": usps, "houses": houses, "resnet20": resnet20}
