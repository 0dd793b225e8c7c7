"""Count every architecture of timm on the meta device, and print what fails or is questioned.

python tests/search/timm_sweep.py [PART OF]    the PARTth of OF parts, from 1 on; all otherwise

The exit status is the number of architectures that cannot be counted or whose count warns, up
to 100. Those that timm itself cannot build there are named and left out.
"""

from __future__ import annotations

import sys
import warnings

import timm
import torch

from netscore.counting import CountWarning, count


def main(part: int = 1, of: int = 1) -> int:
    names = timm.list_models()[part - 1 :: of]
    built = found = 0
    for name in names:
        try:
            with torch.device("meta"):
                model = timm.create_model(name)
            size = model.pretrained_cfg["input_size"]
        except Exception as error:
            print(f"not built: {name}: {error}", flush=True)
            continue
        built += 1
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = count(model, torch.zeros(1, *size))
                said = [str(w.message) for w in caught if w.category is CountWarning]
                if result.params != sum(parameter.numel() for parameter in model.parameters()):
                    said.append(f"params is {result.params}")
            except Exception as error:
                said = [f"{type(error).__name__}: {error}"]
        for text in said:
            print(f"{name}: {text}", flush=True)
        found += bool(said)
    print(f"{len(names)} architectures, {built} built, {found} failed or questioned")
    return min(found, 100)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
