"""``netscore count``: parameters and multiply-accumulates of a model."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from netscore.commands.arguments import (
    EXPONENTS,
    UsageError,
    add_exponents,
    add_format,
    add_signature,
    exponents,
    number,
    usage_errors,
)
from netscore.commands.printing import say, sentence, write_record
from netscore.commands.score import fields as score_fields
from netscore.commands.score import record as score_record
from netscore.comparison import compare
from netscore.signatures import signature
from netscore.tables import FORMATS

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.commands.arguments import Commands
    from netscore.counting import Count


def add_parser(commands: Commands) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "count",
        help="parameters and MACs of a torch module or an ONNX file",
        description="Count the parameters and the multiply-accumulates of a model, with PyTorch's "
        "own counter or,\nfor an ONNX file, with onnx-tool (extras torch and onnx).",
        epilog="""\
MODULE:CALLABLE names what makes the model when it is called without arguments, as in
torchvision.models:resnet50; the current folder is searched first. Its code is run.

examples:
  netscore count mymodels:small --input 1,3,224,224
  netscore count model.onnx --accuracy 72.0""",
    )
    parser.add_argument("model", metavar="MODULE:CALLABLE or FILE.onnx")
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="SHAPE[:DTYPE]",
        help="shape of an example input of one item, as in 1,3,224,224 or 1,128:int64; once for "
        "each input",
    )
    parser.add_argument(
        "--accuracy", type=number, metavar="A", help="in percent: print the score as well"
    )
    add_exponents(parser, ", with --accuracy")
    add_format(parser, *FORMATS)
    add_signature(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """Print the count."""
    weights = exponents(arguments)
    if arguments.accuracy is None:
        for name, default in {**EXPONENTS, "signature": False}.items():
            if getattr(arguments, name) != default:
                raise UsageError(f"netscore count: --{name} needs --accuracy: there is no score")
    found = _count(arguments.model, arguments.input)
    record: dict[str, Any] = {
        "params": found.params,
        "trainable_params": found.trainable_params,
        "macs": found.macs,
        "counter": found.counter,
        "counts": list(found.counts),
        "leaves_out": list(found.leaves_out),
        "input_shapes": [",".join(map(str, shape)) for shape in found.input_shapes],
    }
    trainable = found.trainable_params
    shown = {
        "Params": f"{found.params:,}",
        "Trainable": "unknown" if trainable is None else f"{trainable:,}",
        "MACs": f"{found.macs:,}",
        "Counter": found.counter,
        "Counts": ", ".join(found.counts) or "nothing",
        "Leaves out": ", ".join(found.leaves_out) or "nothing",
        "Inputs": "; ".join(record["input_shapes"]) or "none",
    }
    how = None
    if arguments.accuracy is not None:
        how = signature(**weights)
        figures = (arguments.accuracy, float(found.params), float(found.macs))
        with usage_errors(arguments):
            standing = compare(*figures, **weights)
        scored = score_record(figures, weights, standing)
        record = {**scored, **record}
        shown = {**score_fields(scored), **shown}
    write_record(arguments, record, shown, how)
    return 0


def _count(target: str, inputs: list[str]) -> Count:
    # Here, because it needs numpy.
    from netscore.counting import build_model, count, example_input

    model: Any = target
    if not (target.lower().endswith(".onnx") or os.path.isfile(target)):
        # A program started as a script does not search the current folder.
        sys.path.insert(0, "")
        try:
            model = build_model(target)
        except (TypeError, ValueError, ImportError) as error:
            raise UsageError(f"netscore count: {sentence(error)}") from None
        finally:
            sys.path.remove("")
    try:
        return count(model, *[example_input(model, text) for text in inputs])
    except TypeError as error:
        say(f"netscore: {error}")
        raise SystemExit(1) from None
