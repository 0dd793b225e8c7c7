"""The reference table as an API: its records, its arrays, its frames, and how one is found."""

from __future__ import annotations

import copy
import csv
import math
import pickle
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, astuple, fields, replace
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from netscore import information_density, netscore, rank
from netscore import networks as room
from netscore.networks import (
    Network,
    Networks,
    Source,
    data_version,
    find_network,
    load_networks,
    load_sources,
    title,
)

DATA = files("netscore") / "data"
LINES = (DATA / "networks.csv").read_text(encoding="utf-8").splitlines()
COLUMNS = LINES[1].split(",")
ARRAYS = ("accuracy", "params", "macs", "netscore", "information_density", "rank")


# --- the records -----------------------------------------------------------------------------


def test_load_networks_gives_sixty_records_and_always_the_same_tuple() -> None:
    networks = load_networks()
    assert isinstance(networks, tuple)
    assert len(networks) == 60
    assert {type(network) for network in networks} == {Network}
    assert load_networks() is load_networks("chapter") is networks


def test_load_sources_gives_records_by_key_in_a_dict_of_ones_own() -> None:
    sources = load_sources()
    assert {type(source) for source in sources.values()} == {Source}
    assert all(key == source.key for key, source in sources.items())
    assert pickle.loads(pickle.dumps(sources)) == copy.deepcopy(sources) == sources
    del sources["counted"]
    assert "counted" in load_sources()


@pytest.mark.parametrize("file", ["networks.csv", "sources.csv"])
def test_the_records_are_the_rows_of_their_file(file: str) -> None:
    records: Any = load_networks() if file == "networks.csv" else load_sources().values()
    names = [field.name for field in fields(next(iter(records)))]
    header, *rows = csv.reader((DATA / file).read_text(encoding="utf-8").splitlines()[1:])
    texts = [
        ["" if value is None else str(value) for value in astuple(record)][: len(header)]
        for record in records
    ]
    assert texts == rows
    spelt = [re.sub("^top1", "accuracy", name.replace("top1_percent", "top1")) for name in header]
    assert names[: len(header)] == spelt
    scores = ["netscore", "information_density", "rank"] if file == "networks.csv" else []
    assert names[len(header) :] == scores


def test_weights_have_no_year_paper_and_membership() -> None:
    network = find_network("swin_t (IMAGENET1K_V1)")
    assert (network.year, network.paper, network.membership) == (None, None, None)
    assert network.figures == (81.474, 28_288_354, 4_491_000_000)


def test_weights_without_an_accuracy_have_no_score_and_rank() -> None:
    network = find_network("vgg16 (IMAGENET1K_FEATURES)")
    assert math.isnan(network.netscore)
    assert network.rank == 0
    assert load_networks("torchvision").rank.max() == 114
    figures = {f.name: getattr(network, f.name) for f in fields(Network) if f.init}
    del figures["rank"]
    assert Network(**figures).rank == 0


def test_titles_say_the_years_where_all_are_known() -> None:
    chapter, weights = load_networks(), load_networks("torchvision")
    assert title(chapter) == "60 ImageNet networks of 2012 to 2018"
    assert title(weights) == "115 ImageNet-1K weights of torchvision 0.28"
    assert title([chapter[0]]) == "1 network of 2012"
    assert title([*chapter, *weights]) == "175 networks"


def test_numbers_are_numbers_and_what_is_not_given_is_none() -> None:
    network = find_network("NASNet-B (4 @ 1536)")
    assert network.figures == (72.8, 5_300_000, 488_000_000)
    assert [type(figure) for figure in network.figures] == [float, int, int]
    assert (type(network.year), type(network.input_px), type(network.rank)) == (int, int, int)
    assert (network.params_counted, network.macs_counted, network.counted_from) == (None,) * 3
    assert network.note == ""
    assert type(find_network("ResNet-50").macs_counted) is int


