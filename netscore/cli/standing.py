"""``netscore score``, ``compare``, ``count`` and ``diagnose``: one network, and its standing."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING, Any

from netscore import comparison, diagnosis
from netscore.cli import options
from netscore.cli.options import argument, command
from netscore.formula import netscore
from netscore.intervals import netscore_interval
from netscore.metrics import signature
from netscore.quantities import format_quantity

if TYPE_CHECKING:
    from argparse import Namespace

    from netscore.comparison import Comparison, NextPlace
    from netscore.counting import Count
    from netscore.diagnosis import Convention


_OTHERS = "; the others are scored with it as well"
_SCORED = (*options.FIGURES, *options.exponent_options(_OTHERS), options.AMONG, options.DATA)
# What the data of both tables is called.
_IMAGENET = (None, "imagenet", "imagenet1k", "imagenet-1k")


@command(
    *_SCORED,
    *options.OF_TABLE,
    help="score, density and standing of one network",
    description="Print the NetScore and the information density of a network, and where it "
    "would stand among the 60 of the reference table, or others.",
    epilog=f"{options.QUANTITIES}\n\nexample: netscore score 72.0 3.4M 300M --among torchvision",
)
def score(arguments: Namespace) -> None:
    """Print the score."""
    _, record, fields = _compared(arguments)
    options.print_records(arguments, [record], text=options.as_lines(fields))


def _given(arguments: Namespace) -> dict[str, Any]:
    """Return all that the score is made of, by name."""
    names = ("accuracy", "params", "macs", *options.EXPONENTS)
    return {name: getattr(arguments, name) for name in names}


def _compared(arguments: Namespace) -> tuple[Comparison, dict[str, Any], dict[str, str]]:
    """Compare a network with others; return what was found as a record and for people, too."""
    given, data = _given(arguments), arguments.data
    with options.usage_errors(arguments):
        signature(data=data)  # refuses what is no label
        standing = comparison.compare(**given, among=arguments.among or "chapter")
    level = [network.name for network in standing.level]
    record = {
        **given,
        **{name: _whole(given[name]) for name in ("params", "macs")},
        "netscore": standing.netscore,
        "information_density": standing.information_density,
        "data": data,
        "rank": standing.rank,
        "networks": standing.total,
        "among": standing.among,
        "level_with": level,
    }
    fields = {
        "NetScore": f"{standing.netscore:.2f}",
        "Information density": f"{standing.information_density:.2f} % per million parameters",
        "Accuracy": f"{given['accuracy']:g} %" + (f" on {data}" if data else ""),
        "Params": format_quantity(given["params"]),
        "MACs": format_quantity(given["macs"]),
        "Exponents": "alpha {alpha:g}, beta {beta:g}, gamma {gamma:g}".format(**given),
        "Rank": f"{standing.rank} of {standing.total}, among {standing.among}"
        + " (doubtful)" * standing.doubtful
        + (f"; level with {'; '.join(level)}" if level else ""),
    }
    for side in ("above", "below"):
        network = getattr(standing, side)
        figures = network and (network.accuracy, network.params, network.macs)
        score = network and netscore(*figures, **options.exponents(arguments))
        record |= {side: network and network.name, f"{side}_netscore": score}
        fields[side.title()] = f"{network.name} with {score:.2f}" if network else "none"
    if arguments.among is None and data not in _IMAGENET:
        record |= dict.fromkeys([*record][[*record].index("rank") :])
        fields |= {"Rank": f"none, as the tables are of ImageNet; --among FILE ranks on {data}"}
        del fields["Above"], fields["Below"]
    return standing, record, fields


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
    *options.OF_TABLE,
    help="whom one network beats, who beats it, what it lacks",
    description="""\
