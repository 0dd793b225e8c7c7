"""Tables of users: every source of rows, one result."""

from __future__ import annotations

import builtins
import copy
import csv
import io
import itertools
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from math import inf, log10, nan
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast
from unittest.mock import patch

import numpy as np
import pytest
from cli_runs import Runner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netscore import (
    Cost,
    Metric,
    Network,
    UnitWarning,
    find_network,
    information_density,
    load_networks,
    netscore,
    pareto_front,
    rank,
    signature,
    tables,
)
from netscore.checks import ACCURACY, MACS
from netscore.metrics import NETSCORE, NS_E, NS_M
from netscore.quantities import parse_unit
from netscore.tables import RankedTable, frames, rank_table, ranked, text
from netscore.tables.columns import (
    ColumnChoiceError,
    Measurement,
    Options,
    TableError,
    choose_columns,
)

pl = pytest.importorskip("polars", "1.34", reason="frames need polars")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

HEADER = "model,top1,params,macs\n"
MOBILENET = "MobileNetV2,72.0,3400000,300000000\n"
RESNET = "ResNet-50,75.3,25600000,3800000000\n"

wrong_cells = pytest.mark.filterwarnings("ignore:rank_table. column:UserWarning")


def omega(accuracy: float, millions: float, billions: float) -> float:
    """NetScore from its definition, for one network."""
    return 20 * log10(accuracy**2 / (millions**0.5 * billions**0.5))


class Named(io.BytesIO):
    """A file in memory, with a name for messages."""

    name = "models.csv"


def source(data: str | bytes) -> Named:
    return Named(data.encode() if isinstance(data, str) else data)


def table(data: str | bytes, **options: Any) -> RankedTable:
    result = rank_table(source(data), **options)
    assert isinstance(result, RankedTable)
    return result


def records(data: str | bytes, **options: Any) -> list[dict[str, Any]]:
    frame = table(data, **options).frame
    assert frame is not None
    rows: list[dict[str, Any]] = frame.to_dicts()
    return rows


def complaints(data: str | bytes, *, in_parts: bool = False, **choices: str) -> list[str]:
    """What the command line says of cells."""
    options = Options(in_parts=in_parts)
    with ranked(source(data), choices, NETSCORE, options) as ranking:
        return ranking.complaints


@pytest.fixture(params=[False, True], ids=["at once", "in parts"])
def in_parts(request: pytest.FixtureRequest) -> bool:
    """Both sources of the rows of a CSV file."""
    return bool(request.param)


def choose(header: Sequence[str], **choices: str) -> tuple[Measurement, ...]:
    return choose_columns(header, "models.csv line 1", choices, NETSCORE)


# Which column is which

COUNTS = [("{}", 1.0), ("{}_k", 1e3), ("{} (M)", 1e6), ("{}_millions", 1e6), ("m{}", 1e6)]
COUNTS += [("{}_million", 1e6), ("{} (in billions)", 1e9), ("{}_b", 1e9), ("g{}", 1e9)]


@pytest.mark.parametrize(
    "name",
    [
        *("params", "Parameters", "#Params", "n_params", "numParams", "num_parameters"),
        *("param_count", "numberOfParameters", "total-params"),
    ],
)
def test_usual_names_of_params(name: str) -> None:
    for template, factor in COUNTS:
        column = choose(["top1", template.format(name), "macs"])[1]
        assert (column.place, column.name) == (1, template.format(name))
        assert (column.unit.factor, column.said) == (factor, factor != 1)


@pytest.mark.parametrize(
    "name",
    ["macs", "MACs", "MAdds", "multiply_adds", "Mult-Adds", "multiply_accumulates", "num_macs"],
)
def test_usual_names_of_macs(name: str) -> None:
    for template, factor in COUNTS:
        column = choose(["top1", "params", template.format(name)])[2]
        assert (column.place, column.name) == (2, template.format(name))
        assert (column.unit.factor, column.said) == (factor, factor != 1)
        assert not column.unit.flops
    assert choose(["top1", "params", "infer_gmacs"])[2].unit.factor == 1e9
    _, params, macs = choose(["top1", "Params (B)", "MACs (T)"])
    assert (params.unit.factor, macs.unit.factor) == (1e9, 1e12)


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *((name, 1) for name in ("top1", "top-1", "Top-1 (%)", "top1_acc", "top1 accuracy")),
        *((name, 1) for name in ("acc", "Accuracy", "acc@1", "acc1", "accuracy_percent")),
        *((name, 1) for name in ("top1_percent", "accuracy_top1", "accuracy_pct")),
        *((name, 100) for name in ("top1_fraction", "accuracy (fraction)", "acc_frac")),
    ],
)
def test_usual_names_of_accuracy(name: str, factor: float) -> None:
    column = choose([name, "params", "macs"])[0]
    assert (column.place, column.name) == (0, name)
    assert column.unit.factor == factor


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            ["top1", "accuracy", "params", "macs"],
            "each of the columns 'top1', 'accuracy' could be accuracy: "
            "choose with --accuracy COLUMN",
        ),
        (
            ["top1", "params", "param_count", "macs"],
            "each of the columns 'params', 'param_count' could be params: "
            "choose with --params COLUMN",
        ),
        (
            ["top1", "params", "macs", "gmacs"],
            "each of the columns 'macs', 'gmacs' could be macs: choose with --macs COLUMN",
        ),
        (
            ["top1", "size", "macs"],
            "none of the columns 'top1', 'size', 'macs' has a usual name of params: "
            "choose with --params COLUMN",
        ),
        # The first row, without one of names above it.
        (
            ["72", "72.5", "25,557,032", "3.4M"],
            "none of the columns '72', '72.5', '25,557,032', '3.4M' has a usual name of accuracy "
            "or params or macs: a line of names must stand above that of '72.5'",
        ),
        (
            ["a", "72", "3400000"],
            "none of the columns 'a', '72', '3400000' has a usual name of accuracy or params or "
            "macs: a line of names must stand above that of '3400000'",
        ),
    ],
)
def test_columns_are_found_only_when_unambiguous(header: list[str], message: str) -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose(header)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("flops", ""),
        ("num_flops", ""),
        ("gflops", "G"),
        ("GFLOPS", "G"),
        ("mflop", "M"),
        ("FLOPs (G)", "G"),
        ("MACs (MFLOPs)", "M"),
        ("Compute [GFLOPs] at 224", "G"),
    ],
)
def test_flops_are_never_taken_for_macs(name: str, unit: str) -> None:
    question = (
        f"{name!r} may count FLOPs, two to a multiply-accumulate: pass --macs '{name}:{unit}FLOP' "
        f"to have it halved, or --macs '{name}:{unit}MAC' if it counts multiply-accumulates"
    )
    with pytest.raises(ColumnChoiceError) as error:
        choose(["top1", "params", name])
    assert str(error.value) == f"no column is named as macs, and {question}"
    with pytest.raises(ColumnChoiceError) as error:
        choose(["top1", "params", name], macs=name)
    assert str(error.value) == question
    for power in ("", unit):  # says nothing of what
        with pytest.raises(ColumnChoiceError) as error:
            choose(["top1", "params", name], macs=f"{name}:{power}")
        assert str(error.value) == question
    with pytest.raises(ColumnChoiceError, match=re.escape(f"'{name}:TFLOP' to have it halved")):
        choose(["top1", "params", name], macs=f"{name}:t")
    # What the message proposes works, and macs beside it are no question.
    assert choose(["top1", "params", name], macs=f"{name}:{unit}FLOP")[2].unit.flops
    assert not choose(["top1", "params", name], macs=f"{name}:{unit}MAC")[2].unit.flops
    assert choose(["top1", "params", name, "macs"])[2].name == "macs"


def test_a_choice_is_a_column_or_a_column_and_a_unit() -> None:
    header = ["a", "x:y", "b:c", "gmacs", "d", "macs"]
    accuracy, params, macs = choose(header, accuracy="a:fraction", params="b:c:M", macs="x:y")
    assert (accuracy.name, accuracy.unit.factor) == ("a", 100)
    assert (params.name, params.unit.factor, params.said) == ("b:c", 1e6, True)
    # The whole text is a column, so that no unit is said.
    assert (macs.name, macs.unit.factor, macs.said) == ("x:y", 1, False)
    # A chosen column may state its unit in its name; what the caller says comes first.
    chosen = {"accuracy": "a", "params": "d"}
    assert choose(header, **chosen, macs="gmacs")[2].unit.factor == 1e9
    assert choose(header, **chosen, macs="gmacs:M")[2].unit.factor == 1e6
    # An empty unit says plain counts.
    assert choose(header, **chosen, macs="macs:")[2].said


@pytest.mark.parametrize(
    ("kind", "name", "factor", "said"),
    [
        ("params", "Trainable params (K)", 1e3, True),
        ("params", "Weights (millions)", 1e6, True),
        ("params", "Param size (4 bytes) [K]", 1e3, True),
        ("params", "Weights (parameters)", 1, False),
        ("macs", "FLOPs/MACs (M)", 1e6, True),
        ("macs", "MACs (M) @224", 1e6, True),
        ("macs", "MACs per frame (K)", 1e3, True),
        ("macs", "Compute (MACs)", 1, False),
        ("macs", "MACs (224)", 1, False),
        ("macs", "MACs (one image)", 1, False),
        ("params", "Params (M, trainable)", 1e6, True),
        ("params", "参数量\uff08M\uff09", 1e6, True),
        ("params", "Weights (K PARAMS)", 1e3, True),
        ("accuracy", "val score (fraction)", 100, True),
        ("accuracy", "val score (%)", 1, False),
    ],
)
def test_a_chosen_name_may_state_a_unit_in_parentheses(
    kind: str, name: str, factor: float, said: bool
) -> None:
    chosen = choose([name, "top1", "params", "macs"], **{kind: name})
    (column,) = (each for each in chosen if each.name == name)
    assert (column.unit.factor, column.said) == (factor, said)
    # What the caller says comes first.
    unit = "percent" if kind == "accuracy" else ""
    chosen = choose([name, "top1", "params", "macs"], **{kind: f"{name}:{unit}"})
    assert chosen[["accuracy", "params", "macs"].index(kind)].unit.factor == 1


def test_a_cost_of_ones_own_may_state_its_unit_in_parentheses() -> None:
    cost = [Cost("latency", "s", 0.5)]
    choices = {"latency": "Latency (ms)"}
    column = choose_columns(["top1", "Latency (ms)"], "", choices, Metric("speed", cost))[1]
    assert column.unit.factor == 1e-3


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *(("Latency (us)", 1e-6), ("Latency (\u00b5s)", 1e-6), ("Latency (\u03bcs, CPU)", 1e-6)),
        *(("latency_ms", 1e-3), ("Latency, ms", 1e-3), ("Latency [s]", 1), ("latency_cpu", 1)),
        *(("('latency', 'mean')", 1), ("Latency (2024)", 1), ("ms_latency", 1e-3)),
        *((f"latency{mark}ms", 1e-3) for mark in (*"-./:", "..")),
        *(("latency_ms_p50", 1e-3), ("Latency (ms/image)", 1e-3)),
    ],
)
def test_the_name_of_a_cost_may_state_its_unit(name: str, factor: float) -> None:
    speed = Metric("speed", [Cost("latency", "s", 0.5)])
    column = choose_columns(["top1", name], "", {"latency": name}, speed)[1]
    assert column.unit.factor == factor
    # What the caller says comes first.
    column = choose_columns(["top1", name], "", {"latency": f"{name}:s"}, speed)[1]
    assert column.unit.factor == 1


@pytest.mark.parametrize(
    "name",
    [
        *("Params (KB)", "Params (bytes)", "Params (x1000)", "Params in 1,000", "n (10^3)"),
        *(
            "Weights (\u00d710\u00b3)",
            "参数量(千)",
            "参数量\uff08万\uff09",
            "万参数",
            "n (K) [M]",
        ),
        *("Params (kbytes)", "Params (KB, fp32)", "Params (in KB)", "Params x1e3", "params_kb"),
        *("Weights in thousands", "Weights [in thousands]", "Weights, K", "weights_in_k", "x:G"),
        *("Size (10 3)", "Size [10e3]", "Size (Kbit)", "weights (kilo)", "Size (k weights)"),
        *("Größe (in Tsd.)", "Gewichte in Tausend", "Poids (milliers)", "Размер в тысячах"),
        *("Params (000s)", "Params (thsd)", "Params (ths.)", "Params (in 1k)", "Params (mil)"),
        *("Pesos (miles)", "Parâmetros (mil)", "Vikter (tusen)", "Gewichten (duizend)"),
        *("Parametry (tys.)", "Parametry (tis.)", "Parametre (bin)", "Params (MM)", "Params (Mn)"),
        *("Params (Mill.)", "Weights, bil.", "Params (miles, v2)", "paramsmil"),
        *("kparams vs Mparams", "kparams/Mparams (total)"),
    ],
)
def test_a_chosen_name_with_what_may_be_a_unit_is_not_read_as_plain_counts(name: str) -> None:
    header = ["top1", name, "macs"]
    said = f"the name {name!r} may state a unit: pass --params '{name}:UNIT' or --params '{name}:'"
    with pytest.raises(ColumnChoiceError, match=f"^{re.escape(said)} if it is in parameters$"):
        choose(header, params=name)
    assert choose(header, params=f"{name}:")[1].unit.factor == 1
    assert choose(header, params=f"{name}:K")[1].unit.factor == 1e3


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *(("metrics.kparams", 1e3), ("Mparams (total)", 1e6), ("user_attrs_kparams", 1e3)),
        *(("net_params_224", 1), ("kparamset", 1)),
    ],
)
def test_a_chosen_name_may_have_its_prefix_before_the_word(name: str, factor: float) -> None:
    assert choose(["top1", name, "macs"], params=name)[1].unit.factor == factor
    macs = name.replace("params", "MACs")
    assert choose(["top1", "params", macs], macs=macs)[2].unit.factor == factor


def test_the_options_of_a_study_are_no_figures() -> None:
    # As Optuna and MLflow export them.
    own = ["params_k", "params_lr", "user_attrs_params", "macs"]
    for header in (["datetime_start", "top1", *own], ["top1", *own]):
        with pytest.raises(ColumnChoiceError, match="has a usual name of params: choose with"):
            choose(header)
        assert choose(header, params="user_attrs_params")[1].name == "user_attrs_params"
    for name in ("params.bn", "params.k", "params.model"):
        with pytest.raises(ColumnChoiceError, match="has a usual name of params: choose with"):
            choose(["top1", name, "macs"])
    assert choose(["number", "top1", "params_k", "params_note", "macs"])[1].unit.factor == 1e3


