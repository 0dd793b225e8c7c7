"""The laws of the data: what the rows, their sources and data/README.md must satisfy.

``python docs/write_pages.py --check`` runs them and names those that hold no longer.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from functools import cache
from importlib.resources import files
from io import StringIO
from math import isnan, log10
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from netscore.networks import (
    TABLES,
    Grade,
    Membership,
    Network,
    data_version,
    find_network,
    load_networks,
    load_sources,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = files("netscore") / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
CHANGELOG = (Path(__file__).parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
TITLES = {
    "networks.csv": "reference table",
    "torchvision.csv": "torchvision weights",
    "sources.csv": "sources",
}


def score(accuracy: float, params: float, macs: float) -> float:
    """NetScore, worked here from the formula of the chapter."""
    return 20 * log10(accuracy**2 / ((params / 1e6) ** 0.5 * (macs / 1e9) ** 0.5))


def ranks(scores: Mapping[str, float]) -> dict[str, int]:
    """Places of all, 1 for the highest."""
    return {name: 1 + sum(s > score for s in scores.values()) for name, score in scores.items()}


@cache
def scores() -> dict[str, float]:
    return {network.name: score(*network.figures) for network in load_networks()}


@cache
def here() -> dict[str, int]:
    return ranks(scores())


def keys(network: Network) -> set[str | None]:
    """Keys of all sources that a network refers to."""
    n = network
    return {n.paper, n.accuracy_source, n.params_source, n.macs_source}


def section(heading: str) -> list[list[str]]:
    """Rows of the table in data/README.md whose header begins so."""
    rows = README.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


# --- the files -------------------------------------------------------------------------------

KEY = "[a-z0-9]+"
PUBLICATION = f"(?!counted$){KEY}"
COUNT = r"[1-9]\d*"
GRADE = "|".join(get_args(Grade))
AUTHOR = r"[A-Za-z ]+, [A-Z](?:\.|[a-z]+)"
WRITTEN = {
    "networks.csv": {
        "name": r"[A-Za-z].*",
        "family": "[A-Za-z]+",
        # From the first network trained for ImageNet to the chapter's preprint.
        "year": "201[2-8]",
        "paper": PUBLICATION,
        # A fraction, or a decimal point that slipped by one place, is none.
        "top1_percent": r"[1-9]\d\.\d{1,2}",
        "params": COUNT,
        "macs": COUNT,
        "input_px": r"\d{3}",
        "top1_source": PUBLICATION,
        "top1_grade": f"(?!counted$)(?:{GRADE})",
        "params_source": KEY,
        "params_grade": GRADE,
        "macs_source": KEY,
        "macs_grade": GRADE,
        "membership": "|".join(get_args(Membership)),
        "params_counted": f"(?:{COUNT})?",
        "macs_counted": f"(?:{COUNT})?",
        "counted_from": ".*",
        "note": ".*",
    },
    "torchvision.csv": {},
    "sources.csv": {
        "key": KEY,
        "type": "inproceedings|mastersthesis|software|misc|",
        "authors": f"(?:{AUTHOR}(?:; {AUTHOR})*(?:; et al\\.)?|[A-Za-z ]+)?",
        "title": ".+",
        "venue": "[A-Za-z ]*(?: \\(ICIAR 2019\\))?",
        "lncs": r"\d*",
        "year": r"(?:(?:\d{4}-)?20\d\d)?",
        "pages": r"(?:\d+-\d+)?",
        "doi": r"(?:10\.\d+/\S+)?",
        "arxiv": r"(?:\d{4}\.\d{4,5})?",
        "url": r"(?:https://\S+)?",
        "note": ".*",
        "where": ".*",
    },
}

WRITTEN["torchvision.csv"] = {
    **WRITTEN["networks.csv"],
    "name": r"[a-z]\w+ \(IMAGENET1K_\w+\)",
    "family": "[a-z_]+[23]?",
    **dict.fromkeys(("year", "paper", "membership"), ""),
    "top1_percent": r"(?:[1-9]\d\.\d{1,3})?",
    "macs": r"[1-9]\d*0{6}",
    **dict.fromkeys(("top1_source", "params_source", "macs_source"), "torchvision2016"),
    **dict.fromkeys(("top1_grade", "params_grade", "macs_grade"), "published"),
    "counted_from": r"torchvision\.models\.\w+",
}


@pytest.mark.parametrize("file", WRITTEN)
def test_every_field_is_written_as_its_column_says(file: str) -> None:
    header, *rows = csv.reader((DATA / file).read_text(encoding="utf-8").splitlines()[1:])
    assert header == list(WRITTEN[file])
    wrong = [
        f"line {line}, {column}: {text!r}"
        for line, row in enumerate(rows, 3)
        for (column, form), text in zip(WRITTEN[file].items(), row, strict=True)
        if not re.fullmatch(form, text) or text != text.strip()
    ]
    assert wrong == []


@pytest.mark.parametrize("file", WRITTEN)
def test_a_file_is_plain_csv_below_one_comment(file: str) -> None:
    text = (DATA / file).read_bytes().decode()
    first, _, rest = text.partition("\n")
    assert text.count("#") == 1  # so that it is read with comment="#", as the README says
    assert first.startswith(f"# netscore {TITLES[file]}, version ")
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows(csv.reader(StringIO(rest)))
    assert written.getvalue() == rest  # quoted where necessary, LF
    assert all(line.isprintable() and line for line in rest[:-1].split("\n"))


def test_all_files_carry_the_same_version_and_a_real_date() -> None:
    match = re.fullmatch(r"(\d+\.\d+\.\d+) \((.{10})\)", data_version())
    assert match
    assert date.fromisoformat(match[2]) >= date(2026, 11, 28)
    for file, title in TITLES.items():
        first = (DATA / file).read_text(encoding="utf-8").split("\n")[0]
        assert first == f"# netscore {title}, version {match[1]}, {match[2]}"
    assert f"The reference table, version {match[1]}" in CHANGELOG


# --- the rows --------------------------------------------------------------------------------


def test_there_are_sixty_networks_with_unique_names() -> None:
    names = {re.sub("[^a-z0-9]", "", name.lower()) for name in load_networks().names}
    assert len(load_networks()) == len(names) == 60


@pytest.mark.parametrize("table", TABLES)
def test_the_order_is_by_family_and_name(table: str) -> None:
    places = [(n.family.casefold(), n.name.casefold()) for n in load_networks(table)]
    assert places == sorted(places)


def test_percentages_and_counts_are_in_range() -> None:
    for network in load_networks():
        # From AlexNet, 57.1 %, to AmoebaNet-C (6, 228), 83.1 %.
        assert 57 < network.accuracy < 84, network.name
        assert 700_000 < network.params < 160_000_000, network.name
        assert 180_000_000 < network.macs < 43_000_000_000, network.name
        # A weight of a convolution is used many times in one inference, by far most in SqueezeNet.
        assert 10 < network.macs / network.params < 700, network.name


def test_inputs_are_those_of_imagenet() -> None:
    sides = {network.input_px for network in load_networks()}
    assert sides == {128, 160, 192, 224, 227, 231, 256, 299, 320, 331}


def test_the_sources_are_those_that_are_used_or_always_cited() -> None:
    defining = {"canziani2016analysis", "wong2019netscore", "netscore"}
    used = set().union(*map(keys, load_networks())) | {"torchvision2016"}
    assert set(load_sources()) == used | defining


def test_a_source_is_written_once() -> None:
    lines = (DATA / "sources.csv").read_text(encoding="utf-8").splitlines()[2:]
    assert len(lines) == len(load_sources())
    # A publication has an entry, authors and a year; a venue is what its type needs.
    for key, source in load_sources().items():
        assert len({key == "counted", not source.type, not source.authors, not source.year}) == 1
        assert (source.type in {"inproceedings", "mastersthesis"}) == bool(source.venue), key
        assert not (source.url and (source.arxiv or source.doi)), key


def test_counted_figures_are_counts() -> None:
    for n in load_networks():
        for source, grade, figure, count in (
            (n.params_source, n.params_grade, n.params, n.params_counted),
            (n.macs_source, n.macs_grade, n.macs, n.macs_counted),
        ):
            assert (grade == "counted") == (source == "counted"), n.name
            assert grade != "counted" or figure == count, n.name


def test_all_but_two_networks_were_counted_as_a_whole() -> None:
    counts = {n.name: (n.params_counted, n.macs_counted, n.counted_from) for n in load_networks()}
    without = {name for name, parts in counts.items() if None in parts}
    assert without == {"NASNet-B (4 @ 1536)", "NASNet-C (3 @ 960)"}
    assert {counts[name] for name in without} == {(None, None, None)}


# What differs by more than 5 %, with a word of the note that explains it.
EXPLAINED = {
    ("AmoebaNet-B (6, 190)", "params"): "F=196",
    ("AmoebaNet-B (6, 190)", "macs"): "F=196",
    ("AmoebaNet-C (4, 50)", "macs"): "677 M",
    ("GoogLeNet", "macs"): "replica",
    ("MobileNetV2 (1.4)", "params"): "6.1 M",
}


def test_figures_and_counts_agree_within_five_percent_but_for_four_rows() -> None:
    apart = {
        (n.name, column): abs(figure - count) / count
        for n in load_networks()
        for column, figure, count in (
            ("params", n.params, n.params_counted),
            ("macs", n.macs, n.macs_counted),
        )
        if count is not None and 100 * abs(figure - count) > 5 * count
    }
    assert set(apart) == set(EXPLAINED)
    assert len({name for name, _ in apart}) == 4
    assert max(apart.values()) < 0.2
    for (name, column), word in EXPLAINED.items():
        assert word in find_network(name).note, (name, column)


def test_macs_of_one_network_grow_with_its_image() -> None:
    # A convolution is computed once for each place of the image; only the classifier is not.
    large = find_network("MobileNetV1 (1.0-224)")
    for side in (128, 160, 192):
        small = find_network(f"MobileNetV1 (1.0-{side})")
        assert small.params_counted == large.params_counted
        assert small.macs / large.macs == pytest.approx((side / 224) ** 2, rel=0.005)


@pytest.mark.parametrize(
    ("name", "accuracy", "params", "macs"),
    [
        # Sandler et al. 2018, Table 4.
        ("MobileNetV2", 72.0, 3.4e6, 300e6),
        ("MobileNetV2 (1.4)", 74.7, 6.9e6, 585e6),
        # Howard et al. 2017, Tables 6 and 7.
        ("MobileNetV1 (1.0-224)", 70.6, 4.2e6, 569e6),
        ("MobileNetV1 (1.0-128)", 64.4, 4.2e6, 186e6),
        # Zoph et al. 2018, Tables 2 and 3.
        ("NASNet-A (6 @ 4032)", 82.7, 88.9e6, 23.8e9),
        ("NASNet-A (4 @ 1056)", 74.0, 5.3e6, 564e6),
        ("NASNet-B (4 @ 1536)", 72.8, 5.3e6, 488e6),
        ("NASNet-C (3 @ 960)", 72.5, 4.9e6, 558e6),
        # He et al. 2016: single-crop errors of the release page (24.7, 23.6, 23.0 %), Table 1.
        ("ResNet-50", 100 - 24.7, None, 3.8e9),
        ("ResNet-101", 100 - 23.6, None, 7.6e9),
        ("ResNet-152", 100 - 23.0, None, 11.3e9),
        # Simonyan and Zisserman 2015, Table 2; error of the VGG-16 weights quoted by He et al.
        ("VGG-16", 100 - 28.5, 138e6, None),
        ("VGG-19", None, 144e6, None),
        # Krizhevsky et al. 2012, abstract.
        ("AlexNet", None, 60e6, None),
        # Huang et al. 2017, Table 3: single-crop errors 25.02, 23.80 and 22.58 %.
        ("DenseNet-121 (k=32)", 100 - 25.02, None, None),
        ("DenseNet-169 (k=32)", 100 - 23.80, None, None),
        ("DenseNet-201 (k=32)", 100 - 22.58, None, None),
        # Xie et al. 2017: single-crop errors of the README (22.2 and 21.2 %), Table 1.
        ("ResNeXt-50 (32x4d)", 100 - 22.2, 25.0e6, 4.2e9),
        ("ResNeXt-101 (32x4d)", 100 - 21.2, None, 7.8e9),
        # Zhang et al. 2018, Table 5: errors 28.5 and 26.3 %.
        ("ShuffleNet (1.5)", 100 - 28.5, None, 292e6),
        ("ShuffleNet (x2)", 100 - 26.3, None, 524e6),
        # Chollet 2017: top-1 0.790, 22 855 952 parameters.
        ("Xception", 79.0, 22_855_952, None),
        # Gholami et al. 2018, Tables 1 and 3.
        ("SqueezeNext 1.0-SqNxt-23", 59.05, 0.72e6, 282e6),
        # Real et al. 2019, Tables 1 and 2 of version 4 of the preprint.
        ("AmoebaNet-C (4, 44)", 75.1, 5.1e6, 535e6),
        ("AmoebaNet-C (4, 50)", 75.7, 6.4e6, 570e6),
        ("AmoebaNet-C (6, 228)", 83.1, 155.3e6, 41.1e9),
        # Sermanet et al. 2014, Tables 2 and 4: error 39.01 %, 145 and 2810 million.
        ("OverFeat (fast)", 100 - 39.01, 145e6, 2810e6),
        # Redmon and Farhadi 2017: 72.9 %, 5.58 billion operations, two to a MAC.
        ("Darknet-19", 72.9, None, 5.58e9 / 2),
    ],
)
def test_published_figures(
    name: str, accuracy: float | None, params: float | None, macs: float | None
) -> None:
    network = find_network(name)
    for figure, published in (
        (network.accuracy, accuracy),
        (network.params, params),
        (network.macs, macs),
    ):
        assert published is None or figure == pytest.approx(published, rel=1e-12)


# --- the weights of torchvision ----------------------------------------------------------------


def test_there_are_115_weights_with_names_of_their_own() -> None:
    weights = load_networks("torchvision")
    assert len(weights) == len({*weights.names}) == 115
    assert not {*weights.names} & {*load_networks().names}
    assert {n.name for n in weights if isnan(n.accuracy)} == {"vgg16 (IMAGENET1K_FEATURES)"}


def test_counts_of_the_weights_are_what_they_print_but_for_one() -> None:
    # _ops has three decimals in billions; the training classifier of inception_v3 is in its params.
    for n in load_networks("torchvision"):
        assert n.params_counted is not None
        assert n.macs_counted is not None
        assert abs(n.macs_counted - n.macs) <= 500_000, n.name
        assert (n.params == n.params_counted) == (n.name != "inception_v3 (IMAGENET1K_V1)")
        assert bool(n.note) == (n.params != n.params_counted or isnan(n.accuracy)), n.name


def test_weights_of_a_model_for_the_same_input_cost_the_same() -> None:
    costs: dict[tuple[str | None, int], set[tuple[int, int]]] = {}
    for n in load_networks("torchvision"):
        costs.setdefault((n.counted_from, n.input_px), set()).add((n.params, n.macs))
    assert {len(found) for found in costs.values()} == {1}


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        # As the documentation of torchvision's models prints them.
        ("resnet50 (IMAGENET1K_V2)", (80.858, 25_557_032, 4_090_000_000)),
        ("mobilenet_v2 (IMAGENET1K_V2)", (72.154, 3_504_872, 300_000_000)),
        ("vgg16 (IMAGENET1K_V1)", (71.592, 138_357_544, 15_470_000_000)),
        ("vit_h_14 (IMAGENET1K_SWAG_E2E_V1)", (88.552, 633_470_440, 1_016_720_000_000)),
    ],
)
def test_figures_of_weights(name: str, figures: tuple[float, int, int]) -> None:
    accuracy, params, macs = find_network(name).figures
    assert (accuracy, params) == figures[:2]
    assert abs(macs - figures[2]) <= 5_000_000  # the documentation has two decimals of a billion


def test_the_ranks_of_the_weights_are_those_of_the_formula() -> None:
    weights = load_networks("torchvision")
    known = {n.name: score(*n.figures) for n in weights if not isnan(n.accuracy)}
    assert {n.name: n.rank for n in weights if n.rank} == ranks(known)


def test_the_installed_torchvision_says_the_same() -> None:
    models = pytest.importorskip("torchvision.models", reason="needs torchvision")
    found = {}
    for model in models.list_models(module=models):
        builder = models.get_model_builder(model)
        for weights in models.get_model_weights(model):
            about = weights.meta
            found[f"{model} ({weights.name})"] = (
                builder.__module__.removeprefix("torchvision.models."),
                about["_metrics"]["ImageNet-1K"]["acc@1"],
                about["num_params"],
                round(about["_ops"] * 1e9),
                weights.transforms.keywords["crop_size"],
            )
    for n in load_networks("torchvision"):
        figures = pytest.approx((*n.figures, n.input_px), rel=0, abs=0, nan_ok=True)
        assert found[n.name][0] == n.family
        assert found[n.name][1:] == figures, n.name
    assert len(found) == 115


# --- what readers noted from the chapter's figures -------------------------------------------

# NetScore rank among the 60.
NOTED_RANKS = {
    "SqueezeNext 1.0-SqNxt-23": 1,
    "CondenseNet (G=C=8)": 2,
    "MobileNetV2": 3,
    "Tiny Darknet": 4,
    "MobileNetV1 (1.0-128)": 5,
    "MobileNetV1 (1.0-160)": 6,
    "ShuffleNet (x2)": 7,
    "ShuffleNet (1.5)": 8,
    "MobileNetV1 (1.0-192)": 9,
    "ZynqNet": 10,
    "DenseNet-121 (k=32)": 26,
    "ResNet-50": 33,
}
SHUFFLENETS = {"ShuffleNet (x2)", "ShuffleNet (1.5)"}

# Families by their best member. The notes say InceptionV4 and TinyDarkNet for two of them.
NOTED_BY_ACCURACY = [
    "AmoebaNet",
    "NASNet",
    "SENet",
    "DPN",
    "PolyNet",
    "ResNeXt",
    "Inception",
    "PyramidNet",
    "Xception",
]
NOTED_BY_DENSITY = [
    "SqueezeNext",
    "Darknet",
    "SqueezeNet",
    "MobileNet",
    "ZynqNet",
    "CondenseNet",
    "ShuffleNet",
]


@cache
def best(figure: str) -> dict[str, float]:
    """The highest of the families' members, the best family first."""
    found: dict[str, float] = {}
    for n in load_networks():
        value = n.accuracy if figure == "accuracy" else n.accuracy / (n.params / 1e6)
        found[n.family] = max(value, found.get(n.family, 0.0))
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def test_the_ranks_of_the_records_are_those_of_the_formula() -> None:
    assert {network.name: network.rank for network in load_networks()} == here()


