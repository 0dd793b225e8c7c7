"""``netscore score``, ``compare``, ``count`` and ``diagnose``: one network, and its standing."""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from contextlib import redirect_stdout
from glob import glob
from itertools import chain
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from netscore import comparison, diagnosis
from netscore.checks import FIGURES
from netscore.cli import options
from netscore.cli.options import Arguments, PartialError, UsageError, usage_errors
from netscore.intervals import netscore_interval
from netscore.layout import Column, named
from netscore.metrics import NETSCORE, signature

if TYPE_CHECKING:
    from netscore.counting import Count

# What the data of both tables is called.
_IMAGENET = (None, "imagenet", "imagenet1k", "imagenet-1k")


def score(arguments: Arguments) -> None:
    """NetScore and density of one network, and its rank among the 60 or others.

    The others are scored with the same exponents.

    example: netscore score 72.0 3.4M 300M --among torchvision
    """
    _, record, shown = _compared(arguments)
    options.print_records(arguments, [_of_score(record)], [named(shown)])


def _given(arguments: Arguments) -> dict[str, Any]:
    """Return all that the score is made of, by name."""
    figures = options.said(arguments, ("accuracy", "params", "macs"))
    return figures | options.exponents(arguments)


def _compared(arguments: Arguments) -> tuple[comparison.Comparison, dict[str, Any], dict[str, str]]:
    """Compare a network with others; return what was found, as a record and as score prints it."""
    data = arguments.data
    with usage_errors():
        signature(data=data)  # refuses what is no label
        # What was counted is in no other unit.
        doubted = FIGURES[: 1 if arguments.command == "count" else 3]
        among = arguments.among or "chapter"
        standing = comparison.standing(**_given(arguments), among=among, doubted=doubted)
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


def compare(arguments: Arguments) -> None:
    """Whom one network beats, who beats it, what it lacks.

    Which of the 60 networks of the reference table, or others, it dominates (as good or better in
    accuracy, params and MACs, better in one), which dominate it, and what accuracy, params or MACs
    would lift it level with the network above. The others are scored with the same exponents.

    example: netscore compare 73.0 4M 350M --images 50000
    """
    if arguments.among is None and arguments.data not in _IMAGENET:
        raise UsageError(f"--data {arguments.data} needs --among: the tables are of ImageNet")
    standing, record, _ = _compared(arguments)
    found = dict(standing._parts()[0].rows)
    del record["next_place"], record["doubtful"]
    for field in dataclasses.fields(comparison.NextPlace):
        record[f"next_place_{field.name}"] = getattr(standing.next_place, field.name, None)
    record |= dict.fromkeys(("images", "interval_low", "interval_high"))
    if arguments.images is not None:
        interval = netscore_interval(**_given(arguments), n_images=arguments.images)
        images, low, high = _whole(arguments.images), *interval
        record |= {"images": images, "interval_low": low, "interval_high": high}
        said = f"{interval}, 95 % interval of the score with {images:,} test images"
        found["Interval"] = said
    options.print_records(arguments, [record], [named(found)])