@pytest.mark.parametrize("name", ["Params (in 1k)", "params_in1k", "Parameter (in 1k)", "k (mil)"])
def test_thousands_are_no_data_and_mil_is_another_number_in_spanish(name: str) -> None:
    with pytest.raises(ColumnChoiceError, match="has a usual name of params: choose with"):
        choose(["top1_in1k", name, "macs"])


@pytest.mark.parametrize(
    ("name", "power"), [("metrics.gflops", "G"), ("MFLOPs (224)", "M"), ("fvcore_gflops", "G")]
)
def test_advice_for_flops_keeps_the_prefix(name: str, power: str) -> None:
    with pytest.raises(ColumnChoiceError, match=f":{power}FLOP' to .*:{power}MAC' if"):
        choose(["top1", "params", name], macs=name)


def test_advice_can_be_typed_where_a_name_has_a_mark() -> None:
    name = "Model's params (KB)"
    with pytest.raises(ColumnChoiceError, match=f'pass --params "{re.escape(name)}:UNIT" or'):
        choose(["top1", name, "macs"], params=name)


@pytest.mark.parametrize(
    "name", ["Latency (min)", "Latency (GPU)", "latency [msec]", "LATENCY_MS", "latency sec", "t h"]
)
def test_nor_is_that_of_a_cost_in_its_own_unit(name: str) -> None:
    speed = Metric("speed", [Cost("latency", "s", 0.5)])
    with pytest.raises(ColumnChoiceError, match=r"may state a unit: pass .* if it is in s$"):
        choose_columns(["top1", name], "", {"latency": name}, speed)


@pytest.mark.parametrize("name", ["model_size", "eval_time", "best"])
def test_a_cost_is_found_under_its_own_name(name: str) -> None:
    metric = Metric("own", [Cost(name, "s", 0.5)])
    assert choose_columns(["top1", name], "", {}, metric)[1].name == name
    # A name with a qualifier of its own is another one.
    assert choose_columns(["size", "top1", name], "", {}, metric)[1].name == name


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"params": "size"},
            "--params names 'size', which is none of the columns 'model', 'top1', 'params', 'macs'",
        ),
        (
            {"params": "size:M"},
            "--params names 'size', which is none of the columns 'model', 'top1', 'params', 'macs'",
        ),
        (
            {"macs": "macs:X"},
            "--macs macs:X: the unit of macs is K, M, G, B or T, alone or before MAC or FLOP, "
            "as in GMAC, got 'X'",
        ),
        (
            {"accuracy": "top1:"},
            "--accuracy top1:: the unit of accuracy is percent, fraction or error, got ''",
        ),
        (
            {"params": "macs"},
            "column 'macs' cannot be both params and macs: choose with --params and --macs",
        ),
        ({"latency": "top1"}, "netscore has accuracy, params, macs, not latency"),
    ],
)
def test_wrong_choices(choices: dict[str, str], message: str) -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose(["model", "top1", "params", "macs"], **choices)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"params": "x"}, ColumnChoiceError, "params names 'x', which is none of the columns"),
        ({}, ColumnChoiceError, "'top1' has a usual name of params: choose with params=COLUMN"),
        ({"params": "top1"}, ColumnChoiceError, "pass macs='GFLOPs:GFLOP' to have it halved"),
        ({"params": 1}, TypeError, "params must name a column, got 1"),
        ({"metric": "netscore"}, TypeError, "metric must be a Metric, got 'netscore'"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_python(
    options: dict[str, Any], error: type[Exception], said: str
) -> None:
    frame = pl.DataFrame({"GFLOPs": [0.3], "acc": [1], "top1": [72.0]})
    with pytest.raises(error) as caught:
        rank_table(frame, accuracy="acc", **options)
    assert str(caught.value).startswith("rank_table: ")
    assert said in str(caught.value)
    assert "--" not in str(caught.value)


def test_a_frame_of_a_derived_class_stays_one(tmp_path: Path) -> None:
    class Derived(pd.DataFrame):  # type: ignore[misc, name-defined]
        @property
        def _constructor(self) -> Any:
            return Derived

    frame = Derived({"top1": [70, 72], "params": [3e6, 3e6], "macs": [3e8, 3e8]})
    result = rank_table(frame)
    assert type(result) is Derived
    assert result["rank"].tolist() == [1, 2]
    assert rank_table(frame, tmp_path / "out.csv").written == 2


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (pd.Index([5, 3]), []),
        (pd.Index(["a", "b"]), ["index"]),
        (pd.Index([5, 3], name="top1"), ["top1_2"]),
        (pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]), ["index", "index_2"]),
    ],
)
def test_an_index_of_pandas_that_says_something_is_written(
    index: Any, names: list[str], tmp_path: Path
) -> None:
    columns = {"top1": [70, 72], "params": [3e6, 3e6], "macs": [3e8, 3e8]}
    frame = pd.DataFrame(columns, index=index)
    rank_table(frame, tmp_path / "out.parquet")
    written = pl.read_parquet(tmp_path / "out.parquet")
    assert written.columns[1:-2] == [*names, *columns]
    assert rank_table(frame).index.tolist() == index[::-1].tolist()
    if names:
        assert written[names[0]].to_list() == index.get_level_values(0)[::-1].tolist()


def test_columns_of_pandas_may_have_levels() -> None:
    columns = pd.MultiIndex.from_tuples([("top1", "mean"), ("params", "max"), ("macs", "max")])
    frame = pd.DataFrame([[70.0, 3e6, 3e8], [72.0, 3e6, 3e8]], columns=columns)
    accuracy, params, macs = map(str, columns)
    result = rank_table(frame, accuracy=accuracy, params=params, macs=macs)
    assert [*result.columns] == [
        ("rank", ""),
        *columns,
        *(("netscore", ""), ("information_density", "")),
    ]
    assert result["rank"].tolist() == [1, 2]
    assert result["top1", "mean"].tolist() == [72, 70]


def test_what_frames_cannot_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ColumnChoiceError, match=r"^rank_table: there are no columns$"):
        rank_table(pd.DataFrame())

    def take(*_: object) -> NoReturn:  # as of a Table of pyarrow with a column of string_view
        raise NotImplementedError("array_take has no kernel matching (string_view, int64)")

    frame = pd.DataFrame({"top1": [72.0], "params": ["3.4M"], "macs": [3e8]})
    monkeypatch.setattr(pd.DataFrame, "take", take)
    said = (
        r"^rank_table: array_take has no kernel matching \(string_view, int64\): cast the column$"
    )
    with pytest.raises(TypeError, match=said):
        rank_table(frame)


def test_an_unnamed_column_is_not_chosen_by_a_lone_unit() -> None:
    with pytest.raises(ColumnChoiceError, match="--params names 'M', which is none of the columns"):
        choose(["", "top1", "params", "macs"], params="M")
    assert choose(["", "top1", "params", "macs"], params=":M")[1].place == 0


def test_a_message_lists_few_of_many_columns() -> None:
    with pytest.raises(ColumnChoiceError) as error:
        choose([f"c{i}" for i in range(100_000)])
    assert "'c11', … (100000 in all) has a usual name of accuracy" in str(error.value)
    assert "c12" not in str(error.value)


# Another measurement

LATENCY = Metric("latency-score", [Cost("latency", "s", 0.5), Cost("memory", "MiB", 0.25)])


def test_any_metric_ranks_a_table(in_parts: bool) -> None:
    data = "model,acc,Latency (ms),memory\na,72,75,100\nb,72,7.5,100\nc,80,,1\n"
    rows = records(
        data, metric=LATENCY, columns={"latency": "Latency (ms):ms"}, in_parts=in_parts, pareto=True
    )
    # 20 (2 log10 72 - 0.5 log10 0.0075 - 0.25 log10 100); c has no latency, b beats a.
    score = 20 * (2 * log10(72) - 0.5 * log10(0.0075) - 0.25 * 2)
    assert rows == [
        {
            "rank": 1,
            "model": "b",
            "acc": "72",
            "Latency (ms)": "7.5",
            "memory": "100",
            "latency-score": pytest.approx(score, rel=1e-14),
        }
    ]
    assert len(records(data, metric=LATENCY, columns={"latency": "Latency (ms):ms"})) == 3


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"alpha": 1.0}, TypeError, "alpha, beta and gamma are the exponents of NETSCORE; latency"),
        ({"params": "acc"}, ValueError, "latency-score has accuracy, latency, memory, not params"),
        ({"columns": {"memory": "m"}}, ValueError, r"columns\['memory'\] names 'm', which is none"),
        (
            {"columns": {"latency": "latency:h"}},
            ValueError,
            r"columns\['latency'\] latency:h: the unit of latency is s, alone or after n, u, m, k, "
            "M or G, got 'h'",
        ),
        (
            {"columns": {"latency": "memory"}},
            ValueError,
            r"column 'memory' cannot be both latency and memory: choose with columns\['latency'\] ",
        ),
        ({"among": "chapter"}, ValueError, "the networks of among have no figures of latency-sc"),
    ],
)
def test_what_another_metric_refuses(
    options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        table("acc,latency,memory\n72,1,1\n", metric=LATENCY, **options)


def test_the_front_is_that_of_two_costs() -> None:
    metric = Metric("one", [Cost("latency", "s", 0.5)])
    with pytest.raises(
        ValueError, match=r"^rank_table: pareto is for accuracy and two costs, and "
    ):
        table("acc,latency\n72,1\n", metric=metric, pareto=True)
    assert table("acc,time,power\n72,1,1\n", metric=NS_E, pareto=True).written == 1


# Reading text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEADER + MOBILENET + RESNET, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + (HEADER + MOBILENET + RESNET).encode(), id="BOM"),
        pytest.param((HEADER + MOBILENET + RESNET).replace("\n", "\r\n"), id="CRLF"),
        pytest.param((HEADER + MOBILENET + RESNET).rstrip("\n"), id="no last newline"),
        pytest.param(f"\n{HEADER}\n\n{MOBILENET}\r\n{RESNET}\n\n", id="blank lines"),
    ],
)
def test_files_as_they_come(data: str | bytes, in_parts: bool) -> None:
    result = table(data, in_parts=in_parts)
    assert (result.rows, result.unscored, result.written) == (2, 0, 2)
    assert result.added == ("rank", "netscore", "information_density")
    frame = result.frame
    assert frame is not None
    assert frame.rows() == [
        (1, "MobileNetV2", "72.0", "3400000", "300000000", *scores(72.0, 3.4, 0.3)),
        (2, "ResNet-50", "75.3", "25600000", "3800000000", *scores(75.3, 25.6, 3.8)),
    ]


def scores(accuracy: float, millions: float, billions: float) -> tuple[Any, Any]:
    density = accuracy / millions
    score = omega(accuracy, millions, billions)
    return pytest.approx(score, rel=1e-14), pytest.approx(density, rel=1e-14)


def test_a_cell_may_carry_a_suffix_only_when_no_unit_is_said(in_parts: bool) -> None:
    rows = records(HEADER + 'a,72.0, 3.4M ,0.3G\nb,72,3_400_000,"3e8"\n', in_parts=in_parts)
    assert [row["netscore"] for row in rows] == [pytest.approx(omega(72, 3.4, 0.3))] * 2
    assert complaints(HEADER + "a,72.0,3.4K,0.3G\n", in_parts=in_parts, params="params:M") == [
        "models.csv line 2, column params: '3.4K' is in K, and the column in M"
    ]


@pytest.mark.parametrize(
    ("suffix", "factor"), [("K", 1e3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("B", 1e9), ("T", 1e12)]
)
def test_suffixes_of_counts(suffix: str, factor: float) -> None:
    cells = f"2{suffix}", f"+2.5{suffix}"
    rows = records("top1,params,macs\n" + "".join(f"10,{cell},{cell}\n" for cell in cells))
    # Percent per million parameters.
    expected = [10 / (2 * factor / 1e6), 10 / (2.5 * factor / 1e6)]
    assert [row["information_density"] for row in rows] == pytest.approx(expected)


@wrong_cells
def test_other_letters_are_no_suffixes() -> None:
    letters = sorted(
        set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") - set("KkMmGgBbTt")
    )
    cells = [*(f"2{letter}" for letter in letters), "2MM", "M", "2  MB", "2e6M", "0x10"]
    data = "top1,params,macs\n" + "".join(f"10,{cell},1e9\n" for cell in cells)
    assert table(data).unscored == len(cells)


def test_units_are_applied() -> None:
    (row,) = records(
        "acc,p,f\n0.72,3.4,0.6\n", accuracy="acc:fraction", params="p:M", macs="f:GFLOP"
    )
    # 0.6 GFLOPs are 0.3 billion multiply-accumulates.
    assert row["netscore"] == pytest.approx(omega(72, 3.4, 0.3), rel=1e-14)


@wrong_cells
@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,,1,1", "top1: empty"),
        ("a,72, ,1", "params: empty"),
        ("a,n/a,1,1", "top1: missing: 'n/a'"),
        ("a,72°,1,1", "top1: not a number: '72°'"),
        ("a,banana,1,1", "top1: not a number: 'banana'"),
        ("a,72,?,1", "params: missing: '?'"),
        ("a,72,1,2e6M", "macs: not a number: '2e6M'"),
        ("a,72,\uff13\uff14\uff10\uff10,1", "params: not a number: '\uff13\uff14\uff10\uff10'"),
        ("a,72,\u0663\u0664,1", "params: not a number: '\u0663\u0664'"),
        ("a,nan,1,1", "top1: missing: 'nan'"),
        ("a,100.1,1,1", "top1: must be a percentage from 0 to 100, got '100.1'"),
        ("a,-1,1,1", "top1: must be a percentage from 0 to 100, got '-1'"),
        ("a,72,inf,1", "params: must be positive and finite, got 'inf'"),
        ("a,72,0,1", "params: must be positive and finite, got '0'"),
        ("a,72,-3M,1", "params: must be positive and finite, got '-3M'"),
        ("a,72,1,NaN", "macs: missing: 'NaN'"),
        ("a,72,1,1e999", "macs: must be positive and finite, got '1e999'"),
        ("a,72,1,\x1b[2J", r"macs: not a number: '\x1b[2J'"),
        (f"a,72,1,{'x' * 41}", f"macs: not a number: '{'x' * 39}…'"),
    ],
)
def test_a_row_that_cannot_be_scored_is_named_and_kept(
    row: str, complaint: str, in_parts: bool
) -> None:
    data = f"{HEADER}{MOBILENET}{row}\n{RESNET}"
    assert complaints(data, in_parts=in_parts) == [f"models.csv line 3, column {complaint}"]
    rows = records(data, in_parts=in_parts)
    assert [record["rank"] for record in rows] == [1, 2, None]
    assert (rows[2]["netscore"], rows[2]["information_density"]) == (None, None)
    assert [rows[2][name] for name in ("model", "top1", "params", "macs")] == row.split(",")