def without_shufflenets(given: Mapping[str, int]) -> dict[str, int]:
    """The noted networks' ranks where the two are set aside."""
    away = [given[name] for name in SHUFFLENETS]
    return {
        name: given[name] - sum(other < given[name] for other in away)
        for name in NOTED_RANKS
        if name not in SHUFFLENETS
    }


def test_noted_ranks_are_reproduced_but_for_those_that_the_shufflenets_move() -> None:
    same = {name for name, rank in NOTED_RANKS.items() if here()[name] == rank}
    assert same == {
        "SqueezeNext 1.0-SqNxt-23",
        "CondenseNet (G=C=8)",
        "MobileNetV2",
        "DenseNet-121 (k=32)",
        "ResNet-50",
    }
    assert without_shufflenets(here()) == without_shufflenets(NOTED_RANKS)
    assert len(without_shufflenets(here())) == 10


def test_exceptions_the_shufflenets_are_fourth_and_fourteenth_noted_eighth_and_seventh() -> None:
    assert {name: (here()[name], NOTED_RANKS[name]) for name in SHUFFLENETS} == {
        "ShuffleNet (1.5)": (4, 8),
        "ShuffleNet (x2)": (14, 7),
    }


# The set that the first preprint of MobileNetV2 prints, in place of that in the table.
SECOND = {
    "ShuffleNet (1.5)": score(69.0, 2.9e6, 292e6),
    "ShuffleNet (x2)": score(70.9, 4.4e6, 524e6),
}


