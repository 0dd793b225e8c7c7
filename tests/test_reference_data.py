"""The laws of the data: what the 60 rows, their sources and data/README.md must satisfy."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from importlib.resources import files
from io import StringIO
from math import log10
from typing import get_args

import pytest

from netscore.networks import (
    Grade,
    Membership,
    Network,
    data_version,
    find_network,
    load_networks,
    load_sources,
)

DATA = files("netscore") / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
NETWORKS = load_networks()


def score(network: Network) -> float:
    """NetScore, worked here from the formula of the chapter."""
    millions, billions = network.params / 1e6, network.macs / 1e9
    return 20 * log10(network.accuracy**2 / (millions**0.5 * billions**0.5))


def density(network: Network) -> float:
    return network.accuracy / (network.params / 1e6)


RANKS = {
    network.name: place
    for place, network in enumerate(sorted(NETWORKS, key=score, reverse=True), 1)
}


def table(heading: str) -> list[list[str]]:
    """Rows of the table in data/README.md whose header begins so."""
    rows = README.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


# --- the rows --------------------------------------------------------------------------------


def test_there_are_sixty_networks_with_unique_names() -> None:
    names = {re.sub("[^a-z0-9]", "", network.name.lower()) for network in NETWORKS}
    assert len(NETWORKS) == len(names) == 60


def test_the_order_is_by_family_and_name() -> None:
    places = [(network.family.casefold(), network.name.casefold()) for network in NETWORKS]
    assert places == sorted(places)


def test_percentages_and_counts_are_in_range() -> None:
    for network in NETWORKS:
        # From AlexNet, 57.1 %, to AmoebaNet-C (6, 228), 83.1 %.
        assert 57 < network.accuracy < 84, network.name
        assert 700_000 < network.params < 160_000_000, network.name
        assert 180_000_000 < network.macs < 43_000_000_000, network.name
        # A weight of a convolution is used many times in one inference, by far most in SqueezeNet.
        assert 10 < network.macs / network.params < 700, network.name


def test_years_and_inputs_are_those_of_imagenet_before_the_chapter() -> None:
    assert {network.year for network in NETWORKS} <= set(range(2012, 2019))
    assert {n.input_px for n in NETWORKS} == {128, 160, 192, 224, 227, 231, 256, 299, 320, 331}


def test_every_source_key_resolves() -> None:
    sources = load_sources()
    for n in NETWORKS:
        assert {n.paper, n.accuracy_source, n.params_source, n.macs_source} <= set(sources), n.name


def test_every_source_is_used_but_the_two_that_define_the_metrics() -> None:
    used = {
        key
        for n in NETWORKS
        for key in (n.paper, n.accuracy_source, n.params_source, n.macs_source)
    }
    assert set(load_sources()) - used == {"canziani2016analysis", "wong2019netscore"}


def test_counted_figures_are_counts() -> None:
    for n in NETWORKS:
        assert n.accuracy_grade != "counted", n.name
        for source, grade, figure, count in (
            (n.params_source, n.params_grade, n.params, n.params_counted),
            (n.macs_source, n.macs_grade, n.macs, n.macs_counted),
        ):
            assert (grade == "counted") == (source == "counted"), n.name
            if grade == "counted":
                assert figure == count, n.name


def test_all_but_two_networks_were_counted() -> None:
    without = {network.name for network in NETWORKS if network.counted_from is None}
    assert without == {"NASNet-B (4 @ 1536)", "NASNet-C (3 @ 960)"}


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
        (n.name, column)
        for n in NETWORKS
        for column, figure, count in (
            ("params", n.params, n.params_counted),
            ("macs", n.macs, n.macs_counted),
        )
        if count is not None and abs(figure / count - 1) > 0.05
    }
    assert apart == set(EXPLAINED)
    assert len({name for name, _ in apart}) == 4


@pytest.mark.parametrize(("name", "column"), EXPLAINED)
def test_the_note_explains_what_differs(name: str, column: str) -> None:
    assert EXPLAINED[name, column] in find_network(name).note


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

ACCURACY_OF_FAMILY = {
    family: max(n.accuracy for n in NETWORKS if n.family == family)
    for family in {n.family for n in NETWORKS}
}
DENSITY_OF_FAMILY = {
    family: max(density(n) for n in NETWORKS if n.family == family)
    for family in {n.family for n in NETWORKS}
}


@pytest.mark.parametrize(
    "name",
    [
        "SqueezeNext 1.0-SqNxt-23",
        "CondenseNet (G=C=8)",
        "MobileNetV2",
        "DenseNet-121 (k=32)",
        "ResNet-50",
    ],
)
def test_noted_ranks_that_are_reproduced_as_they_stand(name: str) -> None:
    assert RANKS[name] == NOTED_RANKS[name]


def test_noted_ranks_are_reproduced_where_the_shufflenets_are_set_aside() -> None:
    def without_shufflenets(ranks: dict[str, int]) -> dict[str, int]:
        away = [ranks[name] for name in SHUFFLENETS]
        return {
            name: rank - sum(other < rank for other in away)
            for name, rank in ranks.items()
            if name in NOTED_RANKS and name not in SHUFFLENETS
        }

    here = without_shufflenets(RANKS)
    assert here == without_shufflenets(NOTED_RANKS)
    assert len(here) == 10


def test_exception_shufflenet_1_5_is_fourth_and_noted_eighth() -> None:
    assert (RANKS["ShuffleNet (1.5)"], NOTED_RANKS["ShuffleNet (1.5)"]) == (4, 8)
    # Noted below the four networks that stand here below it.
    for name in ("Tiny Darknet", "MobileNetV1 (1.0-128)", "MobileNetV1 (1.0-160)"):
        assert NOTED_RANKS[name] < NOTED_RANKS["ShuffleNet (1.5)"]
        assert RANKS[name] > RANKS["ShuffleNet (1.5)"]


def test_exception_shufflenet_x2_is_fourteenth_and_noted_seventh() -> None:
    assert (RANKS["ShuffleNet (x2)"], NOTED_RANKS["ShuffleNet (x2)"]) == (14, 7)
    for name in ("ShuffleNet (1.5)", "MobileNetV1 (1.0-192)", "ZynqNet"):
        assert NOTED_RANKS[name] > NOTED_RANKS["ShuffleNet (x2)"]
        assert RANKS[name] < RANKS["ShuffleNet (x2)"]


def test_noted_order_of_families_by_accuracy_holds_but_for_senet() -> None:
    here = sorted(ACCURACY_OF_FAMILY, key=ACCURACY_OF_FAMILY.__getitem__, reverse=True)[:9]
    assert here == [
        "AmoebaNet",
        "SENet",
        "NASNet",
        "DPN",
        "PolyNet",
        "ResNeXt",
        "Inception",
        "PyramidNet",
        "Xception",
    ]
    here.remove("SENet")
    assert here == [family for family in NOTED_BY_ACCURACY if family != "SENet"]


def test_exception_senet_154_is_just_above_nasnet_a() -> None:
    assert NOTED_BY_ACCURACY.index("SENet") == NOTED_BY_ACCURACY.index("NASNet") + 1
    assert ACCURACY_OF_FAMILY["SENet"] == find_network("SENet-154").accuracy == 82.72
    assert ACCURACY_OF_FAMILY["NASNet"] == find_network("NASNet-A (6 @ 4032)").accuracy == 82.7


def test_inception_v4_itself_stands_where_its_family_does() -> None:
    assert 80.9 == ACCURACY_OF_FAMILY["ResNeXt"] > find_network("Inception-v4").accuracy
    assert find_network("Inception-v4").accuracy > ACCURACY_OF_FAMILY["PyramidNet"] == 79.53


def test_noted_order_of_families_by_density_holds_but_for_mobilenet() -> None:
    here = sorted(DENSITY_OF_FAMILY, key=DENSITY_OF_FAMILY.__getitem__, reverse=True)[:7]
    assert here == [
        "SqueezeNext",
        "Darknet",
        "SqueezeNet",
        "ZynqNet",
        "CondenseNet",
        "MobileNet",
        "ShuffleNet",
    ]
    here.remove("MobileNet")
    assert here == [family for family in NOTED_BY_DENSITY if family != "MobileNet"]


@pytest.mark.parametrize("other", ["ZynqNet", "CondenseNet"])
def test_exception_mobilenet_is_below_in_density(other: str) -> None:
    assert NOTED_BY_DENSITY.index("MobileNet") < NOTED_BY_DENSITY.index(other)
    assert DENSITY_OF_FAMILY["MobileNet"] < DENSITY_OF_FAMILY[other]


def test_the_densest_darknet_is_the_noted_one() -> None:
    assert DENSITY_OF_FAMILY["Darknet"] == density(find_network("Tiny Darknet"))


def test_networks_with_a_noted_rank_are_named_or_of_a_named_family() -> None:
    # SqueezeNext and CondenseNet are noted without the variant.
    variants = {"SqueezeNext 1.0-SqNxt-23", "CondenseNet (G=C=8)"}
    for name in NOTED_RANKS:
        assert find_network(name).membership == ("family" if name in variants else "named")


# --- the version and the README --------------------------------------------------------------


def test_both_files_carry_the_same_version_and_a_real_date() -> None:
    match = re.fullmatch(r"(\d+\.\d+\.\d+) \((.{10})\)", data_version())
    assert match
    assert date.fromisoformat(match[2]) >= date(2026, 11, 23)
    for file, title in (("networks.csv", "reference table"), ("sources.csv", "sources")):
        first = (DATA / file).read_text(encoding="utf-8").split("\n")[0]
        assert first == f"# netscore {title}, version {match[1]}, {match[2]}"


@pytest.mark.parametrize("file", ["networks.csv", "sources.csv"])
def test_only_the_first_character_is_a_comment_sign(file: str) -> None:
    # So that the files are read as their README says, with comment="#".
    text = (DATA / file).read_text(encoding="utf-8")
    assert text.startswith("#")
    assert text.count("#") == 1


@pytest.mark.parametrize("file", ["networks.csv", "sources.csv"])
def test_the_readme_documents_every_column_in_order(file: str) -> None:
    text = (DATA / file).read_text(encoding="utf-8")
    header = list(csv.reader(StringIO(text)))[1]
    section = README.partition(f"## Columns of {file}")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == header


def test_the_readme_counts_the_grades() -> None:
    counted = [
        Counter(n.accuracy_grade for n in NETWORKS),
        Counter(n.params_grade for n in NETWORKS),
        Counter(n.macs_grade for n in NETWORKS),
    ]
    rows = table("grade")
    assert [row[0] for row in rows] == [f"`{grade}`" for grade in get_args(Grade)]
    for row, grade in zip(rows, get_args(Grade), strict=True):
        assert [int(cell) for cell in row[1:4]] == [count[grade] for count in counted]


def test_the_readme_and_the_docstring_count_the_memberships() -> None:
    counted = Counter(network.membership for network in NETWORKS)
    expected = [(word, counted[word]) for word in get_args(Membership)]
    assert [(row[0].strip("`"), int(row[1])) for row in table("membership")] == expected
    text = load_networks.__doc__ or ""
    said = re.findall(r"- ``(\w+)``: [^;.]*?\((\d+)(?: networks)?\)", text)
    assert [(word, int(number)) for word, number in said] == expected


def test_the_readme_prints_the_noted_ranks_and_those_of_this_table() -> None:
    assert table("network") == [
        [name, str(noted), str(RANKS[name])] for name, noted in NOTED_RANKS.items()
    ]


@pytest.mark.parametrize("text", ["readme", "docstring"])
def test_the_four_rows_that_differ_and_the_exceptions_are_told(text: str) -> None:
    told = README if text == "readme" else load_networks.__doc__ or ""
    told = " ".join(told.split())
    assert "AmoebaNet-B (6, 190), AmoebaNet-C (4, 50), GoogLeNet and MobileNetV2 (1.4)" in told
    for name in ("SENet-154 with 82.72 %", "NASNet-A with 82.70 %", "ZynqNet and CondenseNet"):
        assert name in told