@pytest.mark.parametrize(
    ("name", "score", "density"),
    [
        # 40 log10 72 = 74.29330, 10 log10 3.4 = 5.31479, 10 log10 0.3 = -5.22879; 72 / 3.4
        ("MobileNetV2", 74.20730, 21.176471),
        # 40 log10 75.3 = 75.07180, 10 log10 25.6 = 14.08240, 10 log10 3.8 = 5.79784; 75.3 / 25.6
        ("ResNet-50", 55.19156, 2.941406),
        # 40 log10 71.5 = 74.17224, 10 log10 138 = 21.39879, 10 log10 15.3 = 11.84691; 71.5 / 138
        ("VGG-16", 40.92654, 0.518116),
    ],
)
def test_scores_are_those_of_the_formulas(name: str, score: float, density: float) -> None:
    network = find_network(name)
    assert network.netscore == pytest.approx(score, abs=2e-5)
    assert network.information_density == pytest.approx(density, abs=1e-6)
    assert type(network.netscore) is type(network.information_density) is float


def test_no_networks_are_a_table_without_rows() -> None:
    none = type(load_networks())(n for n in load_networks() if n.accuracy > 99)
    assert repr(none) == "<Networks: 0>"
    assert none.names == ()
    assert [(a.size, a.dtype.kind) for a in (none.accuracy, none.rank)] == [(0, "f"), (0, "i")]


def test_a_changed_copy_has_its_own_scores() -> None:
    network = find_network("ResNet-50")
    slower = replace(network, macs=10 * network.macs)
    # Half of 20 log10 10 less.
    assert slower.netscore == pytest.approx(network.netscore - 10, abs=1e-12)
    assert replace(network, params=2 * network.params).information_density == pytest.approx(
        network.information_density / 2
    )


def test_the_scores_of_the_60_lie_where_the_docstrings_say() -> None:
    networks = load_networks()
    for function, values in (
        (netscore, networks.netscore),
        (information_density, networks.information_density),
    ):
        words = " ".join((function.__doc__ or "").split())
        said = re.search(r"table lie between ([0-9.]+) and ([0-9.]+)\D", words)
        assert said is not None
        low, high = said.groups()
        assert float(low) < values.min() < float(low) + (0.1 if "." in low else 1.0)
        assert float(high) - 1.0 < values.max() < float(high)


def test_ranks_count_the_higher_scores_and_ties_share_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = room._read("networks.csv")[1]
    by_name = {row[0]: row for row in rows}
    few = [by_name[name] for name in ("VGG-16", "ResNet-50", "ResNet-50", "AlexNet", "VGG-19")]
    monkeypatch.setattr(room, "_read", lambda file: ("", few))
    monkeypatch.setitem(room.TABLES, "few", ("few.csv", "networks"))
    # 40.9, 55.2 twice, 53.9 and 39.6 dB.
    assert [network.rank for network in load_networks("few")] == [4, 1, 1, 3, 5]


def test_records_cannot_be_changed() -> None:
    network, sources = load_networks()[0], load_sources()
    changed: Any
    for changed, name in ((network, "params"), (network, "rank"), (sources["counted"], "title")):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(changed, name, 1)
        assert not hasattr(changed, "__dict__")


def test_records_can_be_hashed_and_pickled() -> None:
    assert len(set(load_networks())) == 60
    again = pickle.loads(pickle.dumps(load_networks()))
    assert again == load_networks()
    assert type(again) is Networks
    assert pickle.loads(pickle.dumps(load_sources()["counted"])) == load_sources()["counted"]


def test_data_version_is_that_of_the_first_line() -> None:
    match = re.fullmatch(r"# netscore reference table, version (\S+), (\S+)", LINES[0])
    assert match
    assert data_version() == f"{match[1]} ({match[2]})"


# --- the tables ------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["", "Chapter", "networks.csv", "imagenet"])
def test_a_table_that_is_not_there_names_those_that_are(table: str) -> None:
    message = f"load_networks: table must be 'chapter' or 'torchvision', got {table!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        load_networks(table)


def test_another_table_is_a_row_of_a_dict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(room.TABLES, "again", ("networks.csv", "networks"))
    assert load_networks("again") == load_networks()
    with pytest.raises(
        ValueError, match=r"table must be 'chapter' or 'torchvision' or 'again', got 'mine'$"
    ):
        load_networks("mine")