@pytest.mark.parametrize("tried", [["ShuffleNet (1.5)"], ["ShuffleNet (x2)"], [*SECOND]])
def test_the_second_set_of_the_shufflenets_does_not_explain_the_notes(tried: list[str]) -> None:
    with_it = ranks({**scores(), **{name: SECOND[name] for name in tried}})
    stands = {"ShuffleNet (1.5)": 3, "ShuffleNet (x2)": 12}
    for name in tried:
        assert with_it[name] == stands[name] != NOTED_RANKS[name]
    assert "with it they stand 3rd and 12th" in README


def test_noted_order_of_families_by_accuracy_holds_but_for_senet() -> None:
    families = [*best("accuracy")][:9]
    # SENet-154 stands just above NASNet-A, noted just below.
    assert families[1:3] == ["SENet", "NASNet"]
    families[1:3] = ["NASNet", "SENet"]
    assert families == NOTED_BY_ACCURACY
    assert best("accuracy")["SENet"] == find_network("SENet-154").accuracy == 82.72
    assert best("accuracy")["NASNet"] == find_network("NASNet-A (6 @ 4032)").accuracy == 82.7


def test_inception_v4_itself_stands_where_its_family_does() -> None:
    families = best("accuracy")
    inception = find_network("Inception-v4").accuracy
    assert families["ResNeXt"] > inception > families["PyramidNet"]