def count(arguments: Arguments) -> None:
    """Parameters and multiply-accumulates of torch modules or ONNX files.

    The work is done by PyTorch's own counter or, for an ONNX file, by onnx-tool (extras torch
    and onnx). MODULE:CALLABLE names what makes the model when it is called without arguments, as
    in torchvision.models:resnet50; the current folder is searched first. Its code is run. An input
    with NAME is the argument of forward, or the input of the ONNX model, of that name. Without
    --input, the open first dimension of an ONNX input is a batch of 1. Of several models, those
    that cannot be counted, or have no row, are errors, and the others are printed. The row of a
    model in a TABLE has, in the column of names or of files, its name as here, its CALLABLE, or
    its file, with or without folders and suffix. Exponents are of the score.

    for example:
      netscore count mymodels:small --input 1,3,224,224
      netscore count model.onnx --accuracy 72.0
      netscore count *.onnx --accuracy-from top1.csv --format csv
    """
    scored = arguments.accuracy is not None or arguments.accuracy_from is not None
    if arguments.accuracy_from is None:
        options.refuse(arguments, options.OF_TEXT, "is for the TABLE of --accuracy-from")
    if not scored:
        unused = (*options.EXPONENTS, "signature", "among", "data")
        options.refuse(arguments, unused, "needs --accuracy: there is no score")
    arguments.models = [*chain.from_iterable(map(_files, arguments.models))]
    several = len(arguments.models) > 1 or arguments.accuracy_from is not None
    if several and arguments.accuracy is not None:
        raise UsageError("--accuracy is for one model; --accuracy-from is for several")
    accuracies, failed = _accuracies(arguments)
    records: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    labels: list[set[Any]] = []
    for model in filter(accuracies.__contains__, arguments.models):
        try:
            arguments.of = f"{model}: " if several else ""
            with redirect_stdout(sys.stderr):  # what its code prints is no row of a table
                found = _count(arguments, model)
        except (OSError, ValueError, ImportError, UsageError) as error:
            if not several:
                raise
            failed.append(error)  # the other models may be counted
            continue
        finally:
            arguments.of = ""
        shapes = _as_texts(found.input_shapes)
        record = {**dataclasses.asdict(found), "input_shapes": shapes}
        del record["products"]
        shown = dict(found._parts()[0].rows)
        if scored:
            arguments.accuracy = accuracies[model]
            arguments.params, arguments.macs = float(found.params), float(found.macs)
            # Its name is the last word but one, and how torch was built no convention.
            counter = "-".join(found.counter.split()[-2:]).partition("+")[0]
            shape = "-".join(shapes).replace(",", "x") or None
            labels.append({("input", shape), ("counter", counter)})
            _, of_score, before = _compared(arguments)
            record, shown = _of_score(of_score) | record, before | shown
        name = {"model": model} if several else {}
        products = [
            dict(zip(_OF_PRODUCT, (where, operator, _as_texts(operands), macs)))
            for where, operator, operands, macs in sorted(found.products, key=lambda p: -p[-1])
        ]
        details += [name | product for product in products]
        records.append(name | record | ({"products": products} if arguments.detail else {}))
    if not records:
        raise PartialError(*failed) from failed[0]
    # What is said in one signature is true of all of them.
    arguments.counted = dict(set.intersection(*labels)) if scored else {}
    form, parts = arguments.format, () if several else [named(shown)]
    if form in ("text", "json") or not arguments.detail:
        last = 3 if not scored else 5 if arguments.among is None else 6
        columns = () if form in _IN_FULL else _FOUND[0 if several else 1 : last]
        options.print_records(arguments, records, parts, columns, scored=scored)
    if arguments.detail and form != "json":
        columns = _PRODUCTS[0 if several else 1 :]
        arguments.signature = False  # products have no score
        options.print_records(arguments, details, columns=columns, scored=False)
    if failed:
        raise PartialError(*failed) from failed[0]


_IN_FULL = ("csv", "tsv", "json")
_FOUND = (
    Column("model", "Model"),
    Column("params", "Params", "{:,}".format, True, best=-1),
    Column("macs", "MACs", "{:,}".format, True, best=-1),
    Column("accuracy", "Accuracy", "{:g}".format, True, best=1),
    Column("netscore", "NetScore", "{:.2f}".format, True, best=1),
    Column("rank", "Rank", number=True),
)
_OF_PRODUCT = ("name", "operator", "shapes", "macs")
_OTHERS = (Column(key, key.title()) for key in _OF_PRODUCT[:3])
_PRODUCTS = (_FOUND[0], *_OTHERS, _FOUND[2]._replace(best=0))


def _as_texts(shapes: Any) -> list[str]:
    return [",".join(map(str, shape)) for shape in shapes]


def _accuracies(arguments: Arguments) -> tuple[dict[str, float | None], list[Exception]]:
    """Return the accuracy of each model, from the row of a table with its name, if there is one."""
    if arguments.accuracy_from is None:
        return dict.fromkeys(arguments.models, arguments.accuracy), []
    from netscore import tables
    from netscore.tables.columns import ColumnChoiceError, Options

    only: Any = SimpleNamespace(name="accuracy", costs=(), rules=NETSCORE.rules[:1])
    only.kernel, only.scores, only.signature = None, itemgetter(0), str
    source, wishes = arguments.accuracy_from, Options(**options.said(arguments, options.OF_TEXT))
    try:
        with tables.ranked(source, {}, only, wishes) as ranking:
            rows = list(tables.rows_of(ranking.result))
    except ColumnChoiceError as error:
        must = ": it must be named accuracy and hold percentages of right answers"
        raise UsageError(re.sub(": (choose|pass) .*", must, str(error))) from None
    name = tables.called(source)
    (column,) = ranking.measurements
    found: dict[str, float | None] = {}
    models: dict[int, str] = {}
    names = [{str(row[1 + place]).strip() for place in ranking.name_places} for row in rows]
    for model in dict.fromkeys(arguments.models):
        for called in _names(model):
            if of_model := [i for i, own in enumerate(names) if called in own]:
                break
        else:
            continue
        if len(of_model) > 1:
            raise ValueError(f"{name}: {len(of_model)} rows have the name {model}")
        if models.setdefault(of_model[0], model) != model:
            both = f"{models[of_model[0]]} and {model}"
            raise ValueError(f"{name}: one row has the name of {both}: name them as here")
        _, *cells, figure = rows[of_model[0]]
        if figure is None or figure != figure:
            raise ValueError(f"{name}: {model}: {column.complaint(cells[column.place])}")
        found[model] = figure
    missing = ", ".join(model for model in dict.fromkeys(arguments.models) if model not in found)
    return found, [ValueError(f"{name}: no row has the name {missing}")] * bool(missing)