@pytest.mark.parametrize("table", [None, 60, ["chapter"]])
def test_a_table_that_is_no_text_is_refused(table: Any) -> None:
    message = f"load_networks: table must be text, got {table!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        load_networks(table)


# --- the arrays ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_holds_the_field_of_every_network_and_is_the_callers_own(name: str) -> None:
    networks = load_networks()
    array = getattr(networks, name)
    assert array.dtype == (np.int64 if name in {"params", "macs", "rank"} else np.float64)
    assert array.tolist() == [getattr(network, name) for network in networks]
    array[:] = 0
    assert getattr(networks, name).all()


def test_names_are_those_of_the_networks() -> None:
    names = load_networks().names
    assert names[0] == "AlexNet"
    assert [find_network(name) for name in names] == list(load_networks())


def test_the_arrays_are_what_the_functions_give() -> None:
    n = load_networks()
    scores = netscore(n.accuracy, n.params, n.macs)
    np.testing.assert_allclose(n.netscore, scores, rtol=1e-15)
    np.testing.assert_array_equal(n.rank, rank(scores))
    density = information_density(n.accuracy, n.params)
    np.testing.assert_allclose(n.information_density, density, rtol=1e-15)


def test_a_slice_is_a_tuple_and_the_table_shows_itself_in_a_line() -> None:
    networks = load_networks()
    assert type(networks[:3]) is tuple
    assert repr(networks) == "<Networks: 60, from AlexNet to ZynqNet>"
    assert all(getattr(Networks, name).__doc__ for name in ("accuracy", "macs", "netscore"))


def test_numpy_is_loaded_by_an_array_only() -> None:
    code = (
        "import sys\n"
        "from netscore.networks import *\n"
        "load_networks().names, find_network('vgg16').netscore, load_sources(), data_version()\n"
        "assert not {'numpy', 'pandas', 'polars'} & set(sys.modules)\n"
        "load_networks().macs\n"
        "assert 'numpy' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- finding a network -----------------------------------------------------------------------


def test_every_network_is_found_by_its_name_in_any_case_and_without_punctuation() -> None:
    for network in load_networks():
        letters = re.sub("[^A-Za-z0-9]", "", network.name)
        for name in (network.name, network.name.upper(), letters, f" {network.name.lower()} "):
            assert find_network(name) is network


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mobilenet_v2_1.4", "MobileNetV2 (1.4)"),
        ("ResNet\N{EN DASH}50", "ResNet-50"),
        ("SE ResNet 50", "SE-ResNet-50"),
        ("amoebanet-a(4,50)", "AmoebaNet-A (4, 50)"),
        ("DENSENET121 K32", "DenseNet-121 (k=32)"),
    ],
)
def test_find_network_ignores_case_and_punctuation(name: str, found: str) -> None:
    assert find_network(name).name == found


