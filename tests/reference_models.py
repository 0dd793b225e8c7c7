"""Networks whose parameters and multiply-accumulates are known, from their papers.

ResNet-50 of K. He et al., arXiv:1512.03385, with the stride in the 3x3 convolution of a block;
MobileNetV2 of M. Sandler et al., arXiv:1801.04381; VGG-16, configuration D, of K. Simonyan and
A. Zisserman, arXiv:1409.1556.
"""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="torch is not installed (extra torch)")

from torch import Tensor, nn


class Sum(nn.Module):
    """The sum of a branch and a shortcut."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = self.branch(x) + self.shortcut(x)
        return total


def convolution(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]


def resnet50() -> nn.Module:
    layers = [*convolution(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            step = stride if block == 0 else 1
            branch = [
                *convolution(inputs, width, 1),
                nn.ReLU(),
                *convolution(width, width, 3, step),
                nn.ReLU(),
                *convolution(width, 4 * width, 1),
            ]
            shortcut = convolution(inputs, 4 * width, 1, step) if block == 0 else []
            layers += [Sum(nn.Sequential(*branch), nn.Sequential(*shortcut)), nn.ReLU()]
            inputs = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def mobilenetv2() -> nn.Module:
    layers = [*convolution(3, 32, 3, 2), nn.ReLU6()]
    inputs = 32
    # Table 2 of the paper: expansion, channels, repetitions, stride of the first.
    for expansion, channels, blocks, stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for block in range(blocks):
            step = stride if block == 0 else 1
            hidden = expansion * inputs
            expand = [*convolution(inputs, hidden, 1), nn.ReLU6()] if expansion > 1 else []
            branch = nn.Sequential(
                *expand,
                *convolution(hidden, hidden, 3, step, hidden),
                nn.ReLU6(),
                *convolution(hidden, channels, 1),
            )
            same = step == 1 and inputs == channels
            layers.append(Sum(branch, nn.Identity()) if same else branch)
            inputs = channels
    layers += [*convolution(320, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(1280, 1000))


def vgg16() -> nn.Module:
    layers: list[nn.Module] = []
    inputs = 3
    for channels, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU()]
            inputs = channels
        layers.append(nn.MaxPool2d(2))
    layers.append(nn.Flatten())
    for sizes in ((512 * 7 * 7, 4096), (4096, 4096)):
        layers += [nn.Linear(*sizes), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, 1000))


def encoder_layer() -> nn.Module:
    """Return a layer of ViT-B/16, of A. Dosovitskiy et al., arXiv:2010.11929."""
    return nn.TransformerEncoderLayer(768, 12, 3072, batch_first=True, norm_first=True)