def test_fractions_have_their_own_range() -> None:
    assert complaints(HEADER + "a,72,1,1\nb,1,1,1\n", accuracy="top1:fraction") == [
        "models.csv line 2, column top1: must be a fraction from 0 to 1, got '72'"
    ]


def test_an_overflow_by_the_unit_is_out_of_range() -> None:
    assert complaints(
        HEADER + "a,72,1e300,1\nb,72,5e-324,1\n", params="params:G", macs="macs:GMAC"
    ) == ["models.csv line 2, column params: must be positive and finite, got '1e300'"]
    assert complaints(HEADER + "a,72,1,5e-324\n", macs="macs:FLOP") == [
        "models.csv line 2, column macs: must be positive and finite, got '5e-324'"
    ]


def test_every_bad_cell_of_a_row_is_named_with_the_line_on_which_the_row_begins(
    in_parts: bool,
) -> None:
    data = 'model,top1,"par\nams",macs\n"two\nlines",x,1,y\n\nc,72,1,\n'
    assert complaints(data, in_parts=in_parts, params="par\nams") == [
        "models.csv line 3, column top1: not a number: 'x'",
        "models.csv line 3, column macs: not a number: 'y'",
        "models.csv line 6, column macs: empty",
    ]


def test_ten_cells_are_named_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "ROWS", 4)
    data = HEADER + "a,x,1,x\n" * 9
    with ranked(source(data), {}, NETSCORE, Options()) as ranking:
        reading = ranking
    assert len(reading.complaints) == 10
    assert reading.complaints[-1] == "models.csv line 6, column macs: not a number: 'x'"
    assert (reading.faults, reading.unscored, reading.rows) == (18, 9, 9)


def test_columns_of_wrong_cells_are_reported_one_by_one(in_parts: bool, tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    path.write_text("top1,params,macs\n101,3e6,x\n72,0,3e8\n,3e6,-1\n72,-2,0\n")
    with pytest.warns(UserWarning, match="such rows have no score") as given:
        result = rank_table(path, in_parts=in_parts)
    # What is empty is missing, not wrong.
    assert [str(warning.message) for warning in given] == [
        f"rank_table: column {name!r} must be {must}, got {got} wrong); such rows have no score"
        for name, must, got in (
            ("top1", "a percentage from 0 to 100", "'101' at position 0 (1 of 4 values is"),
            ("params", "positive and finite", "'0' at position 1 (2 of 4 values are"),
        )
    ] + [
        "rank_table: column 'macs': not a number: 'x' at position 0 (3 of 4 values are wrong); "
        "such rows have no score"
    ]
    assert {warning.filename for warning in given} == {__file__}
    assert (result.rows, result.unscored) == (4, 4)


def test_nothing_is_written_if_a_warning_is_an_error(tmp_path: Path, in_parts: bool) -> None:
    path = tmp_path / "candidates.csv"
    path.write_text("accuracy,params,macs\n101,3.4M,300M\n72,3.4M,300M\n")
    target = tmp_path / "ranked.csv"
    target.write_text("before")
    with pytest.raises(UserWarning, match=r"got '101' at position 0 \(1 of 2 values is wrong\)"):
        rank_table(path, target, top=1, in_parts=in_parts)
    assert target.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_doubt_about_units_is_told_once(in_parts: bool) -> None:
    data = HEADER + "a,72,3.4,300M\nb,75.3,25.6,3.8G\n"
    with pytest.warns(
        UnitWarning, match="^rank_table: params was read as 3.4 to 25.6 par"
    ) as given:
        result = rank_table(source(data), in_parts=in_parts)
    assert result.written == 2
    assert (len(given), given[0].filename) == (1, __file__)


# Hostile text

NO_TABLES: list[tuple[str | bytes, str]] = [
    ("", "line 1: the file is empty"),
    ("\n\n", "line 1: the file is empty"),
    (HEADER, "line 1: there is no row below the header"),
    (HEADER + "\n\n", "line 3: there is no row below the header"),
    (HEADER + MOBILENET + "a,72,1\n", "line 3: 3 cells, but the header has 4"),
    (
        HEADER + MOBILENET + "\na,72,1,1,1\n",
        "line 4: 5 cells, but the header has 4; 72,0 needs quotation marks, or the file another "
        "separator",
    ),
    (
        HEADER + "a,72,1,1,\nb,72,1,1,\n",
        "line 2: 5 cells, but the header has 4; it needs the separators at the end of the rows, "
        "too",
    ),
    (
        HEADER + MOBILENET + "\n* by us\n",
        "line 4: 1 cell, but the header has 4; a note or a rule is no row: take it out",
    ),
    # Two rows of four cells on average.
    (
        HEADER + "a,72,1,1,1\nb,72,1\n",
        "line 2: 5 cells, but the header has 4; 72,0 needs quotation marks, or the file another "
        "separator",
    ),
    (
        HEADER + "a\0,72,1,1\n",
        "line 2: a NUL byte: this is no text, or encoding says which, as utf-16-le",
    ),
    (
        "mod\0el,top1,params,macs\n",
        "line 1: a NUL byte: this is no text, or encoding says which, as utf-16-le",
    ),
    (
        HEADER.encode() + b"caf\xe9,72,1,1\n",
        "line 2: not UTF-8 text (byte 0xe9): encoding says what it is, as windows-1252",
    ),
    (
        (HEADER + MOBILENET * 30).encode() + b"caf\xe9,72,1,1\n",
        "line 32: not UTF-8 text (byte 0xe9): encoding says what it is, as windows-1252",
    ),
    (b"\xff\xfem\0o\0\0\xd8", "line 1: not utf-16 text (byte 0x00)"),
    (
        b"\xff\xfe" + (HEADER + MOBILENET + "b").encode("utf-16-le") + b"\0\xd8,\0",
        "line 3: not utf-16 text (byte 0x00)",
    ),
    (HEADER + MOBILENET + '"a,72,1,1\n' + RESNET, "line 3: a quotation mark is not closed"),
    (
        HEADER + '"a,72,1,1\n' + RESNET * 5000,
        "line 2: a cell is too long, or a quotation mark is not closed",
    ),
    (
        HEADER + "a" * 200_000 + ",72,1,1\n",
        "line 2: a cell is too long, or a quotation mark is not closed",
    ),
    (
        HEADER + '"a"b,72,1,1\n',
        "line 2: text stands behind a closed quotation mark: a mark in a cell is doubled",
    ),
    (
        HEADER + "a,72,1,1\rb,72,1,1\r",
        "line 2: a carriage return stands in a cell without quotation marks, or lines end with it: "
        r"tr '\r' '\n' < FILE",
    ),
    ("\n\ntop1,params,macs,params\n1,2,3,4\n", "line 3: two columns are named 'params'"),
]


@pytest.mark.parametrize(("data", "message"), NO_TABLES)
def test_a_file_that_is_no_table_is_one_sentence(
    data: str | bytes, message: str, in_parts: bool
) -> None:
    with pytest.raises(TableError) as error:
        table(data, in_parts=in_parts)
    assert str(error.value) == f"models.csv {message}"


def test_a_chosen_name_that_stands_twice_is_wrong_data(in_parts: bool) -> None:
    with pytest.raises(TableError, match=r"^models\.csv line 1: two columns are named 'x'$"):
        table("top1,params,x,x\n1,2,3,4\n", macs="x", in_parts=in_parts)


@pytest.mark.filterwarnings("ignore::netscore.UnitWarning")
def test_two_columns_of_a_name_that_is_not_chosen_are_kept(tmp_path: Path, in_parts: bool) -> None:
    data = "rank,top1,params,macs,rank\nx,72,3M,4M,y\n"
    rank_table(source(data), tmp_path / "out.csv", in_parts=in_parts)
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0] == "rank_2,rank,top1,params,macs,rank,netscore,information_density"
    assert lines[1].startswith("1,x,72,3M,4M,y,")
    # Where no name may stand twice, the second gets one that is free.
    frame = table(data, in_parts=in_parts).frame
    assert frame is not None
    assert frame.columns[:6] == ["rank_2", "rank", "top1", "params", "macs", "rank_3"]


class EndlessLine(io.RawIOBase):
    """A file whose second line never ends."""

    def __init__(self) -> None:
        self.start = HEADER.encode()
        self.served = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.start or b"x" * len(buffer)
        self.start = b""
        buffer[: len(data)] = data
        self.served += len(data)
        return len(data)


def test_a_line_without_end_is_not_read_to_its_end(in_parts: bool, tmp_path: Path) -> None:
    stream = EndlessLine()
    with pytest.raises(TableError, match=r"line 2: longer than 16777216 bytes$"):
        rank_table(io.BufferedReader(stream), in_parts=in_parts)
    assert stream.served < 2 * text.LONGEST_LINE
    path = tmp_path / "models.csv"
    path.write_bytes(HEADER.encode() + b"x" * (text.LONGEST_LINE + 1))
    with pytest.raises(TableError, match=r"line 2: longer than 16777216 bytes$"):
        rank_table(path, in_parts=in_parts)