@pytest.mark.parametrize(
    ("name", "near"),
    [
        (
            "VGG",
            "VGG-16, VGG-19, vgg11 (IMAGENET1K_V1), vgg11_bn (IMAGENET1K_V1), "
            "vgg13 (IMAGENET1K_V1), vgg13_bn (IMAGENET1K_V1), vgg16 (IMAGENET1K_FEATURES), "
            "vgg16 (IMAGENET1K_V1)",
        ),
        ("swin_t", "swin_t (IMAGENET1K_V1)"),
        ("condensnet", "CondenseNet (G=C=8), CondenseNet (G=C=4)"),
        ("MobileNetV2 (1.0)", "MobileNetV2, MobileNetV2 (1.4), MobileNetV1 (1.0-224)"),
        # The first eight of the many that hold it, in the order of the table.
        (
            "net",
            "AlexNet, AmoebaNet-A (4, 50), AmoebaNet-A (6, 190), AmoebaNet-A (6, 204), "
            "AmoebaNet-B (3, 62), AmoebaNet-B (6, 190), AmoebaNet-C (4, 44), AmoebaNet-C (4, 50)",
        ),
        # "resnet5" is part of the first two names, which are also among its closest matches.
        (
            "resnet5",
            "ResNet-50, SE-ResNet-50, resnet50 (IMAGENET1K_V1), resnet50 (IMAGENET1K_V2), "
            "wide_resnet50_2 (IMAGENET1K_V1), wide_resnet50_2 (IMAGENET1K_V2), ResNet-152",
        ),
        ("r\N{LATIN SMALL LETTER E WITH ACUTE}snet-18", "ResNet-18, ResNet-152, ResNet-101"),
        ("transformer", "none"),
        ("", "none"),
        ("(-)", "none"),
    ],
)
def test_an_unknown_name_lists_near_names(name: str, near: str) -> None:
    message = (
        f"find_network: name must be one of the 175 networks, got {name!r}; near names: {near}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        find_network(name)


def test_weights_of_the_same_letters_are_told_apart_by_their_spelling() -> None:
    large, small = (f"regnet_x_{size}gf (IMAGENET1K_V1)" for size in ("16", "1_6"))
    assert find_network(large).params == 54_278_536
    assert find_network(f" {small.lower()} ").params == 9_190_136
    with pytest.raises(ValueError, match=re.escape(f"near names: {large}, {small}, ")):
        find_network("regnetx16gf imagenet1k v1")


@pytest.mark.parametrize("name", [None, 50, b"ResNet-50", ["ResNet-50"]])
def test_a_name_that_is_no_text_is_refused(name: Any) -> None:
    message = f"find_network: name must be text, got {name!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        find_network(name)


# --- frames ----------------------------------------------------------------------------------

ATTRIBUTES = [field.name for field in fields(Network)]
WHOLE = {"year", "params", "macs", "input_px", "rank"}
COUNTED = {"params_counted", "macs_counted"}
REAL = {"accuracy", "netscore", "information_density"}


def test_pandas_frame() -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    frame = pandas.DataFrame(load_networks())
    assert list(frame.columns) == ATTRIBUTES
    assert len(frame) == 60
    kinds = {name: frame[name].dtype.kind for name in WHOLE | COUNTED | REAL}
    # Two networks have no count, and pandas has no missing integer by default.
    assert kinds == {name: "i" if name in WHOLE else "f" for name in kinds}
    for column in set(ATTRIBUTES) - set(kinds) - {"counted_from"}:
        assert pandas.api.types.is_string_dtype(frame[column]), column
    missing = frame.isna().sum()
    assert missing[missing > 0].to_dict() == dict.fromkeys([*COUNTED, "counted_from"], 2)
    row = frame.set_index("name").loc["MobileNetV2"]
    assert (row["macs"], row["rank"]) == (300_000_000, 3)
    assert row["netscore"] == find_network("MobileNetV2").netscore


def test_polars_frame() -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    frame = polars.DataFrame(load_networks())
    assert frame.columns == ATTRIBUTES
    assert frame.height == 60
    kinds = dict.fromkeys(WHOLE | COUNTED, polars.Int64) | dict.fromkeys(REAL, polars.Float64)
    assert {name: frame[name].dtype for name in ATTRIBUTES} == {
        name: kinds.get(name, polars.String) for name in ATTRIBUTES
    }
    missing = {name: frame[name].null_count() for name in ATTRIBUTES if frame[name].null_count()}
    assert missing == dict.fromkeys([*COUNTED, "counted_from"], 2)
    row = frame.row(by_predicate=polars.col("name") == "MobileNetV2", named=True)
    assert (row["macs"], row["rank"]) == (300_000_000, 3)
    assert row["netscore"] == find_network("MobileNetV2").netscore


def test_the_file_itself_is_readable_as_its_readme_says() -> None:
    path = str(DATA / "networks.csv")
    notes = [network.note for network in load_networks()]
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    for options in ({"skiprows": 1}, {"comment": "#"}):
        frame = pandas.read_csv(path, keep_default_na=False, **options)
        assert list(frame.columns) == COLUMNS
        assert list(frame["note"]) == notes
    polars = pytest.importorskip("polars", reason="needs polars")
    for options in ({"skip_rows": 1}, {"comment_prefix": "#"}):
        frame = polars.read_csv(path, **options)
        assert frame.columns == COLUMNS
        assert frame["note"].fill_null("").to_list() == notes
