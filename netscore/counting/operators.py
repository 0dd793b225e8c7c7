"""What is known of the operators of a framework, from the text file beside this one."""

from __future__ import annotations

import re
from pathlib import Path


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
