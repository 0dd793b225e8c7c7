"""``netscore score``, ``compare``, ``count`` and ``diagnose``: one network, and its standing."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING, Any

from netscore import comparison, diagnosis
from netscore.cli import options
from netscore.cli.options import argument, command
from netscore.intervals import netscore_interval
from netscore.layout import named
from netscore.metrics import signature

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.comparison import Comparison
    from netscore.counting import Count
    from netscore.diagnosis import Convention


_OTHERS = "; the others are scored with it as well"
_SCORED = (*options.FIGURES, *options.exponent_options(_OTHERS), options.AMONG, options.DATA)
# What the data of both tables is called.
_IMAGENET = (None, "imagenet", "imagenet1k", "imagenet-1k")


@command(*_SCORED, *options.OF_SCORE)
def score(arguments: Namespace) -> None:
    """NetScore and density of one network, and its rank among the 60 or others.

    example: netscore score 72.0 3.4M 300M --among torchvision
    """
    _, record, shown = _compared(arguments)
    options.print_records(arguments, [_of_score(record)], [named(shown)])


def _given(arguments: Namespace) -> dict[str, Any]:
    """Return all that the score is made of, by name."""
    names = ("accuracy", "params", "macs", *options.EXPONENTS)
    return {name: getattr(arguments, name) for name in names}


def _compared(arguments: Namespace) -> tuple[Comparison, dict[str, Any], dict[str, str]]:
    """Compare a network with others; return what was found, as a record and as score prints it."""
    data = arguments.data
    with options.usage_errors(arguments):
        signature(data=data)  # refuses what is no label
        standing = comparison.compare(**_given(arguments), among=arguments.among or "chapter")
    renamed = {"total": "networks", "level": "level_with"}
    known = {renamed.get(name, name): _named(value) for name, value in vars(standing).items()}
    record = {"data": data} | known | {name: _whole(known[name]) for name in ("params", "macs")}
    shown = standing.scored()
    if data:
        shown["Accuracy"] += f" on {data}"
    if arguments.among is None and data not in _IMAGENET:
        record |= dict.fromkeys([*record][[*record].index("rank") :])
        shown["Rank"] = f"none, as the tables are of ImageNet; --among FILE ranks on {data}"
        del shown["Above"], shown["Below"]
    return standing, record, shown


def _named(value: Any) -> Any:
    """Return the names of networks, and any other value as it is."""
    return [*map(_named, value)] if type(value) is tuple else getattr(value, "name", value)


def _of_score(record: dict[str, Any]) -> dict[str, Any]:
    names = [*record]
    return {name: record[name] for name in names[: names.index("percentile")]}


def _whole(value: float) -> float:
    """Return a count as a whole number if it is one, exactly."""
    return int(value) if value < 2**53 and value.is_integer() else value


@command(
    *_SCORED,
    argument(
        "--images",
        metavar="N",
        type=options.quantity,
        help="the accuracy was measured on N test images: print the 95 %% interval of the score",
    ),
    *options.OF_SCORE,
)
def compare(arguments: Namespace) -> None:
    """Whom one network beats, who beats it, what it lacks.

    Which of the 60 networks of the reference table, or others, it dominates (as good or better in
    accuracy, params and MACs, better in one), which dominate it, and what accuracy, params or MACs
    would lift it level with the network above.

    example: netscore compare 73.0 4M 350M --images 50000
    """
    if arguments.among is None and arguments.data not in _IMAGENET:
        said = f"--data {arguments.data} needs --among: the tables are of ImageNet"
        raise options.UsageError(f"netscore compare: {said}")
    standing, record, _ = _compared(arguments)
    found = dict(standing._parts()[0].rows)
    images = interval = None
    if arguments.images is not None:
        with options.usage_errors(arguments):
            interval = netscore_interval(**_given(arguments), n_images=arguments.images)
        images = _whole(arguments.images)
        said = f"{interval}, 95 % interval of the score with {images:,} test images"
        found["Interval"] = said
    del record["next_place"], record["doubtful"]
    for field in dataclasses.fields(comparison.NextPlace):
        record[f"next_place_{field.name}"] = getattr(standing.next_place, field.name, None)
    low, high = interval or (None, None)
    record |= {"images": images, "interval_low": low, "interval_high": high}
    options.print_records(arguments, [record], [named(found)])


@command(
    argument("model", metavar="MODULE:CALLABLE or FILE.onnx"),
    argument(
        "--input",
        action="append",
        default=[],
        metavar="SHAPE[:DTYPE]",
        help="shape of an example input of one item, as in 1,3,224,224 or 1,128:int64; once for "
        "each input",
    ),
    argument(
        "--accuracy", type=options.number, metavar="A", help="in percent: print the score as well"
    ),
    *options.exponent_options(", with --accuracy"),
    options.AMONG,
    options.DATA,
    *options.OF_SCORE,
)
def count(arguments: Namespace) -> None:
    """Parameters and multiply-accumulates of a torch module or an ONNX file.

    The work is done by PyTorch's own counter or, for an ONNX file, by onnx-tool (extras torch
    and onnx). MODULE:CALLABLE names what makes the model when it is called without arguments, as
    in torchvision.models:resnet50; the current folder is searched first. Its code is run.

    for example:
      netscore count mymodels:small --input 1,3,224,224
      netscore count model.onnx --accuracy 72.0
    """
    scored = arguments.accuracy is not None
    if not scored:
        of_score = {**options.EXPONENTS, "signature": False, "among": None, "data": None}
        options.refuse(arguments, of_score, "needs --accuracy: there is no score")
    found = _count(arguments)
    shapes = [",".join(map(str, shape)) for shape in found.input_shapes]
    record = {**dataclasses.asdict(found), "input_shapes": shapes}
    del record["products"]
    parts = found._parts()
    if scored:
        arguments.params, arguments.macs = float(found.params), float(found.macs)
        # Its name is the last word but one, and how torch was built no convention.
        counter = "-".join(found.counter.split()[-2:]).partition("+")[0]
        shape = "-".join(shapes).replace(",", "x") or None
        arguments.counted = {"input": shape, "counter": counter}
        _, of_score, shown = _compared(arguments)
        record = _of_score(of_score) | record
        parts = [named(shown | dict(parts[0].rows))]
    options.print_records(arguments, [record], parts, scored=scored)


def _count(arguments: Namespace) -> Count:
    # Here, because it needs numpy.
    from netscore.counting import build_model, count, example_input

    model = arguments.model
    if not (model.lower().endswith(".onnx") or os.path.isfile(model)):
        # A program started as a script does not search the current folder.
        sys.path.insert(0, "")
        try:
            with options.usage_errors(arguments, (TypeError, ValueError, ImportError)):
                model = build_model(model)
        finally:
            sys.path.remove("")
    try:
        return count(model, *[example_input(model, text) for text in arguments.input])
    except TypeError as error:
        raise ValueError(error) from None
    except (RuntimeError, LookupError, AttributeError, AssertionError) as error:
        # What ran is the user's own code.
        raise ValueError(f"{arguments.model}: {type(error).__name__}: {error}") from error


@command(
    argument("printed", metavar="PRINTED", help="the score, with all digits printed"),
    argument("accuracy", metavar="ACCURACY", type=options.number, help="percent or fraction"),
    argument("params", metavar="PARAMS", type=options.quantity, help="number of parameters"),
    argument("compute", metavar="COMPUTE", type=options.quantity, help="MACs or FLOPs"),
    argument(
        "--tolerance",
        metavar="X",
        type=options.number,
        help="how far a score may be from the printed one (default: half a unit of its last digit)",
    ),
    *options.exponent_options(""),
    options.ALL,
    options.OF_RECORD,
)
def diagnose(arguments: Namespace) -> int:
    """How a printed score may have been computed.

    The conventions (units, FLOPs for MACs, logarithm, factor) under which some figures give a
    printed NetScore to its last digit, the likeliest first. If there is none, it says so, and the
    exit code is 1. PARAMS and COMPUTE are given as they are printed, in whatever unit: 28.2 may be
    millions; with a suffix, 28.2M, it is a count.

    example: netscore diagnose 41.91 78.8 28.2 88
    """
    figures = arguments.accuracy, arguments.params, arguments.compute
    given = {"tolerance": arguments.tolerance, **options.exponents(arguments)}
    with options.usage_errors(arguments):
        found = diagnosis.diagnose(arguments.printed, *figures, **given)
    record = {
        "printed": found.printed,
        "tolerance": found.tolerance,
        "canonical_score": found.canonical_score,
        "conventions": [_record(convention) for convention in found],
    }
    options.print_records(arguments, [record], found._parts())
    return 0 if found else 1


def _record(convention: Convention) -> dict[str, Any]:
    return {
        **dataclasses.asdict(convention),
        "equivalents": [_record(other) for other in convention.equivalents],
        "canonical": convention.canonical,
        "departures": list(convention.departures),
    }
