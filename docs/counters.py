r"""Compare what each popular counter returns on the same networks: the table of count.md.

    pip install torch==2.13.0 onnx==1.23.2 onnx-tool==1.0.1 onnxscript \
        transformers==5.24.0 thop==0.1.1.post2209072238 ptflops==0.7.5 \
        fvcore==0.1.5.post20221221 torchinfo==1.8.0 calflops==0.3.2 deepspeed==0.19.8
    python docs/counters.py [DISTRIBUTION ...]    writes the table, all rows or those of some
    python docs/counters.py --check [...]         says what in it is no longer true

Rows of what is not installed are kept.

Checked are the claims: that `netscore.count` returns the known figures exactly, that every
difference above 1 % has a reason, and that the rows are what the counters return today.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import tempfile
import warnings
from contextlib import contextmanager, redirect_stdout
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "count.md"
BEGIN, END = "<!-- The table is written by docs/counters.py. -->\n", "<!-- End of the table. -->\n"


class Case(NamedTuple):
    """A network: how it is built, the shape and dtype of its input, and its known products."""

    build: Callable[[], Any]
    shape: tuple[int, ...]
    macs: int
    dtype: str = "float32"


def _reference(name: str) -> Callable[[], Any]:
    return lambda: getattr(import_module("reference_models"), name)()


def _transformers(kind: str, **sizes: int) -> Callable[[], Any]:
    def build() -> Any:
        library = import_module("transformers")
        name = re.sub("(LMHead)?Model$|For.*", "", kind)
        config = getattr(library, f"{name}Config")(**sizes)
        return getattr(library, kind)(config)

    return build


def _lstm() -> Any:
    from torch import nn

    return nn.LSTM(64, 128, num_layers=2, bidirectional=True, batch_first=True)


def _generator() -> Any:
    from torch import nn

    return nn.Sequential(
        nn.ConvTranspose2d(100, 512, 4, bias=False),
        nn.BatchNorm2d(512),
        nn.ReLU(),
        nn.ConvTranspose2d(512, 128, 4, stride=4, bias=False),
        nn.BatchNorm2d(128),
        nn.ReLU(),
        nn.ConvTranspose2d(128, 3, 4, stride=2, padding=1, bias=False),
    )


IMAGE = (1, 3, 224, 224)
_ENCODER = 1_453_954_560
# The multiply-accumulates of convolutions, linear layers, attention and gates, worked by hand.
NETWORKS = {
    "ResNet-50": Case(_reference("resnet50"), IMAGE, 4_089_184_256),
    "MobileNetV2": Case(_reference("mobilenetv2"), IMAGE, 300_774_272),
    "VGG-16": Case(_reference("vgg16"), IMAGE, 15_470_264_320),
    "encoder layer": Case(_reference("encoder_layer"), (1, 197, 768), _ENCODER),
    # Twelve such layers, 196 patches of 3 x 16 x 16 values, and the head.
    "ViT-B/16": Case(
        _transformers("ViTForImageClassification", num_labels=1000),
        IMAGE,
        12 * _ENCODER + 196 * 768 * 768 + 768 * 1000,
    ),
    # Blocks of a 7 x 7 depthwise convolution and two layers of fourfold width; between the four
    # stages a convolution of 2 x 2; the stem of 4 x 4 and the head.
    "ConvNeXt-T": Case(
        _transformers("ConvNextForImageClassification", num_labels=1000),
        IMAGE,
        56**2 * 96 * 48
        + sum(
            n * size**2 * width * (49 + 8 * width)
            for n, size, width in ((3, 56, 96), (3, 28, 192), (9, 14, 384), (3, 7, 768))
        )
        + sum(size**2 * width * 2 * width for size, width in ((28, 192), (14, 384), (7, 768)))
        + 768 * 1000,
    ),
    # In each layer four products with 768 x 768, two with 768 x 3072, and attention; the pooler.
    "BERT-base": Case(
        _transformers("BertModel"),
        (1, 128),
        12 * (128 * (4 * 768**2 + 2 * 768 * 3072) + 2 * 128**2 * 768) + 768**2,
        "int64",
    ),
    "GPT-2": Case(
        _transformers("GPT2LMHeadModel", use_cache=False),
        (1, 128),
        12 * (128 * (4 * 768**2 + 2 * 768 * 3072) + 2 * 128**2 * 768) + 128 * 768 * 50257,
        "int64",
    ),
    # 100 steps of 4 gates, in two directions, from the input or 256 results, and from 128 states.
    "LSTM": Case(_lstm, (1, 100, 64), 100 * 2 * 4 * 128 * ((64 + 128) + (256 + 128))),
    # Each value that comes in meets each weight of its channel.
    "generator": Case(
        _generator, (1, 100, 1, 1), 16 * (100 * 512 + 16 * 512 * 128) + 16 * 256 * 128 * 3
    ),
}
REASONS = {
    "n": "normalisation, activations, pooling or biases are counted",
    "a": "the fused attention of torch is not seen",
    "f": "layers of other classes than it knows are not seen",
    "r": "recurrent layers are not seen",
    "t": "a transposed convolution is multiplied by its outputs",
    "p": "the parameters of a layer are multiplied by other positions than it is applied to",
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
        return onnx.load(path, load_external_data=False)


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


OURS = {counter.name for counter in COUNTERS[:2]}
# Why a counter is more than 1 % off on a network: counter, reason, networks.
_ATTENTION = ("encoder layer", "ViT-B/16", "BERT-base", "GPT-2")
_WHY = (
    ("`FlopCounterMode`", "a", _ATTENTION),
    ("`FlopCounterMode`", "r", ("LSTM",)),
    ("thop, `macs`", "n", ("ResNet-50", "MobileNetV2", "LSTM")),
    ("thop, `macs`", "a", ("encoder layer", "ViT-B/16", "BERT-base")),
    ("thop, `macs`", "f", ("GPT-2",)),
    ("thop, `macs`", "t", ("generator",)),
    ("ptflops, `backend='pytorch'`", "n", ("ResNet-50", "MobileNetV2", "LSTM")),
    ("ptflops, `backend='pytorch'`", "a", ("ViT-B/16",)),
    ("ptflops, `backend='aten'`", "a", _ATTENTION),
    ("ptflops, `backend='aten'`", "r", ("LSTM",)),
    ("fvcore, `FlopCountAnalysis`", "n", ("MobileNetV2",)),
    ("fvcore, `FlopCountAnalysis`", "a", _ATTENTION),
    ("fvcore, `FlopCountAnalysis`", "r", ("LSTM",)),
    ("torchinfo, `total_mult_adds`", "p", (*_ATTENTION, "ConvNeXt-T")),
    ("torchinfo, `total_mult_adds`", "t", ("generator",)),
    *((f"{name}, `macs`", "a", _ATTENTION) for name in ("calflops", "DeepSpeed")),
    *((f"{name}, `flops`", "a", _ATTENTION) for name in ("calflops", "DeepSpeed")),
    *((f"{name}, `flops`", "n", ("MobileNetV2",)) for name in ("calflops", "DeepSpeed")),
    ("DeepSpeed, `macs`", "r", ("LSTM",)),
    ("onnx-tool, `graph.macs`", "n", ("MobileNetV2", "encoder layer")),
)
WHY = {(counter, network): why for counter, why, networks in _WHY for network in networks}


@contextmanager
def silence() -> Iterator[None]:
    """Keep what the counters print away from the table."""
    logging.disable()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def figures(counter: Counter) -> Iterator[float | None]:
    """Yield what the counter returns as multiply-accumulates, None where it raises an error."""
    import torch

    for case in NETWORKS.values():
        # A fresh model for each: some counters leave hooks and buffers behind.
        torch.manual_seed(0)
        model = case.build().eval()
        example = torch.zeros(case.shape, dtype=getattr(torch, case.dtype))
        figure = None
        try:
            with silence(), torch.no_grad():
                figure = float(counter.run(model, example)) / counter.flops_per_mac
        except Exception as error:
            print(f"{counter.name}: {type(error).__name__}: {error}"[:200], file=sys.stderr)
        yield figure


def row(counter: Counter) -> tuple[str, list[str]]:
    """Return the row of a counter, and the differences above 1 % that have no reason."""
    cells, without = [], []
    for (name, case), figure in zip(NETWORKS.items(), figures(counter)):
        error = 0.0 if figure is None else 100 * (figure / case.macs - 1)
        reason = WHY.get((counter.name, name), "")
        if figure is None:
            cells.append("error")
        else:
            cells.append(f"{error:+.2f} % {reason}".rstrip() if abs(error) >= 0.005 else "exact")
        if (abs(error) > 1 and not reason) or (counter.name in OURS and cells[-1] != "exact"):
            without.append(f"{counter.name} on {name}: {cells[-1]}")
    version, *_ = metadata.version(counter.distribution).split("+")  # of any build
    return " | ".join(
        (f"| {counter.name}", version, str(counter.flops_per_mac), *cells)
    ) + " |", without


def main(arguments: list[str]) -> int:
    """Write or check the table."""
    sys.path.insert(0, str(ROOT / "tests"))
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    table, after = rest.split(END)
    # By name, as rows of what is not installed here are kept.
    old = {line.split(" | ")[0]: line for line in table.splitlines()}
    head = [
        f"| counter | version | FLOPs per MAC | {' | '.join(NETWORKS)} |",
        f"|---|---|---|{'---:|' * len(NETWORKS)}",
        f"| known | | 1 | {' | '.join(f'{case.macs:,}' for case in NETWORKS.values())} |",
    ]
    names = [name for name in arguments if name != "--check"]
    wrong, rows = [], []
    check = "--check" in arguments
    for counter in COUNTERS:
        if check and f"| {counter.name}" not in old:
            continue  # it is not in the table
        line, without = old.get(f"| {counter.name}", ""), []
        try:
            if not names or counter.distribution in names:
                line, without = row(counter)
        except metadata.PackageNotFoundError:
            print(f"{counter.distribution} is not installed", file=sys.stderr)
        rows += [line] * bool(line)
        wrong += without
        if check and line not in table:
            wrong.append(f"out of date: {line}")
        print(line, flush=True)
    reasons = "; ".join(f"**{letter}** {text}" for letter, text in REASONS.items())
    if not check:
        text = "\n".join([*head, *rows, "", f"{reasons}.", ""])
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
