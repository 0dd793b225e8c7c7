"""Print what each popular counter returns on the same networks: the table of counters.md.

    pip install torch==2.13.0 onnx==1.23.2 onnx-tool==1.0.1 onnxscript==0.7.2 \
        thop==0.1.1.post2209072238 ptflops==0.7.5 fvcore==0.1.5.post20221221 torchinfo==1.8.0 \
        calflops==0.3.2 transformers==5.23.0 deepspeed==0.19.8
    python docs/counters.py

calflops imports transformers and does not say so.
"""

from __future__ import annotations

import io
import logging
import sys
import tempfile
import warnings
from contextlib import contextmanager, redirect_stdout
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
IMAGE = (1, 3, 224, 224)

# Networks of tests/reference_models.py: their function, the shape of the input, and the
# multiply-accumulates of convolutions, linear layers and attention.
NETWORKS = {
    "ResNet-50": ("resnet50", IMAGE, 4_089_184_256),
    "MobileNetV2": ("mobilenetv2", IMAGE, 300_774_272),
    "VGG-16": ("vgg16", IMAGE, 15_470_264_320),
    "encoder layer": ("encoder_layer", (1, 197, 768), 1_453_954_560),
}


class Counter(NamedTuple):
    """A counter: how it is called, where it is from, what a multiply-accumulate is to it."""

    name: str
    distribution: str
    flops_per_mac: int
    run: Callable[[Any, Any], Any]


def _with_netscore(model: Any, example: Any) -> int:
    from netscore.counting import count

    return count(model, example).macs


def _with_netscore_from_onnx(model: Any, example: Any) -> int:
    from netscore.counting import count

    return count(exported(model, example)).macs


def _with_torch(model: Any, example: Any) -> Any:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(example)
    return counter.get_total_flops()


def _with_onnx_tool(model: Any, example: Any) -> Any:
    import onnx_tool

    graph = onnx_tool.Model(exported(model, example)).graph
    graph.shape_infer()
    graph.profile()
    return graph.macs[0]


def _with_thop(model: Any, example: Any) -> Any:
    import thop

    return thop.profile(model, inputs=(example,), verbose=False)[0]


def _with_ptflops(backend: str) -> Callable[[Any, Any], Any]:
    def count(model: Any, example: Any) -> Any:
        import ptflops

        return ptflops.get_model_complexity_info(
            model,
            tuple(example.shape[1:]),
            backend=backend,
            as_strings=False,
            print_per_layer_stat=False,
        )[0]

    return count


def _with_fvcore(model: Any, example: Any) -> Any:
    from fvcore.nn import FlopCountAnalysis

    return FlopCountAnalysis(model, example).total()


def _with_torchinfo(model: Any, example: Any) -> Any:
    import torchinfo

    return torchinfo.summary(model, input_data=example, verbose=0).total_mult_adds


def _with_calflops(result: int) -> Callable[[Any, Any], Any]:
    def count(model: Any, example: Any) -> Any:
        from calflops import calculate_flops

        shape = tuple(example.shape)
        return calculate_flops(
            model, input_shape=shape, output_as_string=False, print_results=False
        )[result]

    return count


def _with_deepspeed(result: int) -> Callable[[Any, Any], Any]:
    def count(model: Any, example: Any) -> Any:
        from deepspeed.profiling.flops_profiler import get_model_profile

        shape = tuple(example.shape)
        return get_model_profile(model, shape, print_profile=False, as_string=False)[result]

    return count


def exported(model: Any, example: Any) -> Any:
    """Return the model as an onnx.ModelProto."""
    import onnx
    import torch

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        torch.onnx.export(model, (example,), path, dynamo=True, verbose=False)
        return onnx.load(path)


COUNTERS = (
    Counter("`netscore.count`, torch module", "torch", 1, _with_netscore),
    Counter("`netscore.count`, ONNX file", "onnx-tool", 1, _with_netscore_from_onnx),
    Counter("`FlopCounterMode`", "torch", 2, _with_torch),
    Counter("thop, `macs`", "thop", 1, _with_thop),
    Counter("ptflops, `backend='pytorch'`", "ptflops", 1, _with_ptflops("pytorch")),
    Counter("ptflops, `backend='aten'`", "ptflops", 1, _with_ptflops("aten")),
    Counter("fvcore, `FlopCountAnalysis`", "fvcore", 1, _with_fvcore),
    Counter("torchinfo, `total_mult_adds`", "torchinfo", 1, _with_torchinfo),
    Counter("calflops, `flops`", "calflops", 2, _with_calflops(0)),
    Counter("calflops, `macs`", "calflops", 1, _with_calflops(1)),
    Counter("DeepSpeed, `flops`", "deepspeed", 2, _with_deepspeed(0)),
    Counter("DeepSpeed, `macs`", "deepspeed", 1, _with_deepspeed(1)),
    Counter("onnx-tool, `graph.macs`", "onnx-tool", 1, _with_onnx_tool),
)


@contextmanager
def silence() -> Iterator[None]:
    """Keep what the counters print away from the table."""
    logging.disable()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def figures(counter: Counter) -> Iterator[str]:
    """Yield what the counter returns, and how far it is off as multiply-accumulates."""
    import torch

    reference_models = import_module("reference_models")
    for function, shape, macs in NETWORKS.values():
        # A fresh model for each: some counters leave hooks and buffers behind.
        torch.manual_seed(0)
        model = getattr(reference_models, function)().eval()
        with silence(), torch.no_grad():
            figure = counter.run(model, torch.zeros(shape))
        error = 100 * (figure / counter.flops_per_mac / macs - 1)
        yield f"{figure:,.0f} ({error:+.2f} %)" if abs(error) >= 0.005 else f"{figure:,.0f}"


def main(names: Sequence[str]) -> None:
    """Print the table as Markdown, of the counters with such a name or of all."""
    sys.path.insert(0, str(ROOT / "tests"))
    print(f"| counter | version | FLOPs per MAC | {' | '.join(NETWORKS)} |")
    print(f"|---|---|---|{'---:|' * len(NETWORKS)}")
    print(f"| known | | 1 | {' | '.join(f'{macs:,}' for *_, macs in NETWORKS.values())} |")
    for counter in COUNTERS:
        if not names or counter.distribution in names:
            version = metadata.version(counter.distribution)
            row = (counter.name, version, str(counter.flops_per_mac), *figures(counter))
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