Print what netscore score prints, and which of the 60 networks of the reference table, or
others, a network dominates (as good or better in accuracy, params and MACs, better in one),
which dominate it, and what accuracy, params or MACs lift it level with the network above.""",
    epilog=f"{options.QUANTITIES}\n\nexample: netscore compare 73.0 4M 350M --images 50000",
)
def compare(arguments: Namespace) -> None:
    """Print the comparison."""
    if arguments.among is None and arguments.data not in _IMAGENET:
        said = f"--data {arguments.data} needs --among: the tables are of ImageNet"
        raise options.UsageError(f"netscore compare: {said}")
    standing, record, fields = _compared(arguments)
    images = low = high = None
    if arguments.images is not None:
        with options.usage_errors(arguments):
            low, high = netscore_interval(**_given(arguments), n_images=arguments.images)
        images = _whole(arguments.images)
    place = standing.next_place
    lacks = (field.name for field in dataclasses.fields(comparison.NextPlace))
    record |= {
        "percentile": standing.percentile,
        "dominates": [network.name for network in standing.dominates],
        "dominated_by": [network.name for network in standing.dominated_by],
        **{f"next_place_{name}": place and getattr(place, name) for name in lacks},
        "images": images,
        "interval_low": low,
        "interval_high": high,
    }
    fields |= {
        "Percentile": f"{standing.percentile:.1f} % of the {standing.total - 1} score no higher",
        "Dominates": _listed(record["dominates"]),
        "Dominated by": _listed(record["dominated_by"]),
        "Next place": _next_place(place),
    }
    if images is not None:
        interval = f"{low:.2f} to {high:.2f}, 95 % interval of the score"
        fields["Interval"] = f"{interval} with {images:,} test images"
    options.print_records(arguments, [record], text=options.as_lines(fields))


def _listed(names: list[str]) -> str:
    return f"{len(names)}: {'; '.join(names)}" if names else "none"


def _next_place(place: NextPlace | None) -> str:
    """Say what each figure alone would have to be."""
    if place is None:
        return "none: no network scores higher"
    shows = {"accuracy": "{:.2f} %".format, "params": format_quantity, "MACs": format_quantity}
    needed = {name: getattr(place, name.lower()) for name in shows}
    ways = [f"{name} {shows[name](value)}" for name, value in needed.items() if value is not None]
    if not ways:
        return "out of reach of any one figure"
    return f"{place.decibels:.2f} dB higher, with {' or '.join(ways)}"


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
    *options.OF_TABLE,
    help="parameters and MACs of a torch module or an ONNX file",
    description="""\
Count the parameters and the multiply-accumulates of a model, with PyTorch's own counter or,
for an ONNX file, with onnx-tool (extras torch and onnx).""",
    epilog="""\
MODULE:CALLABLE names what makes the model when it is called without arguments, as in
torchvision.models:resnet50; the current folder is searched first. Its code is run.

examples:
  netscore count mymodels:small --input 1,3,224,224
  netscore count model.onnx --accuracy 72.0""",
)
def count(arguments: Namespace) -> None:
    """Print the count."""
    scored = arguments.accuracy is not None
    if not scored:
        of_score = {**options.EXPONENTS, "signature": False, "among": None, "data": None}
        options.refuse(arguments, of_score, "needs --accuracy: there is no score")
    found = _count(arguments)
    shapes = [",".join(map(str, shape)) for shape in found.input_shapes]
    record = {**dataclasses.asdict(found), "input_shapes": shapes}
    del record["products"]
    trainable = found.trainable_params
    fields = {
        "Params": f"{found.params:,}",
        "Trainable": "unknown" if trainable is None else f"{trainable:,}",
        "MACs": f"{found.macs:,}",
        "Counter": found.counter,
        "Counts": ", ".join(found.counts) or "nothing",
        "Leaves out": ", ".join(found.leaves_out) or "nothing",
        "Inputs": "; ".join(shapes) or "none",
    }
    if scored:
        arguments.params, arguments.macs = float(found.params), float(found.macs)
        # Its name is the last word but one, and how torch was built no convention.
        counter = "-".join(found.counter.split()[-2:]).partition("+")[0]
        shape = "-".join(shapes).replace(",", "x") or None
        arguments.counted = {"input": shape, "counter": counter}
        _, of_score, shown = _compared(arguments)
        record, fields = of_score | record, shown | fields
    options.print_records(arguments, [record], text=options.as_lines(fields), scored=scored)


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
    *options.OF_RECORD,
    help="how a printed score may have been computed",
    description="""\
Print the conventions (units, FLOPs for MACs, logarithm, factor) under which some figures
give a printed NetScore to its last digit, the likeliest first. If there is none, it says so,
and the exit code is 1.""",
    epilog="""\
PARAMS and COMPUTE are given as they are printed, in whatever unit: 28.2 may be millions;
with a suffix, 28.2M, it is a count. The signature is that of the canonical score.

example: netscore diagnose 41.91 78.8 28.2 88""",
)
def diagnose(arguments: Namespace) -> int:
    """Print the conventions found."""
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
    options.print_records(arguments, [record], text=f"{found}\n")
    return 0 if found else 1


def _record(convention: Convention) -> dict[str, Any]:
    return {
        **dataclasses.asdict(convention),
        "equivalents": [_record(other) for other in convention.equivalents],
        "canonical": convention.canonical,
        "departures": list(convention.departures),
    }
