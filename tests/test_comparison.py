"""compare(): rank, neighbours, dominance and the next place, on tables worked by hand."""

from __future__ import annotations

import dataclasses
import math
import re
import subprocess
import sys
import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netscore import UnitWarning, compare, load_networks, netscore, pareto_front, rank
from netscore.quantities import parse_quantity

if TYPE_CHECKING:
    from pathlib import Path


class Model(NamedTuple):
    name: str
    accuracy: float
    params: float
    macs: float


# Scores by hand: 40 log10 a - 10 log10 p - 10 log10 m.
TABLE = [
    Model("best", 100.0, 1e6, 1e9),  # 80
    Model("large", 100.0, 1e8, 1e9),  # 60
    Model("slow", 100.0, 1e6, 1e11),  # 60
    Model("small", 10.0, 1e6, 1e8),  # 50
    Model("worst", 10.0, 1e8, 1e11),  # 0
]


def names(networks: Any) -> list[str]:
    return [network.name for network in networks]


def test_by_hand() -> None:
    # 40 log10 100 - 10 log10 10 - 10 log10 10
    found = compare(100.0, 1e7, 1e10, among=TABLE)
    assert found.netscore == pytest.approx(60.0, abs=1e-12)
    assert found.information_density == 10.0
    assert (found.rank, found.total, found.percentile) == (2, 6, 80.0)
    assert found.above is TABLE[0]
    assert found.below is TABLE[3]
    assert names(found.level) == ["large", "slow"]
    assert names(found.dominates) == ["worst"]
    assert names(found.dominated_by) == ["best"]


def test_next_place_by_hand() -> None:
    # 40 log10 10 - 10 log10 10 - 10 log10 1 = 30; small above it has 50: 20 dB are a factor of
    # 10^(20/40) in accuracy and of 1/100 in params or macs.
    found: Any = compare(10.0, 1e7, 1e9, among=TABLE).next_place
    assert found.decibels == pytest.approx(20.0)
    assert found.accuracy == pytest.approx(10 * math.sqrt(10))
    assert found.params == pytest.approx(1e5)
    assert found.macs == pytest.approx(1e7)


def test_what_it_prints() -> None:
    # The figures of the test above.
    assert str(compare(10.0, 1e7, 1e9, among=TABLE)) == (
        "NetScore      30.00\n"
        "Rank          5 of 6, among 5 networks\n"
        "Above         small with 50.00\n"
        "Below         worst with 0.00\n"
        "Percentile    20.0 % of the 5 score no higher\n"
        "Dominates     1: worst\n"
        "Dominated by  2: best; small\n"
        # 31.62 % would not be enough.
        "Next place    20.00 dB higher, with accuracy 31.63 % or params 100K or MACs 10M"
    )
    best = str(compare(100.0, 1e6, 1e9, among=TABLE[:2])).splitlines()
    assert best[1:] == [
        "Rank          1 of 3, among 2 networks; level with best",
        "Above         none",
        "Below         large with 60.00",
        "Percentile    100.0 % of the 2 score no higher",
        "Dominates     1: large",
        "Dominated by  none",
        "Next place    none: no network scores higher",
    ]


@pytest.mark.parametrize("figures", [(73.0, 4e6, 350e6), (61.7, 9.3e6, 1.1e9), (80.2, 77e6, 12e9)])
def test_what_is_printed_for_the_next_place_is_enough(figures: tuple[float, ...]) -> None:
    found = compare(*figures)
    printed = re.findall(r"(?:accuracy|params|MACs) ([0-9.]+[KMG]?)", str(found.next_place))
    assert len(printed) == 3
    for place, text in enumerate(printed):
        better = [*figures[:place], parse_quantity(text), *figures[place + 1 :]]
        assert compare(*better).rank < found.rank


