"""Count every architecture of timm on the meta device, and print what fails or is questioned.

python tests/search/timm_sweep.py [PART OF]    the PARTth of OF parts, from 1 on; all otherwise

After it, every weights of torchvision, whose counts must be those of the bundled table: MACs when
rounded to its digits, parameters exactly. The exit status is the number of architectures that
cannot be counted, warn or differ, up to 100. Those that cannot be built are named and left out.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import timm
import torch
import torchvision

from netscore import load_networks
from netscore.counting import CountWarning, count


def questioned(name: str, model: Any, size: tuple[int, ...], macs: float, params: float) -> bool:
    """Count, and print what is wrong with it; macs of 0 are not known."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = count(model, torch.zeros(1, *size))
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
            return True
    said = [str(warning.message) for warning in caught if warning.category is CountWarning]
    if found.params != params or (macs and round(found.macs / 1e6) != round(macs / 1e6)):
        said.append(f"{found.params} parameters and {found.macs} MACs for {params:.0f} and {macs}")
    for text in said:
        print(f"{name}: {text}", flush=True)
    return bool(said)


def of_timm(part: int, of: int) -> int:
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
        params = sum(parameter.numel() for parameter in model.parameters())
        found += questioned(name, model, size, 0, params)
    print(f"{len(names)} architectures of timm, {built} built, {found} failed or questioned")
    return found


def of_torchvision(part: int, of: int) -> int:
    networks = load_networks("torchvision")[part - 1 :: of]
    found = 0
    for network in networks:
        name, weights = network.name.rstrip(")").split(" (")
        size = torchvision.models.get_model_weights(name)[weights].transforms().crop_size[0]
        options: dict[str, Any] = {"image_size": size} if name.startswith("vit") else {}
        if name in ("googlenet", "inception_v3"):
            options = {"init_weights": False, "aux_logits": name == "inception_v3"}
        # RegNet computes its widths with tensors.
        with torch.device("cpu" if name.startswith("regnet") else "meta"):
            model = torchvision.models.get_model(name, weights=None, **options).to("meta")
        found += questioned(network.name, model, (3, size, size), network.macs, network.params)
    print(f"{len(networks)} weights of torchvision, {found} failed, questioned or different")
    return found


def main(part: int = 1, of: int = 1) -> int:
    return min(of_timm(part, of) + of_torchvision(part, of), 100)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
