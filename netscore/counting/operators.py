"""What is known of the operators of a framework, from the text file beside this one, and shapes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def kinds_of(framework: str) -> dict[str, dict[str, str]]:
    """Return the operators of a framework by their kinds: ``torch.txt`` and ``onnx.txt``.

    Examples
    --------
    >>> kinds_of("onnx")["stand_ins"]["QLinearConv"]  # its inputs 0, 3 and 8 are those of Conv
    'Conv=0,3,8'
    """
    text = Path(__file__).with_name(f"{framework}.txt").read_text("utf-8")
    return {
        kind: {name: rest for name, _, rest in (each.partition("=") for each in names.split())}
        for kind, names in re.findall(r"(?m)^(\w+): (.*\n(?: .*\n)*)", text)
    }


def spread(shape: Sequence[int]) -> int:
    """Return how many dimensions of a shape are larger than 1: one of 1 makes no matrix."""
    return sum(size > 1 for size in shape)


def is_table(shape: Sequence[int], indices: int = 1) -> bool:
    """Whether what so many indices look up in such a tensor is a vector; an expert is a matrix."""
    return len(shape) > 1 and spread(shape) - indices < 2