def test_less_than_one_parameter_is_out_of_reach() -> None:
    # To gain 65.4 dB by an exponent of 0.01, params must fall to 10^(6 - 327).
    above = [("x", 50.0, 1e6, 1e12 / 10**6.54)]
    found = compare(50.0, 1e6, 1e12, beta=0.01, among=above).next_place
    assert re.findall("accuracy|params|MACs", str(found)) == ["MACs"]
    # By the exponent of 0.5 each, params must fall as far as macs: 1e6 times 1.5e6 / 1e12.
    above = [("x", 50.0, 1e6, 1.5e6)]
    found = compare(50.0, 1e6, 1e12, among=above).next_place
    assert str(found) == "58.24 dB higher, with params 1.5 or MACs 1.5M"


def test_of_neighbours_with_one_score_the_first_is_named() -> None:
    # Swapped, so that neither is first by name, and twice the same record, which has no order.
    large, slow = TABLE[1:3]
    for table in ([slow, large], [large, slow]):
        assert compare(90.0, 1e8, 1e10, among=table).above is table[0]
        assert compare(100.0, 1e6, 1e9, among=table).below is table[0]
    for network in load_networks()[:1]:
        twice = [dataclasses.replace(network, name=name) for name in "ba"]
        assert compare(99.0, 1e6, 1e9, among=twice).below is twice[0]
        assert compare(9.0, 1e9, 1e12, among=twice).above is twice[0]


def test_a_place_that_accuracy_alone_cannot_gain() -> None:
    found: Any = compare(90.0, 1e8, 1e11, among=TABLE).next_place
    assert found.accuracy is None
    assert found.params is not None


@pytest.mark.parametrize("alpha", [0.01, 0.3, 1.0, 2.0, 7.0])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 10.0])
def test_an_accuracy_of_100_is_found_wherever_it_does(alpha: float, gamma: float) -> None:
    # The higher network is the same at 100 %: whatever rounding does, no less and no more is
    # needed. A hair more of it is out of reach.
    for step in range(100):
        params, macs = 1.7e4 * 1.13**step, 3e6 * 1.17**step
        exponents = {"alpha": alpha, "gamma": gamma}
        table = [Model("perfect", 100.0, params, macs)]
        needed: Any = compare(50.0, params, macs, among=table, **exponents).next_place
        assert needed.accuracy == pytest.approx(100.0, rel=1e-9)
        assert needed.accuracy <= 100.0
        table = [Model("smaller", 100.0, params * (1 - 1e-6), macs)]
        needed = compare(50.0, params, macs, among=table, **exponents).next_place
        assert needed.accuracy is None


def test_exponents() -> None:
    # 20 log10 50 with the costs at no weight: only accuracy counts.
    found = compare(50.0, 1e9, 1e12, among=TABLE, alpha=1, beta=0, gamma=0)
    assert found.netscore == pytest.approx(20 * math.log10(50))
    assert found.rank == 4
    assert names(found.level) == []
    assert found.next_place is not None
    assert found.next_place.accuracy == pytest.approx(100.0)
    assert found.next_place.params is None
    assert found.next_place.macs is None


def test_first_and_last() -> None:
    first = compare(100.0, 1e5, 1e8, among=TABLE)
    assert (first.rank, first.percentile, first.above, first.next_place) == (1, 100.0, None, None)
    assert names(first.dominates) == ["best", "large", "slow", "small", "worst"]
    last = compare(0.0, 1e9, 1e12, among=TABLE)
    assert (last.rank, last.percentile, last.below) == (6, 0.0, None)
    assert last.netscore == -math.inf
    assert len(last.dominated_by) == 5


def test_a_network_neither_dominates_nor_is_dominated_by_its_equal() -> None:
    found = compare(100.0, 1e6, 1e9, among=TABLE)
    assert "best" not in names(found.dominates) + names(found.dominated_by)
    assert names(found.level) == ["best"]