def test_a_hundred_thousand_columns_pass_through(tmp_path: Path) -> None:
    many = 100_000
    header = ",".join(["top1", "params", "macs", *(f"c{i}" for i in range(many))])
    row = ",".join(["72", "3.4M", "300M", *map(str, range(many))])
    rank_table(source(f"{header}\n{row}\n"), tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert len(lines) == 2
    assert lines[1].split(",")[1:-2] == row.split(",")


def test_a_header_has_no_more_columns_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_MOST_COLUMNS", 4)
    assert table(HEADER + MOBILENET).written == 1
    with pytest.raises(TableError, match=r"^models.csv line 1: more than 4 columns$"):
        table("x," + HEADER + "x," + MOBILENET)


def test_formulas_of_a_spreadsheet_are_text() -> None:
    cell = '=cmd|"/c calc"!A1'
    quoted = cell.replace('"', '""')
    (record,) = records(f'{HEADER}"{quoted}",72,3.4M,300M\n')
    assert record["model"] == cell


@pytest.mark.parametrize("other", ["x\n" * 60, "x" * 120])
def test_a_file_that_changes_meanwhile_is_an_error(tmp_path: Path, other: str) -> None:
    path = tmp_path / "models.csv"
    path.write_text(HEADER + MOBILENET + RESNET)

    def change(did: str, _: int) -> None:
        if did == "read":
            path.write_text(other)

    with pytest.raises(TableError, match=r"models\.csv: the file was changed while it was read$"):
        rank_table(path, progress=change)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("target", [None, "out.csv", "out.json"])
def test_a_file_whose_rows_are_exchanged_meanwhile_is_an_error(
    tmp_path: Path, target: str | None, several: bool
) -> None:
    path, other = tmp_path / "models.csv", tmp_path / "other.csv"
    for each in (path, other):
        each.write_text(HEADER + MOBILENET + RESNET)
        os.utime(each, ns=(0, 0))

    def change(*_: object) -> None:
        path.write_text(HEADER + RESNET + MOBILENET)

    with pytest.raises(TableError, match=r"models\.csv: the file was changed while it was read$"):
        rank_table(
            [other, path] if several else path, target and tmp_path / target, progress=change
        )
    assert sorted(os.listdir(tmp_path)) == ["models.csv", "other.csv"]


@pytest.mark.parametrize("target", [None, "out.csv"])
def test_a_file_that_is_no_text_any_more_is_an_error(tmp_path: Path, target: str | None) -> None:
    path = tmp_path / "models.csv"
    path.write_text(HEADER + MOBILENET)
    other = path.read_bytes().replace(b"Net", b"N\xe9t")

    def change(*_: object) -> None:
        path.write_bytes(other)

    with pytest.raises(TableError, match=r"models\.csv: the file was changed while it was read$"):
        rank_table(path, target and tmp_path / target, progress=change)


@pytest.mark.parametrize(("unit", "power"), [("K", 3), ("M", 6), ("G", 9), ("T", 12)])
def test_a_figure_in_a_unit_is_the_count_that_is_written(unit: str, power: int) -> None:
    # All of one decimal and some of two: 8.3 * 1e6 is above 8300000, 4.11 * 1e9 above 4110000000.
    cells = [f"{n / 10:.1f}" for n in range(1, 10000)] + [f"{n / 100:.2f}" for n in range(1, 2000)]
    macs = Measurement(MACS, 0, "x", parse_unit("macs", unit), said=True)
    macs.begin()
    whole = [float(Decimal(cell).scaleb(power)) for cell in cells]
    assert macs.read(cells).tolist() == whole
    assert macs.read(np.array(cells, float)).tolist() == whole
    halved = Measurement(MACS, 0, "x", parse_unit("macs", f"{unit}FLOP"), said=True)
    halved.begin()
    halves = [float(Decimal(cell).scaleb(power) / 2) for cell in cells]
    assert halved.read(cells).tolist() == halves
    # What has all digits of a float keeps them.
    third = np.array([1 / 3])
    assert macs.read(third).tolist() == (third * 10.0**power).tolist()


def test_fractions_and_errors_are_the_percentages_that_are_written() -> None:
    cells = [f"{n / 10000:.4f}" for n in range(1, 10000)]
    fractions = Measurement(ACCURACY, 0, "x", parse_unit("accuracy", "fraction"), said=True)
    fractions.begin()
    assert fractions.read(cells).tolist() == [float(Decimal(c).scaleb(2)) for c in cells]
    cells = [f"{n / 100:.2f}" for n in range(10000)]
    errors = Measurement(ACCURACY, 0, "x", parse_unit("accuracy", "error"), said=True)
    errors.begin()
    assert errors.read(cells).tolist() == [float(100 - Decimal(c)) for c in cells]


def test_a_row_at_a_bound_stays_in_whatever_unit(in_parts: bool) -> None:
    data = "model,err,params_m,gmacs\nA,64.4,8.3,4.11\n"
    options: dict[str, Any] = {"accuracy": "err:error", "in_parts": in_parts}
    bounds: dict[str, Any] = {"max_macs": 4.11e9, "max_params": 8.3e6, "min_accuracy": 35.6}
    assert rank_table(source(data), **options, **bounds).written == 1
    assert rank_table(source(data), **options, max_macs=4.1e9).cut == 1
    # The same figures in another unit have the same rank, and one does not dominate the other.
    among = [("B", 35.6, 8.3e6, 4.11e9)]
    options["in_parts"] = False
    ranking = rank_table(source(data), **options, among=among, pareto=True)
    assert ranking.frame["rank"].to_list() == [1, 1]


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint64", "Int64", "bool", "boolean"])
def test_whole_numbers_stay_so_beside_others(dtype: str) -> None:
    value = True if "bool" in dtype else 2**31 - 1 if dtype == "int32" else 2**53 + 1
    frame = pd.DataFrame({"model": ["a"], "top1": [72.0], "params": [3.4e6], "macs": [3e8]})
    frame["x"] = pd.Series([value], dtype=dtype)
    ranked_frame: Any = rank_table(frame, among=[("B", 71.0, 8e6, 4e9)])
    assert ranked_frame["x"].tolist() == [value, pd.NA]
    assert str(ranked_frame["x"].dtype) == {"uint64": "UInt64"}.get(
        dtype, "boolean" if "bool" in dtype else "Int64"
    )


def test_columns_of_arrow_in_pandas_stay_so_beside_others() -> None:
    frame = pd.DataFrame({"model": ["a"], "top1": [72.0], "params": [3.4e6], "macs": [3e8]})
    frame["x"] = pd.Series([2**53 + 1], dtype="int64[pyarrow]")
    ranked_frame: Any = rank_table(frame, among=[("B", 71.0, 8e6, 4e9)])
    assert ranked_frame["x"].tolist() == [2**53 + 1, pd.NA]
    assert str(ranked_frame["x"].dtype) == "int64[pyarrow]"


@pytest.mark.parametrize("kind", ["polars", "arrow", "lazy"])
def test_names_beside_others_must_be_text(kind: str) -> None:
    columns = {"arch": [[3, 5]], "top1": [72.0], "params": [3.4e6], "macs": [3e8]}
    frame: Any = pa.table(columns) if kind == "arrow" else pl.DataFrame(columns)
    with pytest.raises(
        TypeError, match=r"beside those of among must be text, got [Ll]ist.* 'arch'"
    ):
        rank_table(frame.lazy() if kind == "lazy" else frame, among="chapter")


def test_a_file_in_parts_that_loses_rows_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    path.write_text(HEADER + MOBILENET + RESNET)

    def change(*_: object) -> None:
        path.write_text(HEADER + MOBILENET)

    said = r"^rank_table: .*models\.csv: of 2 rows only 1 can be read$"
    with pytest.raises(ValueError, match=said):
        rank_table(path, in_parts=True, progress=change)


def test_a_file_in_parts_that_gains_rows_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    path.write_text(HEADER + MOBILENET)

    def change(*_: object) -> None:
        path.write_text(HEADER + MOBILENET + RESNET)

    said = r"^rank_table: .*models\.csv: the file was changed while it was read$"
    with pytest.raises(ValueError, match=said):
        rank_table(path, in_parts=True, progress=change)


# Two sources, one result

FIGURES = st.one_of(
    st.from_regex(r"[0-9]{1,4}([.,][0-9]{0,4}){0,2} ?[MGk%]?", fullmatch=True),
    st.sampled_from(["", "-", "NA", "72.0±0.1", "1'234", "1 234,5", ".5", "5.", "1e3", "72.0"]),
)
CELLS = st.text(
    st.one_of(
        st.sampled_from("0123456789.,;\"'\n\r\t eE+-_MKkGBTmgx%\ufeff\u00a0\uff13\u0663\0é"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=6,
)
ROWS = st.lists(
    st.one_of(
        st.lists(CELLS, min_size=4, max_size=4),
        st.lists(FIGURES, min_size=4, max_size=4),
    ),
    max_size=6,
)


def outcome(data: bytes, **options: Any) -> Any:
    """What a table gives: a refusal, or the file that is written and what is said of cells."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "out.json")
        try:
            choices: dict[str, str] = {}
            with (
                ranked(source(data), choices, NETSCORE, Options(**options)) as ranking,
                target.open("w", encoding="utf-8") as stream,
            ):
                tables.write(ranking, stream, "json")
        except (ValueError, TypeError) as error:
            return type(error), str(error)
        said = (ranking.complaints, ranking.faults, ranking.unscored, ranking.rows)
        return target.read_bytes(), said, list(ranking.wrong()), ranking.doubts()


@settings(max_examples=150)
@given(
    rows=ROWS,
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    quoted=st.booleans(),
    top=st.sampled_from([None, 2]),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([None, ".", ","]),
)
@example(
    rows=[["a", "72", "3.4M", "3e8"], ["b", "75", "2e7"]],
    ends="\n",
    quoted=False,
    top=None,
    mark=",",
    decimal=None,
)
@example(
    rows=[["a", "72", "3.4M", "3e8", "x"]], ends="\n", quoted=False, top=1, mark=",", decimal=None
)
@example(
    rows=[["a", "72", "3.4M", "3e8"], [], ["b"] * 4],
    ends="\n",
    quoted=False,
    top=None,
    mark=",",
    decimal=None,
)
@example(
    rows=[["a", "72", "\uff13\uff14\uff10\uff10", "\u0663\u0664"]],
    ends="\n",
    quoted=False,
    top=None,
    mark=",",
    decimal=None,
)
@example(rows=[["a\0", "72", "1", "1"]], ends="\n", quoted=True, top=None, mark=",", decimal=None)
@example(
    rows=[["a\r", "72", "1e3", "1e4"], ["é", "72", "1e3", "1e4"]],
    ends="\r\n",
    quoted=True,
    top=2,
    mark=",",
    decimal=None,
)
@example(rows=[], ends="\n", quoted=False, top=None, mark=",", decimal=None)
def test_both_sources_of_text_give_the_same(
    rows: list[list[str]],
    ends: str,
    quoted: bool,
    top: int | None,
    mark: str,
    decimal: str | None,
) -> None:
    def line(row: list[str]) -> str:
        return mark.join('"{}"'.format(c.replace('"', '""')) if quoted else c for c in row) + ends

    data = (HEADER.replace(",", mark) + "".join(map(line, rows))).encode()
    options = {"top": top, "signature": True, "decimal": decimal}
    at_once = outcome(data, **options)
    assert outcome(data, **options, in_parts=True) == at_once
    with patch.object(text, "_BULK", 0):  # line by line
        assert outcome(data, **options) == at_once


@given(
    cells=st.lists(FIGURES, min_size=1),
    name=st.sampled_from(["top1", "params", "macs"]),
    decimal=st.sampled_from([None, ".", ","]),
    strict=st.booleans(),
)
def test_cells_are_read_together_as_one_by_one(
    cells: list[str], name: str, decimal: str | None, strict: bool
) -> None:
    found = []
    for together in (True, False):
        (column,) = (c for c in choose(["top1", "params", "macs"]) if c.name == name)
        column.decimal, column._with_unit = decimal, strict
        numbers: list[float] = []
        while not numbers or not column.settled({"."}, [","]):
            column.begin()
            one_by_one = map(column.number, [] if together else cells)
            numbers = column._numbers(cells).tolist() if together else [*one_by_one]
        found.append((repr(numbers), column.marks, column.remedies))
    assert found[0] == found[1]


@settings(max_examples=25)
@given(st.binary(max_size=40))
@example(b"\xff\xfem\0o\0")
@example(b"caf\xe9,72,1,1\n")
def test_both_sources_of_bytes_give_the_same(data: bytes) -> None:
    for start in (b"", HEADER.encode(), (HEADER + MOBILENET).encode()):
        assert outcome(start + data, in_parts=True) == outcome(start + data)


KEPT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@wrong_cells
@given(st.lists(st.tuples(KEPT, st.sampled_from(["72", "75.3", "", "x"]), KEPT), min_size=1))
def test_every_row_and_cell_of_the_user_is_kept(rows: list[tuple[str, str, str]]) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["a", "top1", "b", "params", "macs"])
    writer.writerows([*row, "3.4M", "300M"] for row in rows)
    frame = table(stream.getvalue()).frame
    assert frame is not None
    kept = [list(row[1:-2]) for row in frame.rows()]
    # Best first, ties and rows without a score in the order of the file.
    order = {"75.3": 0, "72": 1}
    expected = sorted(rows, key=lambda row: order.get(row[1], 2))
    assert kept == [[*row, "3.4M", "300M"] for row in expected]


def test_memory_is_a_few_numbers_per_row(tmp_path: Path) -> None:
    rows = 20_000
    row = "some-model-name,family,72.00,3400000,300000000,a comment\n"
    path = tmp_path / "models.csv"
    path.write_text("model,family,top1,params,macs,comment\n" + row * rows)
    rank_table(path, tmp_path / "out.csv")
    tracemalloc.start()
    try:
        rank_table(path, tmp_path / "out.csv")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A step of 16 384 rows is in memory as text, 12 MB; the others are nine numbers.
    assert peak - 12e6 < 150 * rows


@pytest.mark.parametrize("rows", [3, 4])
def test_text_goes_in_steps(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "ROWS", 2)
    data = HEADER + "".join(f"m{i},{90 - i},3.4M,300M\n" for i in range(rows))
    assert [row["model"] for row in records(data)] == [f"m{i}" for i in range(rows)]
    with ranked(source(data), {}, NETSCORE, Options(separator=",")) as ranking:
        table = ranking.table
        assert [len(cells[0]) for cells, _ in table.blocks(ranking)] == [2, rows - 2]
        assert len(list(table.blocks(ranking, noted=True))) == 2
        assert [row[0] for row in table.rows([2, 0])] == ["m2", "m0"]


def test_a_source_that_cannot_be_read_again_is_kept(tmp_path: Path, in_parts: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(
        [sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])", pipe,
         HEADER + RESNET + MOBILENET],
    )  # fmt: skip
    result = rank_table(pipe, in_parts=in_parts, top=1)
    writer.wait(timeout=30)
    assert result.frame["model"].to_list() == ["MobileNetV2"]
    # An open file is read from where it stands.
    path = tmp_path / "models.csv"
    path.write_text("a title\n" + HEADER + RESNET + MOBILENET)
    with path.open("rb") as stream:
        stream.readline()
        frame = rank_table(stream, in_parts=in_parts).frame
    assert frame["model"].to_list() == ["MobileNetV2", "ResNet-50"]


# Ranking


def test_a_name_in_quotation_marks_is_written_as_it_was(tmp_path: Path, in_parts: bool) -> None:
    data = f'{HEADER}"a ""big"", one",75.3,25600000,3800000000\n{MOBILENET}'
    rank_table(source(data), tmp_path / "out.csv", in_parts=in_parts)
    with (tmp_path / "out.csv").open(newline="") as stream:
        names = [row["model"] for row in csv.DictReader(stream)]
    assert names == ["MobileNetV2", 'a "big", one']


def test_a_narrow_table_keeps_the_names_wherever_they_stand() -> None:
    notes = ",".join(f"a rather long note {i}" for i in range(8))
    shown = str(table(f"{notes},model,top1,params,macs\n{notes},Mine,72,3.4M,0.3G\n"))
    head, row, *_ = shown.splitlines()
    assert head.split()[0] == "Rank"
    assert "model" in head
    assert "Mine" in row
    assert "note 7" not in head


def test_a_table_without_names_is_shown(in_parts: bool) -> None:
    shown = str(table("top1,params,macs\n75.3,25.6M,3.8G\n72,3.4M,0.3G\n", in_parts=in_parts))
    # 74.21 is published, of MobileNetV2.
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["1", "72", "3.4M", "300M", "74.21", "21.18"],
        ["2", "75.3", "25.6M", "3.8G", "55.19", "2.94"],
    ]


def test_scores_ranks_and_order(in_parts: bool) -> None:
    rows = records(
        HEADER + RESNET + MOBILENET + "zero,0,1M,1M\nnone,,1M,1M\nsame,72,3.4M,0.3G\n",
        in_parts=in_parts,
    )
    assert [row["model"] for row in rows] == ["MobileNetV2", "same", "ResNet-50", "zero", "none"]
    assert [row["rank"] for row in rows] == [1, 1, 3, 4, None]
    assert rows[0]["netscore"] == pytest.approx(omega(72.0, 3.4, 0.3), rel=1e-14)
    assert rows[2]["netscore"] == pytest.approx(omega(75.3, 25.6, 3.8), rel=1e-14)
    assert rows[0]["information_density"] == pytest.approx(72.0 / 3.4, rel=1e-14)
    # An accuracy of 0 has a score, the lowest.
    assert (rows[3]["netscore"], rows[3]["information_density"]) == (-inf, 0)


def test_rank_comes_first_and_scores_last_and_nothing_is_overwritten(in_parts: bool) -> None:
    header = "rank,netscore,netscore_2,top1,params,macs,information_density,signature"
    row = ["my rank", "my score", "2", "72", "3.4M", "300M", "my density", "mine"]
    (record,) = records(f"{header}\n{','.join(row)}\n", signature=True, in_parts=in_parts)
    names = [
        "rank_2",
        *header.split(","),
        *("netscore_3", "information_density_2", "signature_2"),
    ]
    assert list(record) == names
    assert list(record.values())[1:9] == row
    assert record["signature_2"] == signature()


@pytest.mark.parametrize(
    ("exponents", "best"),
    [({}, "right"), ({"alpha": 1.0}, "small"), ({"beta": 0.75}, "few"), ({"gamma": 0.75}, "small")],
)
@pytest.mark.parametrize("options", [{}, {"top": 1}, {"pareto": True}])
def test_every_exponent_counts(
    options: dict[str, Any], exponents: dict[str, Any], best: str, in_parts: bool
) -> None:
    # By hand, in decibels: 80 - 15 - 15, 60 - 20 + 7 and 60 + 6 - 20 under the default exponents.
    # Alpha halves the first terms; beta makes half as much again of the second ones, gamma of the
    # third ones.
    data = (
        "model,top1,params,macs\nright,100,31622776.6,31622776601.7\n"
        "small,31.6227766,1e8,199526231.5\nfew,31.6227766,251188.643,1e11\n"
    )
    rows = records(data, **options, **exponents, signature=True, in_parts=in_parts)
    assert rows[0]["model"] == best
    assert rows[0]["signature"] == signature(**exponents)


def test_the_result_is_written_in_every_format(tmp_path: Path, in_parts: bool) -> None:
    written = {}
    for suffix in (".txt", ".csv", ".tsv", ".json", ".md"):
        data = HEADER + MOBILENET + "none,,1,1\n"
        result = rank_table(source(data), tmp_path / f"o{suffix}", in_parts=in_parts)
        assert (result.written, result.frame) == (2, None)
        assert str(result) == repr(result) == "RankedTable(rows=2, unscored=1, written=2)"
        written[suffix] = (tmp_path / f"o{suffix}").read_text()
    score = omega(72, 3.4, 0.3)
    assert json.loads(written[".json"])[0]["netscore"] == pytest.approx(score, rel=1e-14)
    assert json.loads(written[".json"])[1]["netscore"] is None
    assert written[".csv"].splitlines()[2] == ",none,,1,1,,"
    assert written[".tsv"].splitlines()[2] == "\tnone\t\t1\t1\t\t"
    assert written[".txt"].splitlines()[1].split()[-2:] == ["74.21", "21.18"]
    assert written[".md"].splitlines()[3] == "|  | none |  | 1 | 1 |  |  |"


def test_a_result_prints_its_first_rows(in_parts: bool) -> None:
    data = HEADER + "".join(f"m{i},{90 - i},3.4M,300M\n" for i in range(23))
    lines = str(table(data, in_parts=in_parts)).splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["Rank", "model"], ["1", "m0"], ["2", "m1"]]
    assert (len(lines), lines[-1]) == (22, "3 more")
    best = table(data, in_parts=in_parts, top=1)
    assert str(best).splitlines() == lines[:2]
    assert str(pickle.loads(pickle.dumps(best))) == str(copy.deepcopy(best)) == str(best)


def test_options_are_checked(tmp_path: Path) -> None:
    data = HEADER + MOBILENET
    with pytest.raises(ValueError, match=r"^rank_table: top must be positive, got 0"):
        table(data, top=0)
    with pytest.raises(TypeError, match=r"^rank_table: top must be an integer, got 1\.5"):
        table(data, top=1.5)
    with pytest.raises(ValueError, match=r"^rank_table: beta must be 0, or from 1e-06 to 1000"):
        table(data, beta=-1.0)
    with pytest.raises(ValueError, match=r"^rank_table: among must be 'chapter', 'torchvis"):
        table(data, among="others")
    with pytest.raises(ValueError, match=r"^rank_table: among is for a table that is not read in"):
        table(data, among="chapter", in_parts=True)
    for name in ("out.doc", "out"):
        message = r"^rank_table: the suffix of a file must be one of \.txt, \.csv, .*, \.ipc, got '"
        with pytest.raises(ValueError, match=message):
            table(data, target=tmp_path / name)
    endless: list[Any] = []
    endless.append(endless)
    with tempfile.NamedTemporaryFile("w+") as text:
        for wrong in (None, 5, io.StringIO(data), text, [1], 10**5000, endless, [[tmp_path]]):
            message = "^rank_table: source must be a path, a binary file or a frame, got "
            with pytest.raises(TypeError, match=message):
                rank_table(wrong)
    with pytest.raises(TypeError, match=r"^rank_table: target must be a path, got .* StringIO$"):
        table(data, target=io.StringIO())
    columns: Any = ["params"]
    with pytest.raises(
        TypeError, match=r"^rank_table: columns must be a mapping, got \['params'\]$"
    ):
        table(data, columns=columns)
    with pytest.raises(TypeError, match=r"^rank_table: params and columns\['params'\] cannot both"):
        table(data, params="params", columns={"params": "params"})
    with pytest.raises(
        ValueError, match=r"^rank_table: in_parts is for files and a LazyFrame, got"
    ):
        rank_table(pl.DataFrame(), in_parts=True)
    with pytest.raises(FileNotFoundError):
        rank_table(tmp_path / "missing.csv")


# Among other networks


def test_ranks_among_the_60() -> None:
    with pytest.warns(UserWarning, match="column 'top1'"):
        rows = records(HEADER + "mine,72.0,3.4M,300M\nbad,x,1G,1G\n", among="chapter")
    assert len(rows) == 62
    mine = next(row for row in rows if row["model"] == "mine")
    theirs = next(row for row in rows if row["model"] == "MobileNetV2")
    # The same figures: both are third, the user's row stands first.
    assert mine == {**theirs, "model": "mine", "reference": None, "params": "3.4M", "macs": "300M",
                    "top1": "72.0"}  # fmt: skip
    assert (mine["rank"], rows.index(mine), rows.index(theirs)) == (3, 2, 3)
    assert theirs["reference"] == "yes"
    assert [row["rank"] for row in rows] == [1, 2, 3, 3, *range(5, 62), None]
    assert sum(row["reference"] == "yes" for row in rows) == 60
    assert rows[-1]["model"] == "bad"


def test_the_front_among_the_60() -> None:
    own = [("tiny", 40.0, 1e6, 5e7), ("big", 71.0, 1e9, 1e12)]
    data = HEADER + "".join(f"{n},{a},{p},{m}\n" for n, a, p, m in own)
    every = [*own, *((n.name, *n.figures) for n in load_networks())]

    def beaten(one: Any) -> bool:
        return any(
            a >= one[1] and p <= one[2] and m <= one[3] and (a, p, m) != one[1:]
            for _, a, p, m in every
        )

    found = records(data, among="chapter", pareto=True)
    assert {row["model"] for row in found} == {one[0] for one in every if not beaten(one)}


def test_bounds_hold_for_the_60_too() -> None:
    data = HEADER + "mine,72.0,3.4M,300M\nlow,40,3.4M,300M\n"
    found = records(data, among="chapter", min_accuracy=71, max_params=4e6)
    names = {n.name for n in load_networks() if n.accuracy >= 71 and n.params <= 4e6}
    assert len(names) > 1
    assert {row["model"] for row in found} == {"mine"} | names
    assert min(row["rank"] for row in found) == 1
    assert max(row["rank"] for row in found) <= len(found)


def test_figures_of_others_are_written_in_the_users_units() -> None:
    networks = [find_network("AlexNet"), find_network("SENet-154")]
    data = "arch,a,p,m,comment\nmine,0.72,3.4,0.6,hello\n"
    units = {"accuracy": "a:fraction", "params": "p:M", "macs": "m:GFLOP"}
    by_name = {row["arch"]: row for row in records(data, among=networks, **units)}
    # AlexNet: 57.1 %, 60 000 000 params, 720 000 000 MACs, hence 1.44 GFLOPs.
    alexnet = by_name["AlexNet"]
    assert [alexnet[name] for name in "apm"] == ["0.571", "60", "1.44"]
    assert alexnet["comment"] is None
    assert alexnet["netscore"] == pytest.approx(omega(57.1, 60, 0.72), rel=1e-14)
    # SENet-154: 82.72 %, 115 088 984, 42.3 G.
    assert [by_name["SENet-154"][name] for name in "apm"] == ["0.8272", "115.088984", "84.6"]
    # What is written reads back as the same network.
    again = records("a,p,m\n{a},{p},{m}\n".format(**alexnet), **units)
    assert again[0]["netscore"] == pytest.approx(alexnet["netscore"], rel=1e-14)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("id,Model Name,top1,params,macs", "Model Name"),
        ("id,arch,name,top1,params", "arch"),
        ("top1,params,macs,id,comment", "id"),
        ("index,top1,params,macs,comment", "comment"),
        ("top1,model,params,macs", "model"),
        ("top1,params,macs", "network"),
    ],
)
def test_names_of_others_go_to_the_users_column_of_names(header: str, column: str) -> None:
    names = header.split(",")
    cells = {"top1": "72", "params": "3.4M", "macs": "300M"}
    row = ",".join(cells.get(name, "x") for name in names)
    choices = {} if "macs" in names else {"macs": "id"}
    if choices:
        row = row.replace("x", "300M", 1)
    others: list[Network] = [find_network("VGG-16")]
    rows = records(f"{header}\n{row}\n", among=iter(others), **choices)
    assert rows[1][column] == "VGG-16"
    assert list(rows[1])[1:-3] == [*(["network"] if column == "network" else []), *names]


MINE: dict[str, list[Any]] = {
    "model": ["mine", "other"],
    "top1": [72.0, 75.3],
    "params": [3_400_000, 25_600_000],
    "gmacs": ["0.3", "3.8"],
    "seed": [1, 2],
}


def of_kinds(columns: dict[str, list[Any]]) -> list[Any]:
    frame = pd.DataFrame(columns)
    return [frame, pl.DataFrame(columns), pl.LazyFrame(columns), pa.table(columns)]


def as_columns(frame: Any) -> dict[str, list[Any]]:
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pd.DataFrame):
        return {str(name): frame[name].tolist() for name in frame}
    found: dict[str, list[Any]] = pl.DataFrame(frame).to_dict(as_series=False)
    return found


@pytest.mark.parametrize("place", range(4), ids=["pandas", "polars", "lazy", "pyarrow"])
def test_a_frame_is_ranked_among_the_weights_of_torchvision(place: int) -> None:
    given = of_kinds(MINE)[place]
    ranked = rank_table(given, among="torchvision")
    assert type(ranked) is type(given)
    found = as_columns(ranked)
    assert list(found) == [
        *("rank", "model", "top1", "params", "gmacs", "seed"),
        *("netscore", "information_density", "reference"),
    ]
    own = [omega(72.0, 3.4, 0.3), omega(75.3, 25.6, 3.8)]
    weights = load_networks("torchvision")
    scores = [n.netscore for n in weights]
    for name, score in zip(MINE["model"], own):
        row = found["model"].index(name)
        higher = sum(other > score for other in [*scores, *own])
        assert found["rank"][row] == 1 + higher
        assert row == higher
        assert pd.isna(found["reference"][row])
    assert sum(mark == "yes" for mark in found["reference"]) == 115
    theirs = found["model"].index("resnet50 (IMAGENET1K_V2)")
    # In the kind of each column: text for MACs in billions, whole numbers for params.
    assert [found[name][theirs] for name in ("top1", "params", "gmacs")] == [
        80.858, 25_557_032, "4.089",
    ]  # fmt: skip
    assert type(found["params"][theirs]) is int
    assert pd.isna(found["seed"][theirs])
    last = [values[-1] for values in found.values()]
    assert last[1] == "vgg16 (IMAGENET1K_FEATURES)"
    assert pd.isna(last[0])
    assert pd.isna(last[2])


@pytest.mark.parametrize("place", range(4), ids=["pandas", "polars", "lazy", "pyarrow"])
def test_networks_get_a_column_of_names_in_a_frame_of_figures(place: int) -> None:
    bare: dict[str, list[Any]] = {"top1": [72.0], "params": [3_400_000.0], "macs": [300_000_000]}
    found = as_columns(rank_table(of_kinds(bare)[place], among=[("a, b", 71.5, 3.2e6, 2.5e8)]))
    assert list(found)[:5] == ["rank", "network", "top1", "params", "macs"]
    assert found["network"][0] == "a, b"
    assert pd.isna(found["network"][1])
    assert found["top1"] == [71.5, 72.0]


@pytest.mark.parametrize(
    ("rows", "separator", "written"),
    [
        ([["A", "72,5", "3", "1"], ["B", "75,1", "25", "4"]], ";", ("76,13", "25,557032", "4,089")),
        ([["A", "72,5", "3", "1"], ["B", "75,1", "25", "4"]], ",", ("76,13", "25,557032", "4,089")),
        ([["A", "72", "3", "1"], ["B", "75", "25", "4"]], ";", ("76.13", "25.557032", "4.089")),
        ([["A", "72.5", "3", "1"], ["B", "75.1", "25", "4"]], ";", ("76.13", "25.557032", "4.089")),
    ],
)
def test_figures_of_others_have_the_mark_of_the_table_and_are_numbers_in_json(
    rows: list[list[str]], separator: str, written: tuple[str, ...], tmp_path: Path
) -> None:
    path, mine = tmp_path / "mine.csv", tmp_path / "out.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(
            [["model", "top1", "Params (M)", "GMACs"], *rows]
        )
    rank_table(path, mine, among="torchvision")
    with mine.open(newline="") as file:
        found = {row["model"]: row for row in csv.DictReader(file)}
    theirs = found["resnet50 (IMAGENET1K_V1)"]
    assert tuple(theirs[name] for name in ("top1", "Params (M)", "GMACs")) == written
    rank_table(path, tmp_path / "out.json", among="torchvision")
    records = json.loads((tmp_path / "out.json").read_text())
    assert {type(row[name]) for row in records for name in ("Params (M)", "GMACs")} <= {int, float}
    (theirs,) = (row for row in records if row["model"] == "resnet50 (IMAGENET1K_V1)")
    assert [theirs[name] for name in ("top1", "Params (M)", "GMACs")] == [76.13, 25.557032, 4.089]


def test_figures_of_others_are_texts_beside_one_that_has_two_readings(tmp_path: Path) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / "out.json"
    path.write_text("model;top1;Params (M);GMACs\nA;72;3;1.234\n")
    with pytest.warns(UserWarning, match=r"'1\.234' can be 1\.234 or 1234"):
        rank_table(path, out, among=[("b", 71.0, 3.2e6, 4.089e9)])
    found = {row["model"]: row["GMACs"] for row in json.loads(out.read_text())}
    assert found == {"b": "4.089", "A": "1.234"}


def test_numbers_of_a_frame_beside_text_with_commas_are_ranked_among_others() -> None:
    frame = pd.DataFrame({"model": ["A"], "top1": ["72,5"], "params": [3.4e6], "gmacs": [0.3]})
    found = rank_table(frame, among=[("b", 71.5, 3.2e6, 2.5e8)])
    assert found["gmacs"].tolist() == [0.25, 0.3]
    assert found["top1"].tolist() == ["71,5", "72,5"]


def test_a_table_of_arrow_with_names_of_other_types_is_ranked_among_others() -> None:
    figures = {"top1": [72.0], "params": pa.array([3_400_000]).dictionary_encode(), "macs": [3e8]}
    for names in (pa.array(["a"]).dictionary_encode(), pa.array([7]), pa.array([date(2018, 1, 2)])):
        found = rank_table(pa.table({"model": names, **figures}), among=[("b", 71.5, 3.2e6, 2.5e8)])
        assert found["model"].to_pylist() == ["b", str(names[0].as_py())]
        assert found["params"].to_pylist() == [3_200_000, 3_400_000]


def test_an_index_of_names_is_a_column_among_others() -> None:
    frame = pd.DataFrame(MINE).set_index("model")
    ranked = rank_table(frame, among="chapter")
    assert list(ranked.columns)[:3] == ["rank", "model", "top1"]
    assert {"mine", "MobileNetV2"} <= set(ranked["model"])
    assert ranked.index.is_unique


def test_what_is_wrong_with_dicts_is_said_of_the_dicts() -> None:
    nested = [{"name": "x", "figures": {"top1": 72, "params": 3e6, "macs": 3e8}}]
    said = "^rank_table: among: the dicts: 'figures' holds names and values: make columns of it"
    with pytest.raises(ValueError, match=said):
        table(HEADER + MOBILENET, among=nested)


def test_dicts_may_hold_what_json_does_not() -> None:
    figures = {
        "accuracy": np.float32(72.5),
        "params": np.int64(3_000_000),
        "macs": Decimal(3 * 10**8),
    }
    others = [{"name": "x", **figures, "day": date(2018, 1, 13)}]
    assert table(HEADER + MOBILENET, among=others).written == 2


def test_files_are_ranked_among_files(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.parquet", tmp_path / "theirs.csv"
    pl.DataFrame(MINE).write_parquet(mine)
    theirs.write_text("name,accuracy,params,macs\nx,73,3.4M,0.3G\n")
    result = rank_table(mine, among=theirs)
    assert result.frame["model"].to_list() == ["x", "mine", "other"]
    assert (result.rows, result.written, result.among) == (2, 3, f"1 network of {theirs}")
    # A line of a page of 80 columns may break, within a long word, too.
    assert "".join(str(result).split()).endswith(f"rankedamong1networkof{theirs}")
    written = rank_table(mine, tmp_path / "out.csv", among="chapter")
    assert written.among == "60 ImageNet networks of 2012 to 2018"
    assert rank_table(mine).among is None


# Files of columns, and tables in parts


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small table have many batches, parts and cuts."""
    monkeypatch.setattr(frames, "_ROWS", 64)
    monkeypatch.setattr(frames, "_STEP", 8)
    monkeypatch.setattr(frames, "_RECORDS", 16)
    monkeypatch.setattr(text, "ROWS", 24)


def candidates(rows: int, *, ties: bool = False) -> Any:
    """Return a table with missing figures, an accuracy of 0 and, if asked, many equal scores."""
    generator = np.random.default_rng(5)
    accuracy = (
        generator.choice([50.0, 60.0, 70.0], rows) if ties else generator.uniform(1, 90, rows)
    )
    accuracy[3:5] = 0.0
    accuracy[rows // 2] = nan
    params = (10 ** generator.uniform(5, 8, rows)).astype(np.int64)
    macs = 10 ** generator.uniform(7, 10, rows)
    if ties:
        params[:], macs[:] = 1_000_000, 1e9
    return pl.DataFrame(
        {
            "name": [f"c{i}" for i in range(rows)],
            "top1": accuracy,
            "params": pl.Series(params).replace({int(params[7]): None}) if not ties else params,
            "macs": macs,
        }
    )


def expected(frame: Any) -> Any:
    """Rank a table in memory, with the functions for arrays on whole columns."""
    figures = [frame[name].cast(pl.Float64).to_numpy() for name in ("top1", "params", "macs")]
    scores = netscore(*figures)
    density = np.where(np.isnan(scores), nan, information_density(*figures[:2]))
    ranks = np.where(np.isnan(scores), -1, rank(scores))
    order = np.argsort(-scores, kind="stable")
    whole = frame.select(
        pl.Series("rank", ranks).replace({-1: None}),
        pl.all(),
        pl.Series("netscore", scores, nan_to_null=True),
        pl.Series("information_density", density, nan_to_null=True),
    )
    return whole[order]


WRITE: dict[str, Callable[[Any, Path], None]] = {
    ".parquet": lambda frame, path: frame.write_parquet(path),
    ".pq": lambda frame, path: frame.write_parquet(path),
    ".arrow": lambda frame, path: frame.write_ipc(path),
    ".feather": lambda frame, path: frame.write_ipc(path),
    ".ipc": lambda frame, path: frame.write_ipc(path),
}


def write(frame: Any, path: Path) -> Path:
    WRITE[path.suffix.lower()](frame, path)
    return path


def read(path: Path) -> Any:
    of_arrow = path.suffix in (".arrow", ".feather", ".ipc")
    return (pl.read_ipc if of_arrow else pl.read_parquet)(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_file_is_ranked_as_arrays_are(
    tmp_path: Path, small_parts: None, suffix: str, ties: bool
) -> None:
    frame = candidates(1000, ties=ties)
    path = write(frame, tmp_path / f"candidates{suffix}")
    ranking = rank_table(path, tmp_path / f"ranked{suffix}")
    result = read(tmp_path / f"ranked{suffix}")
    assert result.equals(expected(frame))
    assert (ranking.rows, ranking.written, ranking.frame) == (1000, 1000, None)
    assert ranking.unscored == result["rank"].null_count() > 0
    assert sorted(each.name for each in tmp_path.iterdir()) == [path.name, f"ranked{suffix}"]


@pytest.mark.parametrize("suffix", [".parquet", ".pq", ".PQ", ".arrow", ".feather", ".ipc"])
def test_every_suffix_is_known(tmp_path: Path, suffix: str) -> None:
    frame = candidates(50)
    path, target = write(frame, tmp_path / f"candidates{suffix}"), tmp_path / f"ranked{suffix}"
    rank_table(path, target)
    assert read(target.rename(tmp_path / f"ranked{suffix.lower()}")).equals(expected(frame))


def test_result_without_a_target_is_a_frame(tmp_path: Path) -> None:
    frame = candidates(50)
    ranking = rank_table(write(frame, tmp_path / "candidates.parquet"))
    assert ranking.frame.equals(expected(frame))


@pytest.mark.parametrize("k", [1, 10, 5000])
@pytest.mark.parametrize("ties", [False, True])
def test_top_is_the_head_of_the_whole(
    tmp_path: Path, small_parts: None, k: int, ties: bool
) -> None:
    frame = candidates(1000, ties=ties)
    whole = expected(frame)
    result = rank_table(write(frame, tmp_path / "candidates.parquet"), top=k).frame
    assert result.equals(whole.filter(pl.col("rank").is_not_null()).head(k))
    assert rank_table(frame, top=k).equals(result)


@pytest.mark.parametrize("limit", [None, 3])
def test_front_of_the_fronts_is_the_front(
    tmp_path: Path, small_parts: None, limit: int | None
) -> None:
    frame = candidates(1000)
    path = write(frame, tmp_path / "candidates.parquet")
    result = rank_table(path, pareto=True, top=limit).frame
    whole = expected(frame)
    # Ranks are those among all rows, not those on the front.
    on_front = pareto_front(whole["top1"], whole["params"], whole["macs"])
    assert result.equals(whole.filter(on_front).head(limit or 1000))
    assert rank_table(frame, pareto=True, top=limit).equals(result)


def test_few_rows_are_kept_of_many_parts(
    tmp_path: Path, small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(candidates(1000), tmp_path / "candidates.parquet")
    heights: list[int] = []
    concat = pl.concat

    def noted(parts: Any, **options: Any) -> Any:
        held = list(parts)
        if len(held) > 1:
            heights.append(sum(part.height for part in held))
        return concat(held, **options)

    monkeypatch.setattr(pl, "concat", noted)
    assert rank_table(path, top=3).written == 3
    # Of 16 parts, the best three of one and of those before.
    assert max(heights) == 6


@pytest.mark.parametrize("options", [{}, {"top": 30}, {"pareto": True}])
def test_text_in_many_parts_is_ranked_as_at_once(
    tmp_path: Path, small_parts: None, options: dict[str, Any]
) -> None:
    path = tmp_path / "candidates.csv"
    candidates(500).fill_nan(None).write_csv(path)
    for form in (".csv", ".parquet"):
        written = []
        for in_parts in (False, True):
            target = tmp_path / f"{in_parts}{form}"
            result = rank_table(path, target, in_parts=in_parts, signature=True, **options)
            assert result.rows == 500
            written.append(target.read_bytes() if form == ".csv" else read(target).to_dicts())
        assert written[0] == written[1]


@pytest.mark.parametrize("quality", ["good", "mixed", "bad", "ties"])
def test_a_whole_ranking_is_merged_in_small_pieces(
    tmp_path: Path, small_parts: None, quality: str
) -> None:
    frame = candidates(1000, ties=True)
    if quality != "ties":
        generator = np.random.default_rng(6)
        # Scores from about 35 to 78, -15 to 28 and -65 to -22 dB.
        counts = {"good": (1e6, 1e9), "mixed": (1e9, 1e11), "bad": (1e12, 1e13)}
        params, macs = counts[quality]
        frame = frame.with_columns(
            pl.Series("top1", generator.uniform(9, 90, 1000)),
            pl.Series("params", params * generator.uniform(1, 2, 1000)),
            macs=pl.lit(macs),
        )
    wrote = [0]
    ranking = rank_table(
        write(frame, tmp_path / "candidates.parquet"),
        progress=lambda did, rows: wrote.append(rows) if did == "wrote" else None,
    )
    assert ranking.frame.equals(expected(frame))
    assert wrote[-1] == 1000
    # As many as a batch has, and for each of the 16 parts as many as lie between two samples.
    assert max(np.diff(wrote)) <= 64 + 16 * 8


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_progress_says_what_was_read_and_written(
    tmp_path: Path, small_parts: None, suffix: str
) -> None:
    said: list[tuple[str, int]] = []
    path = tmp_path / f"candidates{suffix}"
    frame = candidates(200)
    if suffix == ".csv":
        frame.fill_nan(None).write_csv(path)
    else:
        write(frame, path)
    rank_table(path, tmp_path / "ranked.csv", progress=lambda did, rows: said.append((did, rows)))
    for wanted in ("read", "wrote"):
        steps = [rows for did, rows in said if did == wanted]
        assert steps == sorted(steps)
        assert (steps[-1], len(steps) > 2) == (200, True)


def test_sorted_parts_lie_beside_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    path = write(candidates(50), tmp_path / "candidates.parquet")
    assert rank_table(path, tmp_path / "ranked.parquet").written == 50
    with pytest.raises(FileNotFoundError):
        rank_table(path)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_names_are_no_patterns(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "folder [1]"
    folder.mkdir()
    frame = candidates(50).drop_nulls().drop_nans()
    path = write(frame, folder / f"candidates [1]{suffix}")
    target = folder / f"ranked [1]{suffix}"
    assert rank_table(path, target).written == 48
    # Two have an accuracy of 0 and share the last rank.
    assert read(target)["rank"].to_list() == [*range(1, 47), 47, 47]


@pytest.mark.parametrize("options", [{}, {"top": 3}, {"pareto": True}])
def test_table_without_rows(tmp_path: Path, options: dict[str, Any]) -> None:
    empty = candidates(20).clear()
    result = rank_table(write(empty, tmp_path / "candidates.parquet"), signature=True, **options)
    assert (result.rows, result.written, result.frame.height) == (0, 0, 0)
    frame = rank_table(empty, signature=True, **options)
    assert frame.schema == result.frame.schema
    lazy = rank_table(empty.lazy(), signature=True, in_parts=True, **options)
    assert lazy.collect().equals(frame)
    assert next(iter(frame.schema.items())) == ("rank", pl.Int64())
    assert list(frame.schema.items())[-1] == ("signature", pl.String())


@wrong_cells
def test_text_without_a_row_to_keep(tmp_path: Path, in_parts: bool) -> None:
    data = HEADER + "a,x,3.4M,300M\n"
    rank_table(source(data), tmp_path / "out.parquet", top=1, in_parts=in_parts)
    for frame in (table(data, top=1, in_parts=in_parts).frame, read(tmp_path / "out.parquet")):
        assert frame is not None
        names = ["rank", *HEADER.rstrip().split(","), "netscore", "information_density"]
        kinds = [pl.Int64, *[pl.String] * 4, pl.Float64, pl.Float64]
        assert (frame.height, dict(frame.schema)) == (0, dict(zip(names, kinds)))


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_null_and_nan_are_missing_without_a_warning(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame(
        {
            "top1": [72.0, None, nan, 72.0, 72.0, 72.0],
            "params": [3e6, 3e6, 3e6, None, 3e6, nan],
            "macs": [3e8, 3e8, 3e8, 3e8, None, 3e8],
        }
    )
    ranking = rank_table(write(frame, tmp_path / f"candidates{suffix}"))
    assert ranking.unscored == 5
    assert ranking.frame["rank"].to_list() == [1, None, None, None, None, None]
    none = rank_table(frame.with_columns(top1=pl.lit(None, pl.Float64)))
    assert none["rank"].to_list() == [None] * 6


def test_wrong_values_have_no_score_and_are_reported(tmp_path: Path, small_parts: None) -> None:
    frame = candidates(200).with_columns(
        pl.Series("macs", [1e9] * 100 + [-3.0] + [1e9] * 49 + [inf] * 2 + [1e9] * 48)
    )
    path = write(frame, tmp_path / "candidates.parquet")
    message = (
        r"^rank_table: column 'macs' must be positive and finite, got -3\.0 at position 100 "
        r"\(3 of 200 values are wrong\); such rows have no score"
    )
    with pytest.warns(UserWarning, match=message):
        result = rank_table(path).frame
    assert result.height == 200
    wrong = result.filter(pl.col("macs").is_in([-3.0, inf]))
    assert wrong.select("rank", "netscore", "information_density").null_count().row(0) == (3, 3, 3)
    with ranked(path, {}, NETSCORE, Options()) as ranking:
        assert ranking.complaints[:3] == [
            f"{path} position 7, column params: empty",
            f"{path} position 100, column top1: empty",
            f"{path} position 100, column macs: must be positive and finite, got -3.0",
        ]


def test_figures_in_another_unit_are_named_from_least_to_most(
    tmp_path: Path, small_parts: None
) -> None:
    share = np.random.default_rng(9).permutation(np.linspace(0.25, 0.75, 201))
    frame = pl.DataFrame({"top1": share, "params": [3e6] * 201, "macs": [3e8] * 201})
    path = write(frame, tmp_path / "candidates.parquet")
    with pytest.warns(UnitWarning, match=r"^rank_table: accuracy was read as 0\.25 to 0\.75 perc"):
        rank_table(path)
    # One accuracy above 1 and none is taken for a share, unless some may be; that can be said.
    frame = frame.with_columns(pl.Series("top1", [*share[:-1], 1.5]))
    some = "some rows may be in another unit; if not: accuracy='top1:percent'"
    with pytest.warns(UnitWarning) as given:
        rank_table(write(frame, path))
    assert str(given[0].message).endswith(f" to 1.5 percent; {some}")
    assert rank_table(path, accuracy="top1:percent").unscored == 0
    # Of 300,000,000 are 2900 less than a hundred-thousandth.
    counts = {"top1": [72.0, 76.0], "params": [3.4e6, 25.6e6], "macs": [3e8, 2900.0]}
    with pytest.warns(UnitWarning, match=r"some rows may be in another unit; if not: macs='macs:'"):
        rank_table(pl.DataFrame(counts))


def test_columns_of_other_kinds_are_refused(tmp_path: Path) -> None:
    for kind, values in (("Boolean", [True]), ("List(Float64)", [[72.0]])):
        frame = pl.DataFrame({"top1": values, "params": [3e6], "macs": [3e8]})
        path = write(frame, tmp_path / "candidates.parquet")
        for each in (path, frame):
            with pytest.raises(TypeError) as error:
                rank_table(each)
            assert str(error.value) == (
                f"rank_table: column 'top1' must hold numbers or text, got {kind}"
            )


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "candidates.parquet"
    path.write_bytes(b"no parquet")
    with pytest.raises(ValueError, match=r"^rank_table: .*candidates\.parquet: .+\Z"):
        rank_table(path)
    with pytest.raises(FileNotFoundError):
        rank_table(tmp_path / "missing.parquet")
    target = tmp_path / "folder.parquet"
    target.mkdir()
    with pytest.raises(OSError, match=r"folder\.parquet"):
        rank_table(write(candidates(20), path), target)
    assert len(list(tmp_path.iterdir())) == 2


def test_numbers_of_32_bits_are_written_with_the_digits_that_they_need(
    tmp_path: Path, run: Runner
) -> None:
    values = {"model": ["a", "b"], "top1": [72.1, None], "params": [3.4, 2.5], "macs": [3e8, 3e8]}
    kinds = {"top1": pl.Float32, "params": pl.Float32}
    frame = pl.DataFrame({**values, "x": [float("inf"), 0.1]}, schema_overrides=kinds)
    frame = frame.with_columns(pl.col("x").cast(pl.Float32))
    path = write(frame, tmp_path / "single.parquet")
    given: dict[str, Any] = {"params": "params:M"}
    for source in (path, frame, pl.DataFrame(frame).to_pandas()):
        rank_table(source, tmp_path / "out.csv", **given)
        _, first, second = (tmp_path / "out.csv").read_text().splitlines()
        assert first.startswith("1,a,72.1,3.4,300000000.0,inf,")
        assert second.startswith(",b,,2.5,300000000.0,0.1,")
        rank_table(source, tmp_path / "among.csv", among="chapter", **given)
        assert ",a,72.1,3.4,300000000.0,inf," in (tmp_path / "among.csv").read_text()
    for form in ("text", "csv", "markdown", "json"):
        out = run("rank", str(path), "--params", "params:M", "--format", form).out
        assert "72.1" in out
        assert "72.09" not in out
        assert "3.40000" not in out
    assert re.search(r"^ +1 +a +72\.1 +3\.4 ", str(rank_table(path, **given)), re.MULTILINE)
    # The score is that of the values, and a file of columns has them as they were.
    single = float(np.float32(72.1)), float(np.float32(3.4))
    rank_table(path, tmp_path / "out.parquet", **given)
    kept = pl.read_parquet(tmp_path / "out.parquet")
    assert kept["top1"].dtype == pl.Float32
    assert kept["netscore"][0] == pytest.approx(omega(*single, 0.3), rel=1e-14)


# No row is lost in silence


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A Parquet file with one page header in the middle that says a wrong size."""
    path = tmp_path / "damaged.parquet"
    candidates(20_000).write_parquet(
        path, row_group_size=5000, compression="uncompressed", statistics=False
    )
    data = bytearray(path.read_bytes())
    place = pq.read_metadata(path).row_group(2).column(1).data_page_offset
    data[place + 9] = 1
    path.write_bytes(data)
    return path


OPTIONS: list[dict[str, Any]] = [{}, {"top": 5}, {"pareto": True}]


@pytest.mark.parametrize("options", [*OPTIONS, {"among": "chapter"}])
def test_a_damaged_file_is_an_error(
    damaged: Path, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = damaged.parent
    for each, target in (
        (damaged, None),
        (damaged, folder / "out.parquet"),
        (damaged, folder / "out.csv"),
        (pl.scan_parquet(damaged), None),
    ):
        with pytest.raises(ValueError, match=r"^rank_table: "):
            rank_table(each, target, **options)
    with pytest.raises(ValueError, match=r"^rank_table: the LazyFrame: "):
        rank_table(pl.scan_parquet(damaged), in_parts="among" not in options, **options)
    assert list(folder.iterdir()) == [damaged]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("second", [False, True])
def test_batches_that_end_early_are_an_error(
    tmp_path: Path, options: dict[str, Any], second: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Counts in text are read once more, to settle how.
    frame = candidates(1000).cast({"params": pl.String})
    path = write(frame, tmp_path / "candidates.parquet")
    calls = []

    def short(lazy: Any, *, chunk_size: int, engine: str) -> Iterator[Any]:
        # Another engine would hold the whole.
        assert (chunk_size, engine) == (frames._ROWS, "streaming")
        calls.append(lazy)
        frame = lazy.collect()
        yield frame if second and len(calls) == 1 else frame.head(600)

    monkeypatch.setattr(pl.LazyFrame, "collect_batches", short)
    with pytest.raises(ValueError) as error:
        rank_table(path, **options)
    assert str(error.value) == f"rank_table: {path}: of 1000 rows only 600 can be read"


def test_rows_that_are_not_written_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(candidates(100), tmp_path / "candidates.parquet")
    other = write(candidates(60), tmp_path / "other.parquet").read_bytes()

    def sink(lazy: Any, stream: Any, **_: Any) -> None:
        lazy.collect()
        stream.write(other)

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", sink)
    with pytest.raises(ValueError, match=r"^rank_table: of 100 rows only 60 were written$"):
        rank_table(path, tmp_path / "ranked.parquet")
    assert not (tmp_path / "ranked.parquet").exists()


def compute_error(*_: object, **__: object) -> None:
    raise pl.exceptions.ComputeError("no text")


def test_a_full_disk_is_said_with_the_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "ranked.parquet"
    for said, number in (("No space left on device (os error 28)", 28), ("a fault", 0)):

        def full(*_: object, said: str = said, **__: object) -> None:
            raise OSError(said)

        monkeypatch.setattr(pl.LazyFrame, "sink_parquet", full)
        with pytest.raises(OSError, match=r"ranked\.parquet") as error:
            rank_table(candidates(20), target)
        assert (error.value.errno, error.value.filename) == (number, str(target))
    with monkeypatch.context() as patch:
        patch.setattr(frames, "interruptible", compute_error)
        with pytest.raises(ValueError, match=r"^rank_table: the DataFrame: no text$"):
            rank_table(candidates(20), target)
    monkeypatch.setattr(pl.LazyFrame, "collect", full)
    with pytest.raises(OSError, match=r"^the LazyFrame: a fault$"):
        rank_table(candidates(20).lazy())
    assert not target.exists()


def test_a_pipe_holds_no_file_of_columns(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.parquet"
    os.mkfifo(pipe)
    # One that is open for reading and writing needs nobody at its other end.
    held = os.open(pipe, os.O_RDWR)
    with pytest.raises(ValueError, match=r"pipe.parquet: a pipe can hold no file of columns$"):
        rank_table(pipe)
    os.close(held)


def test_a_pipe_gets_a_file_of_columns(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.arrow"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert rank_table(candidates(20), pipe, top=2).written == 2
    reader.join(timeout=30)
    assert pl.read_ipc(io.BytesIO(got[0])).height == 2


def test_what_is_called_elsewhere_is_told_to_stop() -> None:
    stopped = threading.Event()

    def wait() -> None:
        assert stopped.wait(timeout=30)

    with frames_interrupted(), pytest.raises(KeyboardInterrupt):
        frames.interruptible(wait, stop=stopped.set)
    assert stopped.is_set()


def test_what_is_stopped_takes_no_more_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"rank": [1.0]})
    sources: list[Any] = []

    def register(source: Any, *, schema: Any) -> Any:
        assert schema == frame.schema
        sources.append(source)
        return SimpleNamespace(sink_ipc=print)

    def interrupted(_: object, stop: Any) -> None:
        reading = threading.Thread(target=deque, args=(sources[0](), 0), daemon=True)
        reading.start()
        stop()
        reading.join(timeout=30)
        assert not reading.is_alive()

    monkeypatch.setattr("polars.io.plugins.register_io_source", register)
    monkeypatch.setattr(frames, "interruptible", interrupted)
    stream: Any = SimpleNamespace(name="", flush=lambda: None)
    frames.write(cast("Any", None), stream, "ipc", itertools.repeat(frame))


@contextmanager
def frames_interrupted() -> Iterator[None]:
    """Press Ctrl-C a moment later."""
    timer = threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    yield
    timer.join()


def test_a_panic_of_polars_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("index out of bounds\nsecond line")

    monkeypatch.setattr(pl.LazyFrame, "collect_batches", panic)
    path = write(candidates(20), tmp_path / "candidates.parquet")
    with pytest.raises(ValueError) as error:
        rank_table(path)
    assert str(error.value) == f"rank_table: {path}: index out of bounds"
    monkeypatch.setattr(pl.DataFrame, "write_ipc", compute_error)
    with pytest.raises(ValueError, match=r"^rank_table: models\.csv: no text$"):
        table(HEADER + MOBILENET, in_parts=True)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is full")
@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "xlsx"])
@pytest.mark.parametrize("source", ["candidates.csv", "candidates.parquet"])
def test_a_full_disk_names_the_target(tmp_path: Path, source: str, suffix: str) -> None:
    if suffix == "xlsx":
        pytest.importorskip("xlsxwriter")
    path = tmp_path / source
    frame = candidates(5000)
    (frame.write_csv if path.suffix == ".csv" else frame.write_parquet)(path)
    target = tmp_path / f"full.{suffix}"
    target.symlink_to("/dev/full")
    said = rf"^\[Errno 28\] No space left on device: '{re.escape(str(target))}'$"
    with pytest.raises(OSError, match=said):
        rank_table(path, target)


def test_a_disk_that_is_full_of_sorted_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pl.DataFrame, "write_ipc", fail)
    path = write(candidates(20), tmp_path / "candidates.parquet")
    target = tmp_path / "ranked.parquet"
    error: Exception = OSError("File too large (os error 27)")
    with pytest.raises(OSError, match=rf"^\[Errno 27\] .*: '{re.escape(str(target))}'$"):
        rank_table(path, target)
    error = OSError("something else")
    with pytest.raises(OSError, match=r"something else$"):
        rank_table(path, target)
    assert sorted(each.name for each in tmp_path.iterdir()) == [path.name]


def test_a_signal_comes_while_no_lock_of_python_is_held() -> None:
    # In `wait` of threading one that comes between two lines makes a RuntimeError of Ctrl-C.
    waiting = threading.get_ident()

    def where() -> set[str]:
        time.sleep(0.001)
        return {sys._current_frames()[waiting].f_code.co_name}

    def names() -> set[str]:
        attempts = iter(range(30_000))
        while where() != {"interruptible"} and next(attempts, None) is not None:
            pass
        return set().union(*(where() for _ in range(100)))

    assert "wait" not in frames.interruptible(names)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("when", ["read", "wrote"])
def test_a_ranking_that_is_ended_leaves_nothing(
    tmp_path: Path, number: signal.Signals, when: str
) -> None:
    path = write(candidates(1000), tmp_path / "candidates.parquet")
    target = tmp_path / "ranked.parquet"
    target.write_bytes(b"before")
    # Whoever runs the tests may ignore these signals, as nohup does, and the child inherits that.
    code = f"""
import signal, sys, threading, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
from netscore.tables import frames, rank_table
frames._ROWS = 64
told = threading.Event()
interruptible = frames.interruptible
def watched(*arguments, stop=None):
    def both():
        told.set()
        stop()
    return interruptible(*arguments, stop=both if stop else None)
frames.interruptible = watched
def progress(did, rows):
    if did == {when!r} and rows > 300 and not told.is_set():
        print("now", flush=True)
        told.wait(30)
rank_table(sys.argv[1], sys.argv[2], progress=progress)
time.sleep(60)
"""
    command = [sys.executable, "-c", code, str(path), str(target)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.read(3) == b"now"
        assert len(list(tmp_path.iterdir())) == 4
        process.send_signal(number)
        assert process.wait(timeout=60) == -number, process.stderr.read()
    assert sorted(each.name for each in tmp_path.iterdir()) == [path.name, target.name]
    assert target.read_bytes() == b"before"


# Frames in memory


def of_kind(kind: str, frame: Any) -> Any:
    return {
        "polars": lambda: frame,
        "lazy": frame.lazy,
        "pandas": lambda: frame.to_pandas().set_index(np.arange(frame.height) * 10),
        "pyarrow": frame.to_arrow,
    }[kind]()


KINDS = ["polars", "lazy", "pandas", "pyarrow"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"top": 7}, {"pareto": True}])
def test_a_frame_gives_a_frame_of_its_kind(kind: str, options: dict[str, Any]) -> None:
    given = of_kind(kind, candidates(100))
    before = len(given.columns) if kind != "lazy" else 4
    result = rank_table(given, signature=True, **options)
    assert type(result) is type(given)
    whole = rank_table(candidates(100), signature=True, **options)
    got = {"lazy": lambda: result.collect(), "pyarrow": lambda: pl.from_arrow(result)}.get(
        kind, lambda: pl.DataFrame(result)
    )()
    assert got.fill_nan(None).to_dicts() == whole.fill_nan(None).to_dicts()
    assert before == 4  # nothing was added to what the caller has
    if kind == "pandas":
        # The labels go with their rows; ranks are whole numbers.
        assert [f"c{label // 10}" for label in result.index] == result["name"].tolist()
        assert str(result["rank"].dtype) == "Int64"
    if kind == "pyarrow":
        assert result.schema.field("name").type == given.schema.field("name").type
        assert result.schema.field("rank").type == pa.int64()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["out.parquet", "out.arrow", "out.csv", "out.json"])
def test_a_frame_is_written(kind: str, name: str, tmp_path: Path) -> None:
    result = rank_table(of_kind(kind, candidates(60)), tmp_path / name, top=2)
    assert (result.rows, result.unscored, result.written) == (60, 2, 2)
    names = expected(candidates(60))["name"].head(2).to_list()
    if name in ("out.parquet", "out.arrow"):
        assert read(tmp_path / name)["name"].to_list() == names
    else:
        assert all(each in (tmp_path / name).read_text() for each in names)


def test_a_lazy_frame_in_parts(small_parts: None, tmp_path: Path) -> None:
    frame = candidates(300)
    lazy = frame.lazy().filter(pl.col("name") != "c9")
    result = rank_table(lazy, in_parts=True)
    assert type(result) is pl.LazyFrame
    assert result.collect().equals(expected(frame.filter(pl.col("name") != "c9")))
    assert rank_table(lazy, tmp_path / "out.parquet", in_parts=True).rows == 299


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_text_in_frames_is_read_as_in_a_file(kind: str) -> None:
    frame = of_kind(
        kind,
        pl.DataFrame(
            {
                "model": ["a", "b", "c", "d"],
                "acc": ["0.72", "x", None, "0.5"],
                "params": [" 3.4M", "1000", "1e3", "\uff13"],
                "flops": [0.6, 1.0, 1.0, 1.0],
            }
        ),
    )
    with pytest.warns(UserWarning, match="such rows have no score") as given:
        result = rank_table(frame, accuracy="acc:fraction", macs="flops:GFLOP")
    assert [str(warning.message).partition(";")[0] for warning in given] == [
        "rank_table: column 'acc': not a number: 'x' at position 1 (1 of 4 values is wrong)",
        "rank_table: column 'params': not a number: '\uff13' at position 3 "
        "(1 of 4 values is wrong)",
    ]
    best = result.to_pylist() if kind == "pyarrow" else pl.DataFrame(result).to_dicts()
    assert best[0]["netscore"] == pytest.approx(omega(72, 3.4, 0.3), rel=1e-14)
    assert [row["model"] for row in best] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("target", "among"), [(None, None), (None, "chapter"), ("a.csv", None)])
def test_a_frame_with_a_name_twice_is_refused(
    target: str | None, among: str | None, tmp_path: Path
) -> None:
    frame = pd.DataFrame([[72, 71, 3e6, 3e8]], columns=["top1", "top1", "params", "macs"])
    to = target and tmp_path / target
    for each in (frame, arrow_of(frame)):
        said = r"^rank_table: the (DataFrame|Table): two columns are named 'top1'$"
        with pytest.raises(TableError, match=said):
            rank_table(each, to, among=among)


def arrow_of(frame: Any) -> Any:
    """Return a frame of pandas, in which names may stand twice, as a Table of pyarrow."""
    columns = [pa.array(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return pa.Table.from_arrays(columns, names=list(map(str, frame.columns)))


@pytest.mark.parametrize("kind", [lambda frame: frame, arrow_of])
def test_columns_of_a_frame_with_one_other_name_are_kept(kind: Any, tmp_path: Path) -> None:
    header = ["model", "top1", "params", "macs", "rank", "rank", "1"]
    own = pd.DataFrame(
        [["a", 71, 3.4e6, 3e8, "b", "c", "d"], ["e", 72, 3.4e6, 3e8, "f", "g", "h"]],
        columns=[*header[:-1], 1],
    )
    frame = kind(own)
    rank_table(frame, tmp_path / "out.csv")
    names = ["rank_3", *header, "netscore", "information_density"]
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0].split(",") == names
    assert lines[1].startswith("1,e,72,3400000.0,300000000.0,f,g,h,")
    # Where no name may stand twice, the second gets one that is free.
    names[6] = "rank_2"
    rank_table(frame, tmp_path / "out.json")
    assert list(json.loads((tmp_path / "out.json").read_text())[0]) == names
    rank_table(frame, tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet").columns == names
    result = rank_table(frame, among="chapter")
    columns = getattr(result, "column_names", result.columns)
    assert list(map(str, columns)) == [*names, "reference"]
    assert rank_table(frame, top=1).shape == (1, 10)


def test_a_pandas_frame_of_odd_columns() -> None:
    frame = pd.DataFrame(
        [["a", 72, "3.4M", 3e8, 1], ["b", None, 1e6, 3e8, 2]],
        columns=["x", "acc", "params", "macs", "x"],
    )
    result = rank_table(frame)
    assert list(result.columns) == [
        *("rank", "x", "acc", "params", "macs", "x", "netscore", "information_density")
    ]
    # A column of objects may hold both texts and numbers.
    assert result["netscore"].iloc[0] == pytest.approx(omega(72, 3.4, 0.3), rel=1e-14)
    assert result["rank"].isna().tolist() == [False, True]
    numbered = pd.DataFrame({0: ["a"], 1: [72], 2: [3.4e6], 3: [3e8]})
    assert rank_table(numbered, accuracy="1", params="2", macs="3")["rank"].tolist() == [1]


# What is installed


def test_missing_polars_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_polars(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "polars":
            raise ImportError(name)
        return real(name, *rest)

    path = write(candidates(20), tmp_path / "candidates.parquet")
    given = candidates(20).to_pandas()
    monkeypatch.setattr(builtins, "__import__", without_polars)
    data = HEADER + MOBILENET
    for wrong, in_parts in ((path, False), (source(data), True)):
        with pytest.raises(ImportError) as error:
            rank_table(wrong, in_parts=in_parts)
        assert str(error.value) == (
            "rank_table needs polars: install it with  pip install 'netscore[frames]'"
        )
    # Whoever looks through the module needs none, nor do text and frames of pandas.
    assert not hasattr(frames.polars, "__wrapped__")
    assert rank_table(source(data), tmp_path / "out.csv", top=1, pareto=True).written == 1
    assert "MobileNetV2" in str(rank_table(source(data)))
    assert len(rank_table(given)) == 20


def test_a_file_written_over_keeps_its_mode_and_its_columns(tmp_path: Path) -> None:
    path = write(candidates(20), tmp_path / "candidates.parquet")
    path.chmod(0o600)
    rank_table(path, path)
    rank_table(path, path)
    assert path.stat().st_mode & 0o777 == 0o600
    names = read(path).columns
    assert names[:2] == ["rank_2", "rank"]
    assert names[-2:] == ["netscore_2", "information_density_2"]


BOUNDS: dict[str, Any] = {"min_accuracy": 40.0, "max_params": 3e7, "max_macs": 3e9}


@pytest.mark.parametrize("options", [{}, {"top": 30}, {"pareto": True}, {"pareto": True, "top": 3}])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_cut_is_cut_before_the_ranking(
    tmp_path: Path, small_parts: None, suffix: str, options: dict[str, Any]
) -> None:
    frame = candidates(500)
    wrong = (
        (pl.col("top1").fill_nan(None) < 40).fill_null(False)
        | (pl.col("params") > 3e7).fill_null(False)
        | (pl.col("macs") > 3e9)
    )
    path = tmp_path / f"candidates{suffix}"
    frame.fill_nan(None).write_csv(path) if suffix == ".csv" else write(frame, path)
    left = rank_table(frame.filter(~wrong), **options)
    cut = int(frame.select(wrong).to_series().sum())
    assert 0 < cut < 500
    for in_parts in (False, True)[: 2 if suffix == ".csv" else 1]:
        result = rank_table(path, in_parts=in_parts, **BOUNDS, **options)
        assert (result.rows, result.cut, result.written) == (500, cut, len(left))
        assert (
            result.unscored
            == frame.filter(~wrong)
            .select(pl.any_horizontal(pl.col("top1").is_nan(), pl.col("params").is_null()).sum())
            .item()
        )
        assert result.frame["name"].to_list() == left["name"].to_list()
        assert result.frame["rank"].to_list() == left["rank"].to_list()
    for form in (frame, frame.lazy(), frame.to_arrow(), frame.to_pandas()):
        ranked_frame = rank_table(form, **BOUNDS, **options)
        names = pl.DataFrame(getattr(ranked_frame, "collect", lambda f=ranked_frame: f)())
        assert names["name"].to_list() == left["name"].to_list()


@pytest.mark.parametrize(
    ("bounds", "error", "said"),
    [
        ({"min_accuracy": -1}, ValueError, r"min_accuracy must be a percentage .*, got -1$"),
        ({"max_params": 0}, ValueError, r"max_params must be positive and finite, got 0$"),
        ({"max_macs": "1G"}, TypeError, r"max_macs must be a real number, got '1G'$"),
        ({"max_macs": nan}, ValueError, r"max_macs must be positive and finite, got nan$"),
    ],
)
def test_bounds_are_checked(bounds: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^rank_table: {said}"):
        table(HEADER + MOBILENET, **bounds)
    with pytest.raises(ValueError, match=r"^rank_table: NS-M has no macs for max_macs$"):
        table("top1,memory\n72,3\n", metric=NS_M, max_macs=1e9)


def test_the_density_is_of_params_wherever_they_stand(in_parts: bool) -> None:
    metric = Metric("own", [Cost("latency", "s", 0.5), Cost("params", "parameters", 0.5, size=1e6)])
    data = "model,top1,latency,params\na,72,0.01,3600000\n"
    frame = rank_table(source(data), metric=metric, in_parts=in_parts).frame
    assert frame["information_density"].to_list() == [20.0]


def test_params_in_a_unit_of_their_own_have_no_density_and_no_bound() -> None:
    metric = Metric("mine", (Cost("params", "M", 0.5),))
    assert "information_density" not in records("top1,params\n72,3\n", metric=metric)[0]
    with pytest.raises(ValueError, match=r"^rank_table: mine has no params for max_params$"):
        table("top1,params\n72,3\n", metric=metric, max_params=2e6)


def test_params_of_another_unit_are_another_measurement() -> None:
    metric = Metric("mine", (Cost("params", "M", 0.5),))
    (row,) = records("top1,params_m\n10,100\n", metric=metric, params="params_m")
    # 20 (2 log10 10 - 0.5 log10 100): what is counted in M is no million times M.
    assert row["mine"] == pytest.approx(20, rel=1e-14)
    with pytest.raises(ValueError, match="'params_m' has a usual name of params: choose with"):
        table("top1,params_m\n10,100\n", metric=metric)
    with pytest.raises(ValueError, match="the unit of params is M, alone or after n, u, m, k, M"):
        table("top1,params_m\n10,100\n", metric=metric, params="params_m:K")
    metric = Metric("mine", (Cost("Latency", "ms", 0.5),))
    with pytest.warns(UserWarning, match="all cells of Latency must have a unit, or none"):
        assert table("top1,Latency\n72,12 ms\n71,12\n", metric=metric).unscored == 1


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"min_accuracy": 0.7}, "min_accuracy was read as 0.7 percent; if it is a fraction, mul"),
        ({"max_params": 3.2}, "max_params was read as 3.2 parameters; if it is in millions, mul"),
        ({"max_macs": 1}, "max_macs was read as 1 multiply-accumulates; if it is in billions, m"),
    ],
)
def test_bounds_that_look_like_another_unit_are_doubted(
    bounds: dict[str, float], said: str
) -> None:
    with pytest.warns(UnitWarning, match=f"^rank_table: {said}"):
        table(HEADER + MOBILENET, **bounds)


def test_errors_that_look_like_fractions_are_doubted() -> None:
    data = HEADER.replace("top1", "top1_err") + "a,{},3.4M,300M\nb,{},3.4M,300M\n"
    for pair in ((0.25, 0.28), (0, 1)):
        said = "^rank_table: top1_err was read as errors of {} to {} percent; if they are frac"
        with pytest.warns(UnitWarning, match=said.format(*pair)):
            table(data.format(*pair), accuracy="top1_err:error")
    for pair in ((0.28, 1.25), (0, 0)):
        assert table(data.format(*pair), accuracy="top1_err:error").unscored == 0


def test_the_reason_of_a_refused_cell_is_said() -> None:
    counts = {"top1": [72.0, 73.0], "macs": [3e8, 4e9]}
    for cells, reason in (
        (["3.4M", "25.6"], ": '25.6' has no unit, as other cells of the column have at position 1"),
        (["3,400", "1000"], ": '3,400' can be 3400 or 3.4 at position 0"),
    ):
        with pytest.warns(UserWarning, match=f"^rank_table: column 'params'{reason} \\(1 of 2"):
            rank_table(pd.DataFrame({**counts, "params": cells}))


def test_a_doubt_about_two_counts_is_told_once(in_parts: bool) -> None:
    data = HEADER + "a,80.4,9e8,6.1e6\nb,75,,\nc,75,2e9,6.1e6\n"
    said = r"^rank_table: macs was read as 6\.1e\+06 multiply-accumulates beside 9e\+08 to 2e\+09 p"
    with pytest.warns(UnitWarning, match=said) as caught:
        result = table(data, in_parts=in_parts)
    assert [one.filename for one in caught] == [__file__]
    assert str(result).startswith("Rank (doubtful)  model")
    # Beside a row beyond doubt the others are named.
    said = r"^rank_table: .* line 2 and 1 more row: macs was read as 6\.1e\+06 multiply-acc"
    with pytest.warns(UnitWarning, match=said):
        result = table(data + MOBILENET, in_parts=in_parts)
    assert str(result).startswith("Rank (doubtful)  model")


@pytest.mark.parametrize("suffix", [".tex", ".html", ".htm", ".xlsx"])
def test_the_suffix_says_the_format_of_papers_pages_and_sheets(tmp_path: Path, suffix: str) -> None:
    if suffix == ".xlsx":
        pytest.importorskip("xlsxwriter")
        pytest.importorskip("fastexcel")
    target = tmp_path / f"out{suffix}"
    result = rank_table(source(HEADER + MOBILENET + "=1,71,1e7,1e9\n"), target)
    assert result.written == 2
    if suffix == ".xlsx":
        frame = pl.read_excel(target)
        assert frame["model"].to_list() == ["MobileNetV2", "=1"]
        assert frame["rank"].to_list() == [1, 2]
        assert frame["params"].to_list() == [3_400_000, 10_000_000]
    else:
        begins = {".tex": "% \\usepackage{booktabs}\n", ".html": "<table>\n", ".htm": "<table>\n"}
        assert target.read_text().startswith(begins[suffix])