def test_noted_order_of_families_by_density_holds_but_for_mobilenet() -> None:
    families = [*best("density")][:7]
    # MobileNet stands below ZynqNet and CondenseNet, noted above.
    assert families[3:6] == ["ZynqNet", "CondenseNet", "MobileNet"]
    families[3:6] = ["MobileNet", "ZynqNet", "CondenseNet"]
    assert families == NOTED_BY_DENSITY
    darknet = find_network("Tiny Darknet")
    assert best("density")["Darknet"] == darknet.accuracy / (darknet.params / 1e6)


def test_networks_with_a_noted_rank_are_named_or_of_a_named_family() -> None:
    # SqueezeNext and CondenseNet are noted without the variant.
    variants = {"SqueezeNext 1.0-SqNxt-23", "CondenseNet (G=C=8)"}
    for name in NOTED_RANKS:
        assert find_network(name).membership == ("family" if name in variants else "named")


# --- what the README says --------------------------------------------------------------------


@pytest.mark.parametrize("file", ["networks.csv", "sources.csv"])
def test_the_readme_documents_every_column_in_order(file: str) -> None:
    text = README.partition(f"## Columns of {file}")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(WRITTEN[file])


def test_the_readme_counts_the_grades_and_names_what_is_recalled() -> None:
    graded = [(n, (n.accuracy_grade, n.params_grade, n.macs_grade)) for n in load_networks()]
    counted = [Counter(column) for column in zip(*(grades for _, grades in graded), strict=True)]
    rows = section("grade")
    assert [row[0] for row in rows] == [f"`{grade}`" for grade in get_args(Grade)]
    for row, grade in zip(rows, get_args(Grade), strict=True):
        assert [int(cell) for cell in row[1:4]] == [count[grade] for count in counted]
    recalled = [n.name for n, grades in graded if "recalled" in grades]
    assert sum(count["recalled"] for count in counted) == 6
    assert f"The six recalled figures are those of {' and '.join(recalled)}." in README


def test_the_readme_and_the_docstring_count_the_memberships() -> None:
    counted = Counter(network.membership for network in load_networks())
    expected = [(word, counted[word]) for word in get_args(Membership)]
    assert [(row[0].strip("`"), int(row[1])) for row in section("membership")] == expected
    text = load_networks.__doc__ or ""
    said = re.findall(r"- ``(\w+)``: [^;.]*?\((\d+)(?: networks)?\)", text)
    assert [(word, int(number)) for word, number in said] == expected


def test_the_readme_prints_the_noted_ranks_and_those_of_this_table() -> None:
    rows = section("network | noted")
    assert rows == [[name, str(noted), str(here()[name])] for name, noted in NOTED_RANKS.items()]


@pytest.mark.parametrize("told", [README, load_networks.__doc__ or ""], ids=["readme", "docstring"])
def test_the_four_rows_that_differ_and_the_exceptions_are_told(told: str) -> None:
    told = " ".join(told.split())
    assert "AmoebaNet-B (6, 190), AmoebaNet-C (4, 50), GoogLeNet and MobileNetV2 (1.4)" in told
    for name in ("SENet-154 with 82.72 %", "NASNet-A with 82.70 %", "ZynqNet and CondenseNet"):
        assert name in told