def test_what_it_takes_may_be_less_than_one() -> None:
    with pytest.warns(UnitWarning):
        found = compare(0.4, 0.8, 0.8, among=[Model("better", 0.5, 0.8, 0.5)])
    assert found.doubtful
    # (0.5 / 0.4)^4 times 0.8 / 0.5 is 3.90625, and its fourth root 1.40585.
    needed = found.next_place
    assert needed is not None
    assert needed.accuracy == pytest.approx(0.4 * 3.90625**0.25)
    assert needed.params == needed.macs == pytest.approx(0.8 / 3.90625)


def test_the_sixty_are_the_default() -> None:
    table = load_networks()
    ranks = rank([network.netscore for network in table])
    front = pareto_front(*([getattr(n, f) for n in table] for f in ("accuracy", "params", "macs")))
    for network, place, on_front in zip(table, ranks, front):
        found = compare(network.accuracy, network.params, network.macs)
        assert found.rank == place
        assert found.total == 61
        assert network in found.level
        assert (found.dominated_by == ()) == on_front


@given(
    st.floats(1.5, 100),
    st.floats(1e4, 1e8),
    st.floats(1e8, 1e11),
    st.lists(st.tuples(st.floats(1.5, 100), st.floats(1e4, 1e8), st.floats(1e8, 1e11)), min_size=1),
)
def test_laws(accuracy: float, params: float, macs: float, others: Any) -> None:
    table = [Model(str(i), *other) for i, other in enumerate(others)]
    own = accuracy, params, macs
    found = compare(*own, among=table)
    higher = [m for m in table if netscore(m.accuracy, m.params, m.macs) > found.netscore]
    assert found.rank == 1 + len(higher)
    assert (found.above is None) == (not higher)
    assert found.percentile == pytest.approx(100 * (len(table) - len(higher)) / len(table))
    assert not set(found.dominates) & set(higher)
    assert set(found.dominated_by) <= set(higher) | set(found.level)
    scores = [netscore(*own), *(netscore(*other) for other in others)]
    assert found.rank == rank(scores)[0]
    dominating = [
        model
        for model in table
        if not pareto_front(*zip(own, (model.accuracy, model.params, model.macs)))[0]
    ]
    assert list(found.dominated_by) == dominating
    if found.above is None:
        assert found.next_place is None
        return
    goal = min(score for score in scores if score > found.netscore)
    needed = found.next_place
    assert needed is not None
    assert needed.decibels == goal - found.netscore
    for place, figure in enumerate((needed.accuracy, needed.params, needed.macs)):
        if figure is None:
            assert place == 0
            assert netscore(100.0, *own[1:]) < goal
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UnitWarning)  # of counts below 1000
                figures: Any = (*own[:place], figure, *own[place + 1 :])
                reached = netscore(*figures)
            assert reached == pytest.approx(goal, abs=1e-12)


def test_rows_of_a_frame() -> None:
    frame = pd.DataFrame(TABLE)
    found = compare(100.0, 1e7, 1e10, among=frame.itertuples())
    assert found.above.name == "best"


FRAME = {
    "arch": [model.name for model in TABLE],
    "top1": [model.accuracy for model in TABLE],
    "params_m": [model.params / 1e6 for model in TABLE],
    "gmacs": [model.macs / 1e9 for model in TABLE],
}


def kinds_of_networks(folder: Path) -> dict[str, Any]:
    """The same five networks in everything that `among` takes, by what it is then called."""
    pa = pytest.importorskip("pyarrow", reason="needs pyarrow")
    frame = pd.DataFrame(FRAME)
    kinds = {
        "5 networks": TABLE,
        "5 networks of the DataFrame": frame,
        "5 networks of the Table": pa.table(FRAME),
    }
    for name in ("five.csv", "five.parquet"):
        path = folder / name
        frame.to_csv(path, index=False) if name.endswith("csv") else frame.to_parquet(path)
        kinds[f"5 networks of {path}"] = path if name.endswith("csv") else str(path)
    return kinds