def _names(model: str) -> list[str]:
    """Return the names that the row of a model may have."""
    if not _is_file(model):
        return [model, model.rpartition(":")[2]]
    parts = Path(model).parts
    # The fuller name first: a folder may say which model it is.
    tails = [model, *(os.path.join(*parts[i:]) for i in range(1, len(parts)))]
    return [called for tail in tails for called in (tail, os.path.splitext(tail)[0])]


def _files(model: str) -> list[str]:
    """Return the files of a pattern, and any other name as it is."""
    return [model] if os.path.exists(model) else sorted(glob(model, recursive=True)) or [model]


def _is_file(model: str) -> bool:
    """Whether a model is named by its file, be it there or not."""
    from netscore.counting import NO_COUNT

    return os.path.splitext(model)[1].lower() in NO_COUNT or os.path.isfile(model)


def _count(arguments: Arguments, model: Any) -> Count:
    # Here, as no other command needs it.
    from netscore.counting import build_model, count, example_input

    name, built = model, _is_file(model)
    try:
        if not built:
            # A program started as a script does not search the current folder.
            sys.path.insert(0, "")
            try:
                with usage_errors(()):
                    model = build_model(model)
            finally:
                sys.path.remove("")
            built = True
        inputs = [text.rpartition("=") for text in arguments.input or ()]
        with usage_errors():
            examples = [(key, example_input(model, text)) for key, _, text in inputs]
        plain = [example for key, example in examples if not key]
        return count(model, *plain, **{key: example for key, example in examples if key})
    except SystemExit as end:
        raise ValueError(f"{name}: it ended the program, with {end.code!r}") from end
    except (OSError, Warning, UsageError):
        raise
    except Exception as error:
        if built and isinstance(error, ImportError):  # an extra is missing
            raise
        said, own = options.sentence(error), str(error).startswith("count: ")
        if not own:  # of the user's model
            said = f"{name}: {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        elif name not in said:
            said = f"{name}: {said}"
        if not built:
            said += "; --traceback says where"
        elif not own or "example inputs" in said:
            said += "; --input [NAME=]SHAPE[:DTYPE] says what a model takes"
        raise ValueError(said) from error


def diagnose(arguments: Arguments) -> int:
    """How a printed score may have been computed.

    The conventions (units, FLOPs for MACs, logarithm, factor) under which some figures give a
    printed NetScore to its last digit, the likeliest first. If there is none, it says so, and the
    exit code is 1. PARAMS and COMPUTE are given as they are printed, in whatever unit: 28.2 may be
    millions; with a suffix, 28.2M, it is a count.

    example: netscore diagnose 41.91 78.8 28.2 88
    """
    compute, unit = arguments.compute
    figures = arguments.accuracy, arguments.params, compute
    given = {"unit": unit, "tolerance": arguments.tolerance, **options.exponents(arguments)}
    with usage_errors():
        found = diagnosis.diagnose(arguments.printed, *figures, **given)
    record = {
        "printed": found.printed,
        "tolerance": found.tolerance,
        "canonical_score": found.canonical_score,
        "conventions": [_record(convention) for convention in found],
    }
    options.print_records(arguments, [record], found._parts())
    return 0 if found else 1


def _record(convention: diagnosis.Convention) -> dict[str, Any]:
    return {
        **dataclasses.asdict(convention),
        "equivalents": [_record(other) for other in convention.equivalents],
        "canonical": convention.canonical,
        "departures": list(convention.departures),
    }