def test_every_kind_of_others_is_the_same_table(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars", reason="needs polars")
    frames = [pd.DataFrame(FRAME).set_index("arch"), pl.DataFrame(FRAME), pl.LazyFrame(FRAME)]
    tuples = [tuple(model) for model in TABLE]
    dicts = [{"seed": 1, **model._asdict()} for model in TABLE]
    kinds = [
        *kinds_of_networks(tmp_path).items(),
        *((None, kind) for kind in (*frames, tuples, dicts)),
    ]
    for said, among in kinds:
        found = compare(100.0, 1e7, 1e10, among=among)
        assert (found.rank, found.total, found.percentile) == (2, 6, 80.0)
        assert (found.above.name, found.below.name) == ("best", "small")
        assert names(found.level) == ["large", "slow"]
        assert names(found.dominates) == ["worst"]
        assert names(found.dominated_by) == ["best"]
        assert found.among == said or said is None


def test_the_last_rank_is_the_total_in_every_table() -> None:
    for table in ("chapter", "torchvision"):
        worst = compare(5.0, 1e9, 2e12, among=table)
        assert worst.rank == worst.total
    # One of the 115 weights has no accuracy, and so no rank.
    assert compare(5.0, 1e9, 2e12).total == 61
    assert worst.total == 115
    assert worst.among == "115 ImageNet-1K weights of torchvision 0.28, 1 without a score"
    assert worst.percentile == 0.0


def test_networks_without_names_are_numbered() -> None:
    bare = pd.DataFrame({"accuracy": [70.0, 80.0], "params": [5e6, 9e7], "macs": [1e9, 9e9]})
    found = compare(75.0, 1e7, 2e9, among=bare)
    assert (found.above.name, found.below.name) == ("0", "1")


def test_wrong_cells_of_others_are_said_and_have_no_rank() -> None:
    frame = pd.DataFrame(FRAME)
    frame.loc[1, "top1"] = 130.0
    with pytest.warns(UserWarning, match=r"^compare: among: column 'top1' must be a .*, got 130.0"):
        found = compare(100.0, 1e7, 1e10, among=frame)
    assert (found.total, names(found.level)) == (5, ["slow"])


@pytest.mark.parametrize(
    ("among", "error", "said"),
    [
        ("imagenet", ValueError, "must be 'chapter', 'torchvision', a file, a frame or networks, "
         "and there is no file 'imagenet'"),
        (5, TypeError, "must be 'chapter', 'torchvision', a file, a frame or networks, got 5"),
        ([1], TypeError, "must hold networks with name, accuracy, params and macs, got 1"),
        (["a"], TypeError, "must hold networks with name, accuracy, params and macs, got 'a'"),
        ([("a", 72.0, 3e6)], TypeError, "must hold networks with name, accuracy, params and macs, "
         "got ('a', 72.0, 3000000.0)"),
        ([{"name": "a", "params": 3e6, "macs": 3e8}], ValueError, " among: none of the columns "
         "'name', 'params', 'macs' has a usual name of accuracy: name the columns accuracy, params "
         "and macs, with the unit as in params_m"),
        ([("a", 172.0, 3e6, 3e8)], ValueError, " accuracy must be a percentage from 0 to 100, got "
         "172.0 in network 'a'"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_others(among: Any, error: type[Exception], said: str) -> None:
    start = "compare:" if said.startswith(" ") else "compare: among "
    with pytest.raises(error, match=f"^{re.escape(start + said)}$"):
        compare(72.0, 3.4e6, 3e8, among=among)


@pytest.mark.parametrize("kind", ["tuples", "dicts", "frame", "records", "objects", "series"])
def test_each_of_the_others_is_held_against_the_rest(kind: str) -> None:
    names = ["name", "accuracy", "params", "macs"]
    for rows, doubt in (
        # MACs and params are swapped; params and MACs are in millions and billions; a fraction.
        ([("a", 72.0, 300e6, 3.4e6), ("b", 74.0, 5e6, 500e6)], "macs was read as 3.4e.06 .* swapp"),
        ([("a", 72.0, 3.4, 0.3), ("b", 74.0, 5e6, 5e8)], "params was read as 3.4 to 5e.06 param"),
        ([("a", 0.72, 3.4e6, 3e8), ("b", 72.0, 3e6, 3e8)], "accuracy was read as 0.72 to 72 perc"),
    ):
        frame = pd.DataFrame(rows, columns=names)
        among: Any = {
            "tuples": rows,
            "dicts": [dict(zip(names, row)) for row in rows],
            "frame": frame,
            "records": [*frame.itertuples(index=False)],
            "objects": [SimpleNamespace(**dict(zip(names, row))) for row in rows],
            "series": [row for _, row in frame.iterrows()],
        }[kind]
        with pytest.warns(UnitWarning, match=f"^compare: .*{doubt}"):
            assert compare(73.0, 4e6, 350e6, among=among).doubtful


def test_names_of_others_need_not_be_text() -> None:
    figures = (60.0, 5e6, 5e8)
    for names in ((0, 1), (None, math.nan), (np.int64(3), "b")):
        of_tuples = compare(72.0, 3.4e6, 3e8, among=[(name, *figures) for name in names])
        objects = [
            SimpleNamespace(name=name, accuracy=60.0, params=5e6, macs=5e8) for name in names
        ]
        for found in (of_tuples, compare(72.0, 3.4e6, 3e8, among=objects)):
            assert f"Dominates     2: {names[0]}; {names[1]}\n" in str(found)
            assert found._repr_html_()


@pytest.mark.parametrize("kind", ["pandas", "numbers", "polars", "arrow", "dicts", "file"])
def test_a_name_that_is_missing_in_a_table_is_none(kind: str, tmp_path: Path) -> None:
    names: list[Any] = ["1", None, "None"] if kind != "numbers" else [1, None, 3]
    columns = {"model": names, "top1": [72.0, 75.0, 71.0], "params": [3e6] * 3, "macs": [3e8] * 3}
    if kind == "polars":
        among: Any = pytest.importorskip("polars").DataFrame(columns)
    elif kind == "arrow":
        among = pytest.importorskip("pyarrow").table(columns)
    elif kind == "dicts":
        among = [dict(zip(columns, row)) for row in zip(*columns.values())]
    else:
        among = pd.DataFrame(columns)
        if kind == "numbers":
            among["model"] = among["model"].astype("Int64")
        elif kind == "file":
            among.to_csv(tmp_path / "a.csv", index=False)
            among = tmp_path / "a.csv"
    found = compare(76.0, 3e6, 3e8, among=among)
    assert found.below.name == ""
    last = "3" if kind == "numbers" else "None"
    assert [other.name for other in found.dominates] == ["1", "", last]


def test_rows_of_pandas_have_the_names_of_their_columns() -> None:
    frame = pd.DataFrame([("A", 72.0, 3e6, 3e8), ("B", 80.0, 30e6, 3e9)])
    frame.columns = pd.Index(["name", "accuracy", "params", "macs"])
    found = compare(73.0, 4e6, 350e6, among=[row for _, row in frame.iterrows()])
    assert (found.above.name, found.below.name) == ("A", "B")
    assert found == compare(73.0, 4e6, 350e6, among=[row for _, row in frame.iterrows()])


def test_a_table_that_was_loaded_says_what_it_is() -> None:
    for table in ("chapter", "torchvision"):
        found = compare(73.0, 4e6, 350e6, among=load_networks(table))
        assert found.among == compare(73.0, 4e6, 350e6, among=table).among


def test_columns_of_others_must_have_usual_names(tmp_path: Path) -> None:
    frame = pd.DataFrame(FRAME).rename(columns={"gmacs": "gflops"})
    usual = "name the columns accuracy, params and macs, with the unit as in params_m"
    with pytest.raises(
        ValueError, match=f"^compare: among: .*'gflops' may count FLOPs.*: {usual}$"
    ):
        compare(72.0, 3.4e6, 3e8, among=frame)
    empty = tmp_path / "empty.csv"
    empty.touch()
    message = re.escape(f"compare: among: {empty} line 1: the file is empty")
    with pytest.raises(ValueError, match=f"^{message}$"):
        compare(72.0, 3.4e6, 3e8, among=empty)


def test_a_table_needs_no_numpy() -> None:
    code = (
        "import sys; from netscore import compare\n"
        "compare(72.0, 3.4e6, 3e8, among='torchvision'); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_networks_without_a_figure_have_no_rank() -> None:
    table = [*TABLE, Model("unknown", math.nan, 1e6, 1e9)]
    found = compare(100.0, 1e7, 1e10, among=table)
    assert (found.rank, found.total, found.percentile) == (2, 6, 80.0)
    assert "unknown" not in names(found.dominated_by)
    alone = compare(100.0, 1e7, 1e10, among=table[-1:])
    assert (alone.rank, alone.total, alone.above, alone.below) == (1, 1, None, None)


def test_the_record_is_frozen() -> None:
    found = compare(72.0, 3.4e6, 3e8)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.rank = 1  # type: ignore[misc]
    assert found.next_place is not None
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.next_place.macs = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            (math.nan, 1e6, 1e9),
            ValueError,
            "compare: accuracy must be a percentage from 0 to 100, got nan",
        ),
        ((72.0, math.nan, 1e9), ValueError, "compare: params must be positive and finite, got nan"),
        ((72.0, 1e6, -1.0), ValueError, "compare: macs must be positive and finite, got -1.0"),
        (([72.0], 1e6, 1e9), TypeError, "compare: accuracy must be a real number, got [72.0]"),
        ((72.0, "3.4M", 1e9), TypeError, "compare: params must be a real number, got '3.4M'"),
    ],
)
def test_wrong_figures(arguments: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        compare(*arguments)


@pytest.mark.parametrize(
    ("model", "error", "said"),
    [
        (
            Model("odd", 172.0, 1e6, 1e9),
            ValueError,
            "accuracy must be a percentage from 0 to 100, got 172.0",
        ),
        (Model("odd", 72.0, "1M", 1e9), TypeError, "params must be a real number, got '1M'"),  # type: ignore[arg-type]
    ],
)
def test_wrong_networks_are_named(model: Model, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=f"^compare: {re.escape(said)} in network 'odd'$"):
        compare(72.0, 3.4e6, 3e8, among=[*TABLE, model])


def test_a_frame_without_rows_is_nothing_to_compare_with() -> None:
    pl = pytest.importorskip("polars", reason="needs polars")
    empty = pl.DataFrame(schema=dict.fromkeys(["top1", "params", "macs"], pl.Float64))
    with pytest.raises(ValueError, match=r"^compare: among: there is no network$"):
        compare(72.0, 3.4e6, 3e8, among=empty)


def test_nothing_to_compare_with() -> None:
    with pytest.raises(ValueError, match=r"^compare: among must hold at least one network, got"):
        compare(72.0, 3.4e6, 3e8, among=[])
    with pytest.raises(
        ValueError, match=r"^compare: alpha must be 0, or from 1e-06 to 1000, got -1$"
    ):
        compare(72.0, 3.4e6, 3e8, alpha=-1)


def test_units_are_questioned_once() -> None:
    with pytest.warns(UnitWarning) as caught:
        compare(0.72, 3.4e6, 3e8)
    assert [str(w.message) for w in caught] == [
        "compare: accuracy was read as 0.72 percent; if it is a fraction, multiply it by 100"
    ]
    assert caught[0].filename == __file__
    table = [Model("a", 72.0, 3.4, 3e8), Model("b", 76.0, 25.6, 4e9)]
    with pytest.warns(
        UnitWarning, match=r"^compare: params was read as 3.4 to 25.6 param"
    ) as caught:
        compare(72.0, 3.4e6, 3e8, among=table)
    assert len(caught) == 1
