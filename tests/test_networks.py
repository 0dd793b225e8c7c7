"""The reference table as an API, and every way in which its files may be wrong."""

from __future__ import annotations

import csv
import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from importlib.resources import files
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netscore import networks as room
from netscore.networks import (
    Network,
    Source,
    data_version,
    find_network,
    load_networks,
    load_sources,
)

NETWORKS = (files("netscore") / "data" / "networks.csv").read_bytes()
SOURCES = (files("netscore") / "data" / "sources.csv").read_bytes()

COLUMNS = [
    "name",
    "family",
    "year",
    "paper",
    "top1_percent",
    "params",
    "macs",
    "input_px",
    "top1_source",
    "top1_grade",
    "params_source",
    "params_grade",
    "macs_source",
    "macs_grade",
    "membership",
    "params_counted",
    "macs_counted",
    "counted_from",
    "note",
]
ATTRIBUTES = [
    "accuracy" if column == "top1_percent" else column.replace("top1", "accuracy")
    for column in COLUMNS
]

Corruption = Callable[[bytes], bytes]


def pinned(data: bytes) -> bytes:
    """Set version and date, so that those of the next release change no test."""
    return re.sub(rb"version \S+, \S+\n", b"version 1.0.0, 2026-11-23\n", data, count=1)


FILES = {"networks.csv": pinned(NETWORKS), "sources.csv": pinned(SOURCES)}


def as_csv(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def cells(first: str, **changes: str) -> Corruption:
    """Change fields of the row whose first field is that."""

    def corrupt(data: bytes) -> bytes:
        comment, _, rest = data.decode().partition("\n")
        header, *rows = csv.reader(StringIO(rest))
        (row,) = (row for row in rows if row[0] == first)
        for column, value in changes.items():
            assert row[header.index(column)] != value
            row[header.index(column)] = value
        return f"{comment}\n{as_csv([header, *rows])}".encode()

    return corrupt


def swap(old: str, new: str) -> Corruption:
    """Change a piece of text that occurs once."""

    def corrupt(data: bytes) -> bytes:
        assert data.count(old.encode()) == 1
        return data.replace(old.encode(), new.encode())

    return corrupt


def lines(change: Callable[[list[bytes]], object]) -> Corruption:
    """Change the list of lines in place."""

    def corrupt(data: bytes) -> bytes:
        parts = data.splitlines(keepends=True)
        change(parts)
        return b"".join(parts)

    return corrupt


def parse(file: str, corrupt: Corruption) -> Any:
    data = {**FILES, file: corrupt(FILES[file])}
    assert data != FILES
    return room._parse(data["networks.csv"], data["sources.csv"])


# --- the API ---------------------------------------------------------------------------------


def test_load_networks_gives_sixty_records_and_always_the_same_tuple() -> None:
    networks = load_networks()
    assert type(networks) is tuple
    assert len(networks) == 60
    assert {type(network) for network in networks} == {Network}
    assert load_networks() is networks


def test_load_sources_gives_records_by_key_and_always_the_same_mapping() -> None:
    sources = load_sources()
    assert {type(source) for source in sources.values()} == {Source}
    assert all(key == source.key for key, source in sources.items())
    assert load_sources() is sources


def test_a_source_holds_its_row() -> None:
    assert load_sources()["liu2019darts"] == Source(
        key="liu2019darts",
        citation="Liu, H., Simonyan, K., Yang, Y.: DARTS: Differentiable Architecture Search. "
        "ICLR (2019)",
        locator="arXiv:1806.09055",
        where="ImageNet mobile-setting table, quoting AmoebaNet",
    )
    assert load_sources()["squeezenextnotes"].locator == ""


def test_a_network_holds_its_row() -> None:
    assert find_network("PyramidNet-200 (alpha=300)") == Network(
        name="PyramidNet-200 (alpha=300)",
        family="PyramidNet",
        year=2017,
        paper="han2017pyramidnet",
        accuracy=79.53,
        params=62_100_000,
        macs=16_550_501_282,
        input_px=224,
        accuracy_source="han2017pyramidnet",
        accuracy_grade="published",
        params_source="han2017pyramidnet",
        params_grade="published",
        macs_source="counted",
        macs_grade="counted",
        membership="family",
        params_counted=62_368_168,
        macs_counted=16_550_501_282,
        counted_from="layer by layer from the authors' definition, batch norm included",
        note="The published 62.1 M excludes batch-norm parameters.",
    )


def test_what_is_not_given_is_none_and_an_absent_note_is_empty() -> None:
    network = find_network("NASNet-B (4 @ 1536)")
    assert network.params_counted is None
    assert network.macs_counted is None
    assert network.counted_from is None
    assert network.note == ""


def test_written_back_as_csv_the_records_are_the_files() -> None:
    def text(value: object) -> str:
        return "" if value is None else str(value)

    def file(records: Any, columns: list[str], attributes: list[str]) -> str:
        rows = [[text(getattr(record, name)) for name in attributes] for record in records]
        return as_csv([columns, *rows])

    source_columns = ["key", "citation", "locator", "where"]
    assert file(load_networks(), COLUMNS, ATTRIBUTES) == NETWORKS.decode().partition("\n")[2]
    assert (
        file(load_sources().values(), source_columns, source_columns)
        == SOURCES.decode().partition("\n")[2]
    )


def test_attributes_are_the_columns_in_their_order() -> None:
    assert [field.name for field in fields(Network)] == ATTRIBUTES
    assert NETWORKS.decode().split("\n")[1].split(",") == COLUMNS


def test_records_cannot_be_changed() -> None:
    network, source = load_networks()[0], load_sources()["counted"]
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'params'"):
        network.params = 1  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'citation'"):
        source.citation = ""  # type: ignore[misc]
    assert not hasattr(network, "__dict__")
    assert not hasattr(source, "__dict__")


def test_the_mapping_of_sources_cannot_be_changed() -> None:
    sources: Any = load_sources()
    with pytest.raises(TypeError, match="does not support item assignment"):
        sources["mine"] = sources["counted"]
    with pytest.raises(TypeError, match="does not support item deletion"):
        del sources["counted"]


def test_records_can_be_hashed_and_pickled() -> None:
    assert len(set(load_networks())) == 60
    assert pickle.loads(pickle.dumps(load_networks())) == load_networks()
    assert pickle.loads(pickle.dumps(load_sources()["counted"])) == load_sources()["counted"]


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
    assert type(network.netscore) is float
    assert type(network.information_density) is float


def test_data_version_is_that_of_the_first_line() -> None:
    first = NETWORKS.decode().split("\n")[0]
    match = re.fullmatch(r"# netscore reference table, version (\S+), (\S+)", first)
    assert match
    assert data_version() == f"{match[1]} ({match[2]})"


# --- finding a network -----------------------------------------------------------------------


def test_every_network_is_found_by_its_name_in_any_case_and_without_punctuation() -> None:
    for network in load_networks():
        letters = re.sub("[^A-Za-z0-9]", "", network.name)
        for name in (network.name, network.name.upper(), letters, f" {network.name.lower()} "):
            assert find_network(name) is network


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mobilenetv2", "MobileNetV2"),
        ("MobileNet V2", "MobileNetV2"),
        ("mobilenet_v2_1.4", "MobileNetV2 (1.4)"),
        ("resnet50", "ResNet-50"),
        ("ResNet\N{EN DASH}50", "ResNet-50"),
        ("SE ResNet 50", "SE-ResNet-50"),
        ("amoebanet-a(4,50)", "AmoebaNet-A (4, 50)"),
        ("shufflenet x2", "ShuffleNet (x2)"),
        ("tinydarknet", "Tiny Darknet"),
        ("DENSENET121 K32", "DenseNet-121 (k=32)"),
    ],
)
def test_find_network_ignores_case_and_punctuation(name: str, found: str) -> None:
    assert find_network(name).name == found


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("VGG", "VGG-16, VGG-19"),
        ("condensnet", "CondenseNet (G=C=8), CondenseNet (G=C=4)"),
        ("MobileNetV2 (1.0)", "MobileNetV2, MobileNetV2 (1.4), MobileNetV1 (1.0-224)"),
        ("DPN-107", "DPN-131"),
        # The first eight of the many that hold it, in the order of the table.
        (
            "net",
            "AlexNet, AmoebaNet-A (4, 50), AmoebaNet-A (6, 190), AmoebaNet-A (6, 204), "
            "AmoebaNet-B (3, 62), AmoebaNet-B (6, 190), AmoebaNet-C (4, 44), AmoebaNet-C (4, 50)",
        ),
        ("transformer", "none"),
        ("r\N{LATIN SMALL LETTER E WITH ACUTE}snet-18", "ResNet-18, ResNet-152, ResNet-101"),
        ("", "none"),
        ("(-)", "none"),
    ],
)
def test_an_unknown_name_lists_near_names(name: str, near: str) -> None:
    message = f"find_network: name must be one of the 60 networks, got {name!r}; near names: {near}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        find_network(name)


def test_a_near_name_is_listed_once() -> None:
    # "resnet5" is part of the first two names, which are also among its closest matches.
    with pytest.raises(ValueError, match=r"near names: ResNet-50, SE-ResNet-50, ResNet-152$"):
        find_network("resnet5")


@pytest.mark.parametrize("name", [None, 50, b"ResNet-50", ["ResNet-50"]])
def test_a_name_that_is_no_text_is_refused(name: Any) -> None:
    message = f"find_network: name must be text, got {name!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        find_network(name)


# --- frames ----------------------------------------------------------------------------------


def test_pandas_frame() -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    frame = pandas.DataFrame(load_networks())
    assert frame.shape == (60, 19)
    assert list(frame.columns) == ATTRIBUTES
    kinds = {
        "year": "i",
        "accuracy": "f",
        "params": "i",
        "macs": "i",
        "input_px": "i",
        # Two networks have no count, and pandas has no missing integer by default.
        "params_counted": "f",
        "macs_counted": "f",
    }
    for column in ATTRIBUTES:
        if column in kinds:
            assert frame[column].dtype.kind == kinds[column], column
        elif column != "counted_from":
            assert pandas.api.types.is_string_dtype(frame[column]), column
    assert frame["params_counted"].isna().sum() == 2
    assert frame["counted_from"].isna().sum() == 2
    assert frame["note"].notna().all()
    assert frame.set_index("name").loc["MobileNetV2", "macs"] == 300_000_000


def test_polars_frame() -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    frame = polars.DataFrame(load_networks())
    assert frame.shape == (60, 19)
    assert frame.columns == ATTRIBUTES
    whole = ("year", "params", "macs", "input_px", "params_counted", "macs_counted")
    kinds = {"accuracy": polars.Float64, **dict.fromkeys(whole, polars.Int64)}
    for column in ATTRIBUTES:
        assert frame[column].dtype == kinds.get(column, polars.String), column
    assert frame["params_counted"].null_count() == 2
    assert frame["counted_from"].null_count() == 2
    assert frame.filter(polars.col("name") == "MobileNetV2")["macs"].to_list() == [300_000_000]


def test_the_file_itself_is_readable_by_pandas_as_its_readme_says() -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    path = str(files("netscore") / "data" / "networks.csv")
    for options in ({"skiprows": 1}, {"comment": "#"}):
        frame = pandas.read_csv(path, keep_default_na=False, **options)
        assert list(frame.columns) == COLUMNS
        assert list(frame["note"]) == [network.note for network in load_networks()]


def test_the_file_itself_is_readable_by_polars_as_its_readme_says() -> None:
    polars = pytest.importorskip("polars", reason="needs polars")
    path = str(files("netscore") / "data" / "networks.csv")
    for options in ({"skip_rows": 1}, {"comment_prefix": "#"}):
        frame = polars.read_csv(path, **options)
        assert frame.columns == COLUMNS
        assert frame["note"].fill_null("").to_list() == [
            network.note for network in load_networks()
        ]


# --- corrupted files -------------------------------------------------------------------------

TEXT = "be text without blanks at its ends"
MAYBE_TEXT = "be empty or text without blanks at its ends"
NAME = "be a name that begins with a letter"
FAMILY = "be a family, letters only"
YEAR = "be a whole number from 2012 to 2018"
PERCENT = "be a number from 10 to 100 with one or two decimals"
PARAMS = "be a whole number from 100000 to 1000000000"
MACS = "be a whole number from 10000000 to 1000000000000"
PIXELS = "be a whole number from 64 to 512"
PUBLICATION = "be the key of a publication"
KEY = "be a key of lower-case letters and digits"
IN_SOURCES = "be a key of sources.csv"
GRADE = "be one of published, quoted, counted, recalled"
TOP1_GRADE = "be one of published, quoted, recalled"
MEMBERSHIP = "be one of named, family, reconstructed"
UNIQUE = "be unique, case and punctuation aside"
ORDER = "follow in the order of family and name, case aside"
COUNTS = "be given with both counts, or none of the three"

AMOEBANET = "AmoebaNet-C (4, 50)"  # a figure differs from its count, and the note explains it
DENSENET = "DenseNet-121 (k=32)"  # params and macs are counted
V2 = "MobileNetV2"  # has no note
NASNET = "NASNet-B (4 @ 1536)"  # has no counts
VGG = "VGG-19"
# The lines of their rows in networks.csv.
LINE = {AMOEBANET: 10, DENSENET: 17, V2: 33, NASNET: 37, "NIN": 39, VGG: 60}


@pytest.mark.parametrize(
    ("column", "value", "must"),
    [
        ("name", "", NAME),
        ("name", "72.0", NAME),
        ("name", "=MobileNetV2", NAME),
        ("name", "MobileNetV2 ", NAME),
        ("name", " MobileNetV2", NAME),
        ("family", "", FAMILY),
        ("family", "MobileNet ", FAMILY),
        ("family", "MobileNetV2 (1.4)", FAMILY),
        ("year", "18", YEAR),
        ("year", "2011", YEAR),
        ("year", "2019", YEAR),
        ("year", "2018.0", YEAR),
        ("year", "224", YEAR),
        ("year", "", YEAR),
        ("paper", "", PUBLICATION),
        ("paper", "Sandler2018", PUBLICATION),
        ("paper", "counted", PUBLICATION),
        ("paper", "sandler2018mobilenetv3", IN_SOURCES),
        ("paper", "counted2018", IN_SOURCES),
        ("top1_percent", "0.72", PERCENT),
        ("top1_percent", "7.20", PERCENT),
        ("top1_percent", "9.99", PERCENT),
        ("top1_percent", "720.0", PERCENT),
        ("top1_percent", "100.01", PERCENT),
        ("top1_percent", "72", PERCENT),
        ("top1_percent", "72.", PERCENT),
        ("top1_percent", "72.000", PERCENT),
        ("top1_percent", "072.0", PERCENT),
        ("top1_percent", "72,0", PERCENT),
        ("top1_percent", "72.0%", PERCENT),
        ("top1_percent", "7.2e1", PERCENT),
        ("top1_percent", "+72.0", PERCENT),
        ("top1_percent", "-72.0", PERCENT),
        ("top1_percent", " 72.0", PERCENT),
        ("top1_percent", "nan", PERCENT),
        ("top1_percent", "inf", PERCENT),
        ("top1_percent", "", PERCENT),
        ("top1_percent", "\N{FULLWIDTH DIGIT SEVEN}2.0", PERCENT),
        ("params", "3.4", PARAMS),
        ("params", "3.4M", PARAMS),
        ("params", "3", PARAMS),
        ("params", "3400", PARAMS),
        ("params", "99999", PARAMS),
        ("params", "1000000001", PARAMS),
        ("params", "3400000000000", PARAMS),
        ("params", "3.4e6", PARAMS),
        ("params", "3400000.0", PARAMS),
        ("params", "3_400_000", PARAMS),
        ("params", "3,400,000", PARAMS),
        ("params", "3 400 000", PARAMS),
        ("params", "03400000", PARAMS),
        ("params", "+3400000", PARAMS),
        ("params", "-3400000", PARAMS),
        ("params", "3400000 ", PARAMS),
        ("params", "0", PARAMS),
        ("params", "", PARAMS),
        ("params", "\N{ARABIC-INDIC DIGIT THREE}400000", PARAMS),
        ("params", "9" * 5000, PARAMS),
        ("macs", "300", MACS),
        ("macs", "0.3", MACS),
        ("macs", "300000", MACS),
        ("macs", "9999999", MACS),
        ("macs", "1000000000001", MACS),
        ("macs", "300M", MACS),
        ("macs", "", MACS),
        ("input_px", "63", PIXELS),
        ("input_px", "513", PIXELS),
        ("input_px", "2018", PIXELS),
        ("input_px", "224x224", PIXELS),
        ("top1_source", "", PUBLICATION),
        ("top1_source", "published", IN_SOURCES),
        ("top1_source", "counted", PUBLICATION),
        ("top1_source", "sandler2018", IN_SOURCES),
        ("top1_grade", "counted", TOP1_GRADE),
        ("top1_grade", "Published", TOP1_GRADE),
        ("top1_grade", "publishe", TOP1_GRADE),
        ("top1_grade", "published ", TOP1_GRADE),
        ("top1_grade", "", TOP1_GRADE),
        ("params_source", "", KEY),
        ("params_source", "sandler2018mobilenetv2 ", KEY),
        ("params_source", "sandler-2018", KEY),
        ("params_source", "sandler2O18mobilenetv2", KEY),
        ("params_source", "sandler2018mobilenet", IN_SOURCES),
        ("params_grade", "sandler2018mobilenetv2", GRADE),
        ("params_grade", "", GRADE),
        ("params_grade", "counted", "be 'counted' if and only if params_source is"),
        ("macs_source", "", KEY),
        ("macs_source", "sandler2018mobilenet", IN_SOURCES),
        ("macs_grade", "PUBLISHED", GRADE),
        ("macs_grade", "guessed", GRADE),
        ("macs_grade", "counted", "be 'counted' if and only if macs_source is"),
        ("membership", "", MEMBERSHIP),
        ("membership", "names", MEMBERSHIP),
        ("membership", "published", MEMBERSHIP),
        ("params_counted", "3.5M", f"{PARAMS} or empty"),
        ("params_counted", "99999", f"{PARAMS} or empty"),
        ("params_counted", "1000000001", f"{PARAMS} or empty"),
        ("params_counted", " ", f"{PARAMS} or empty"),
        ("macs_counted", "None", f"{MACS} or empty"),
        ("macs_counted", "9999999", f"{MACS} or empty"),
        ("macs_counted", "1000000000001", f"{MACS} or empty"),
        ("counted_from", "", COUNTS),
        ("counted_from", " mobilenetv2_100", MAYBE_TEXT),
        ("note", " ", MAYBE_TEXT),
        ("note", "A note. ", MAYBE_TEXT),
        # The count is 3504872, so that 5 % of it allow 3329628.4 to 3680115.6.
        (
            "params",
            "3329628",
            "be within 5 % of params_counted, or the note must say why it is not",
        ),
        (
            "params",
            "3680116",
            "be within 5 % of params_counted, or the note must say why it is not",
        ),
        # FLOPs in place of MACs.
        ("macs", "600000000", "be within 20 % of macs_counted"),
    ],
)
def test_a_wrong_field_is_an_error(column: str, value: str, must: str) -> None:
    message = f"networks.csv, line 33, column {column}: must {must}, got {value!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse("networks.csv", cells(V2, **{column: value}))


@pytest.mark.parametrize(
    ("row", "changes", "place", "must", "got"),
    [
        # Columns swapped.
        (V2, {"params": "300000000", "macs": "3400000"}, "macs", MACS, "3400000"),
        (
            NASNET,
            {"params": "488000000", "macs": "53000000"},
            "macs",
            "be greater than params",
            "53000000",
        ),
        (V2, {"year": "224", "input_px": "2018"}, "year", YEAR, "224"),
        (
            V2,
            {"params_source": "published", "params_grade": "sandler2018mobilenetv2"},
            "params_grade",
            GRADE,
            "sandler2018mobilenetv2",
        ),
        (VGG, {"name": "VGG", "family": "VGG-19"}, "family", FAMILY, "VGG-19"),
        (
            V2,
            {"params_counted": "300774272", "macs_counted": "3504872"},
            "macs_counted",
            f"{MACS} or empty",
            "3504872",
        ),
        # As many MACs as parameters is one too few.
        (
            NASNET,
            {"params": "488000000"},
            "macs",
            "be greater than params",
            "488000000",
        ),
        # Counts incomplete.
        (V2, {"params_counted": ""}, "counted_from", COUNTS, "mobilenetv2_100 (timm==1.0.31)"),
        (V2, {"macs_counted": ""}, "counted_from", COUNTS, "mobilenetv2_100 (timm==1.0.31)"),
        (
            V2,
            {"params_counted": "", "macs_counted": ""},
            "counted_from",
            COUNTS,
            "mobilenetv2_100 (timm==1.0.31)",
        ),
        (V2, {"macs_counted": "", "counted_from": ""}, "counted_from", COUNTS, ""),
        (NASNET, {"counted_from": "nasnet"}, "counted_from", COUNTS, "nasnet"),
        # Counted figures that are not the count, or have none.
        (
            DENSENET,
            {"params": "7978855"},
            "params",
            "equal params_counted, being graded 'counted'",
            "7978855",
        ),
        (
            DENSENET,
            {"macs_counted": "2834161665"},
            "macs",
            "equal macs_counted, being graded 'counted'",
            "2834161664",
        ),
        (
            NASNET,
            {"macs_source": "counted", "macs_grade": "counted"},
            "macs",
            "equal macs_counted, being graded 'counted'",
            "488000000",
        ),
        (
            DENSENET,
            {"params_grade": "published"},
            "params_grade",
            "be 'counted' if and only if params_source is",
            "published",
        ),
        (
            DENSENET,
            {"macs_source": "huang2017densenet"},
            "macs_grade",
            "be 'counted' if and only if macs_source is",
            "counted",
        ),
        # 5 % and 20 % of a count of 4000000, one too few and one too many.
        (
            V2,
            {"params": "3799999", "params_counted": "4000000"},
            "params",
            "be within 5 % of params_counted, or the note must say why it is not",
            "3799999",
        ),
        (
            V2,
            {"params": "4200001", "params_counted": "4000000"},
            "params",
            "be within 5 % of params_counted, or the note must say why it is not",
            "4200001",
        ),
        (
            AMOEBANET,
            {"params": "3199999", "params_counted": "4000000"},
            "params",
            "be within 20 % of params_counted",
            "3199999",
        ),
        (
            AMOEBANET,
            {"params": "4800001", "params_counted": "4000000"},
            "params",
            "be within 20 % of params_counted",
            "4800001",
        ),
        # The note that explains a difference is lost.
        (
            AMOEBANET,
            {"note": ""},
            "macs",
            "be within 5 % of macs_counted, or the note must say why it is not",
            "570000000",
        ),
    ],
)
def test_fields_that_contradict_each_other_are_an_error(
    row: str, changes: dict[str, str], place: str, must: str, got: str
) -> None:
    message = f"networks.csv, line {LINE[row]}, column {place}: must {must}, got {got!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse("networks.csv", cells(row, **changes))


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        (V2, {"top1_percent": "10.0"}),
        (V2, {"top1_percent": "100.0"}),
        (V2, {"top1_percent": "72.01"}),
        (V2, {"year": "2012"}),
        ("NIN", {"year": "2018"}),
        (V2, {"input_px": "64"}),
        (V2, {"input_px": "512"}),
        (NASNET, {"params": "100000"}),
        (NASNET, {"params": "1000000000", "macs": "1000000001"}),
        (NASNET, {"params": "100000", "macs": "10000000"}),
        (NASNET, {"macs": "1000000000000"}),
        (NASNET, {"params": "487999999"}),
        (
            NASNET,
            {"params_counted": "5300000", "macs_counted": "488000000", "counted_from": "a"},
        ),
        (V2, {"params": "3800000", "params_counted": "4000000"}),
        (V2, {"params": "4200000", "params_counted": "4000000"}),
        (V2, {"params": "3200000", "params_counted": "4000000", "note": "Why."}),
        (V2, {"params": "4800000", "params_counted": "4000000", "note": "Why."}),
        (V2, {"note": "x"}),
        (V2, {"note": '\N{GREEK SMALL LETTER ALPHA}, "quoted"'}),
        (V2, {"name": "MobileNetV2 (1.0)"}),
        (DENSENET, {"params": "8000000", "params_counted": "8000000"}),
        ("NIN", {"name": "N"}),
        ("NIN", {"name": "NIN (a)"}),
    ],
)
def test_a_legal_change_loads_with_the_new_values(row: str, changes: dict[str, str]) -> None:
    tables = parse("networks.csv", cells(row, **changes))
    network = tables.networks[LINE[row] - 3]
    for column, value in changes.items():
        attribute = ATTRIBUTES[COLUMNS.index(column)]
        assert str(getattr(network, attribute)) == value
    others = [n for n in tables.networks if n is not network]
    assert others == [n for n in load_networks() if n.name != row]


def move(parts: list[bytes], old: int, new: int) -> None:
    parts.insert(new - 1, parts.pop(old - 1))


ROW_33 = NETWORKS.decode().split("\n")[32]
ROW_62 = NETWORKS.decode().split("\n")[61]
FIRST = "# netscore reference table, version 1.0.0, 2026-11-23"
FIRST_RULE = "be '# netscore reference table, version N.N.N, YYYY-MM-DD'"
SOURCES_RULE = "be '# netscore sources, version N.N.N, YYYY-MM-DD'"
SOURCES_FIRST = "# netscore sources, version 1.0.0, 2026-11-23"

WRONG_FILES: dict[str, tuple[str, Corruption, str]] = {
    "empty": (
        "networks.csv",
        lambda data: b"",
        "line 1: must end with a newline, got ''",
    ),
    "only a newline": (
        "networks.csv",
        lambda data: b"\n",
        "line 1: must not be blank, got ''",
    ),
    "only the comment": (
        "networks.csv",
        lines(lambda parts: parts.__delitem__(slice(1, None))),
        "line 2: must have name as column 1, got None",
    ),
    "only the header": (
        "networks.csv",
        lines(lambda parts: parts.__delitem__(slice(2, None))),
        "line 2: must be the last of 60 networks, got 0",
    ),
    "byte-order mark": (
        "networks.csv",
        lambda data: b"\xef\xbb\xbf" + data,
        "line 1: must be printable text, which character 1 is not, got '\\ufeff'",
    ),
    "byte-order mark in sources": (
        "sources.csv",
        lambda data: b"\xef\xbb\xbf" + data,
        "line 1: must be printable text, which character 1 is not, got '\\ufeff'",
    ),
    "CR LF": (
        "networks.csv",
        lambda data: data.replace(b"\n", b"\r\n"),
        f"line 1: must be printable text, which character {len(FIRST) + 1} is not, got '\\r'",
    ),
    "CR LF in one line": (
        "networks.csv",
        swap(f"{ROW_33}\n", f"{ROW_33}\r\n"),
        f"line 33: must be printable text, which character {len(ROW_33) + 1} is not, got '\\r'",
    ),
    "CR only": (
        "networks.csv",
        lambda data: data.replace(b"\n", b"\r"),
        # Without any newline there is one unfinished line.
        "line 1: must end with a newline, got '# netscore",
    ),
    "UTF-16": (
        "networks.csv",
        lambda data: data.decode().encode("utf-16"),
        "line 1: must be UTF-8, got b'\\xff'",
    ),
    "Latin-1": (
        "networks.csv",
        lambda data: data.replace(b"PyramidNet-200 (alpha", b"PyramidNet-200 (\xe4lpha"),
        "line 42: must be UTF-8, got b'\\xe4'",
    ),
    "NUL": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,2018", "MobileNetV2,Mobile\0Net,2018"),
        "line 33: must be printable text, which character 19 is not, got '\\x00'",
    ),
    "tab for comma": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,", "MobileNetV2\tMobileNet,"),
        "line 33: must be printable text, which character 12 is not, got '\\t'",
    ),
    "no-break space": (
        "networks.csv",
        swap("Darknet Reference", "Darknet\N{NO-BREAK SPACE}Reference"),
        "line 14: must be printable text, which character 8 is not, got '\\xa0'",
    ),
    "semicolons": (
        "networks.csv",
        lambda data: data.replace(b",", b";"),
        f"line 1: must {FIRST_RULE}, got '# netscore reference table; version",
    ),
    "no newline at the end": (
        "networks.csv",
        lambda data: data[:-1],
        f"line 62: must end with a newline, got {ROW_62!r}",
    ),
    "truncated last line": (
        "networks.csv",
        lambda data: data[:-20],
        f"line 62: must end with a newline, got {ROW_62[:-19]!r}",
    ),
    "truncated last line with a newline": (
        "networks.csv",
        swap(',"authors\' released network definition, layer by layer",\n', ",\n"),
        "line 62: must have 19 fields, got 18",
    ),
    "truncated in the middle": (
        "networks.csv",
        lambda data: data[: data.index(b"NASNet-A (4")],
        "line 34: must be the last of 60 networks, got 32",
    ),
    "blank line at the end": (
        "networks.csv",
        lambda data: data + b"\n",
        "line 63: must not be blank, got ''",
    ),
    "blank line between rows": (
        "networks.csv",
        lines(lambda parts: parts.insert(9, b"\n")),
        "line 10: must not be blank, got ''",
    ),
    "line of blanks": (
        "networks.csv",
        lines(lambda parts: parts.insert(9, b"   \n")),
        "line 10: must not be blank, got '   '",
    ),
    "no comment": (
        "networks.csv",
        lines(lambda parts: parts.pop(0)),
        f"line 1: must {FIRST_RULE}, got 'name,family,",
    ),
    "comment of the other file": (
        "networks.csv",
        swap("reference table", "sources"),
        f"line 1: must {FIRST_RULE}, got {SOURCES_FIRST!r}",
    ),
    "comment with more after it": (
        "networks.csv",
        swap(FIRST, f"{FIRST},,,"),
        f"line 1: must {FIRST_RULE}, got '{FIRST},,,'",
    ),
    "version of two numbers": (
        "networks.csv",
        swap("version 1.0.0", "version 1.0"),
        f"line 1: must {FIRST_RULE}, got '{FIRST.replace('1.0.0', '1.0')}'",
    ),
    "version with a leading zero": (
        "networks.csv",
        swap("version 1.0.0", "version 1.00.0"),
        f"line 1: must {FIRST_RULE}, got '{FIRST.replace('1.0.0', '1.00.0')}'",
    ),
    "no month 13": (
        "networks.csv",
        swap("2026-11-23", "2026-13-23"),
        f"line 1: must {FIRST_RULE}, got '{FIRST.replace('-11-', '-13-')}'",
    ),
    "no day 32": (
        "networks.csv",
        swap("2026-11-23", "2026-11-32"),
        f"line 1: must {FIRST_RULE}, got '{FIRST.replace('-23', '-32')}'",
    ),
    "date the other way round": (
        "networks.csv",
        swap("2026-11-23", "23.11.2026"),
        f"line 1: must {FIRST_RULE}, got '{FIRST.replace('2026-11-23', '23.11.2026')}'",
    ),
    "versions differ": (
        "sources.csv",
        swap("version 1.0.0", "version 1.0.1"),
        "line 1: must have the version of networks.csv, 1.0.0 (2026-11-23), "
        "got '1.0.1 (2026-11-23)'",
    ),
    "dates differ": (
        "sources.csv",
        swap("2026-11-23", "2026-11-24"),
        "line 1: must have the version of networks.csv, 1.0.0 (2026-11-23), "
        "got '1.0.0 (2026-11-24)'",
    ),
    "no header": (
        "networks.csv",
        lines(lambda parts: parts.pop(1)),
        "line 2: must have name as column 1, got 'AlexNet'",
    ),
    "header with an open quote": (
        "networks.csv",
        swap(",input_px,", ',"input_px,'),
        "line 2: must be valid CSV (unexpected end of data), got ",
    ),
    "header renamed": (
        "networks.csv",
        swap(",top1_percent,", ",top1,"),
        "line 2: must have top1_percent as column 5, got 'top1'",
    ),
    "header swapped": (
        "networks.csv",
        swap(",params,macs,", ",macs,params,"),
        "line 2: must have params as column 6, got 'macs'",
    ),
    "header with a blank": (
        "networks.csv",
        swap(",membership,", ", membership,"),
        "line 2: must have membership as column 15, got ' membership'",
    ),
    "header without its last column": (
        "networks.csv",
        swap("counted_from,note\n", "counted_from\n"),
        "line 2: must have note as column 19, got None",
    ),
    "header with a column more": (
        "networks.csv",
        swap("counted_from,note\n", "counted_from,note,remark\n"),
        "line 2: must have nothing as column 20, got 'remark'",
    ),
    "a field dropped": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,2018,", "MobileNetV2,2018,"),
        "line 33: must have 19 fields, got 18",
    ),
    "a field more": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,2018,", "MobileNetV2,MobileNet,,2018,"),
        "line 33: must have 19 fields, got 20",
    ),
    "a trailing comma": (
        "networks.csv",
        swap(f"{ROW_33}\n", f"{ROW_33},\n"),
        "line 33: must have 19 fields, got 20",
    ),
    "decimal comma": (
        "networks.csv",
        swap("2018,sandler2018mobilenetv2,72.0,", "2018,sandler2018mobilenetv2,72,0,"),
        "line 33: must have 19 fields, got 20",
    ),
    "quotes lost": (
        "networks.csv",
        swap('"AmoebaNet-C (4, 50)"', "AmoebaNet-C (4, 50)"),
        "line 10: must have 19 fields, got 20",
    ),
    "closing quote lost": (
        "networks.csv",
        swap('"AmoebaNet-C (4, 50)"', '"AmoebaNet-C (4, 50)'),
        "line 10: must be valid CSV (",
    ),
    "quote never closed": (
        "networks.csv",
        swap('"authors\' released network definition, layer by layer",\n', '"authors\n'),
        "line 62: must be valid CSV (unexpected end of data), got ",
    ),
    "stray quote": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,", 'MobileNet"V2,MobileNet,'),
        'line 33: must be quoted so: "MobileNet""V2",MobileNet,2018,',
    ),
    "needless quotes": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,", 'MobileNetV2,"MobileNet",'),
        f"line 33: must be quoted so: {ROW_33}, got ",
    ),
    "newline in a field": (
        "networks.csv",
        swap("\"authors' released network definition", "\"authors'\nreleased network definition"),
        "line 62: must be valid CSV (unexpected end of data), got ",
    ),
    "field too long for CSV": (
        "networks.csv",
        swap("MobileNetV2,MobileNet,", f"MobileNetV2{'2' * 200_000},MobileNet,"),
        "line 33: must be valid CSV (field larger than field limit (131072)), got ",
    ),
    "a row lost": (
        "networks.csv",
        lines(lambda parts: parts.pop(32)),
        "line 61: must be the last of 60 networks, got 59",
    ),
    "the last row lost": (
        "networks.csv",
        lines(lambda parts: parts.pop()),
        "line 61: must be the last of 60 networks, got 59",
    ),
    "a row more": (
        "networks.csv",
        lambda data: data + f"{ROW_62}\n".replace("ZynqNet,", "ZynqNet 2,", 1).encode(),
        "line 63: must be the last of 60 networks, got 61",
    ),
    "a row twice": (
        "networks.csv",
        lines(lambda parts: parts.insert(32, parts[32])),
        f"line 34, column name: must {UNIQUE}, got 'MobileNetV2'",
    ),
    "a name twice": (
        "networks.csv",
        cells("MobileNetV2 (1.4)", name="MobileNetV2"),
        f"line 34, column name: must {UNIQUE}, got 'MobileNetV2'",
    ),
    "a name twice but for case and punctuation": (
        "networks.csv",
        cells("MobileNetV2 (1.4)", name="mobilenet-v2"),
        f"line 34, column name: must {UNIQUE}, got 'mobilenet-v2'",
    ),
    "a name twice in distant rows": (
        "networks.csv",
        cells("ZynqNet", name="Alexnet"),
        f"line 62, column name: must {UNIQUE}, got 'Alexnet'",
    ),
    "two names swapped": (
        "networks.csv",
        lines(lambda parts: move(parts, 34, 33)),
        f"line 34, column name: must {ORDER}, got 'MobileNetV2'",
    ),
    "a row in another family's place": (
        "networks.csv",
        lines(lambda parts: move(parts, 39, 62)),
        f"line 62, column name: must {ORDER}, got 'NIN'",
    ),
    "a family misspelt": (
        "networks.csv",
        cells(V2, family="Zobilenet"),
        f"line 34, column name: must {ORDER}, got 'MobileNetV2 (1.4)'",
    ),
    "all sources lost": (
        "sources.csv",
        lines(lambda parts: parts.__delitem__(slice(2, None))),
        f"networks.csv, line 3, column paper: must {IN_SOURCES}, got 'krizhevsky2012alexnet'",
    ),
    "a source lost": (
        "sources.csv",
        lines(lambda parts: parts.pop(-6)),
        f"networks.csv, line 43, column macs_source: must {IN_SOURCES}, got 'xie2017resnext'",
    ),
    "the counted source lost": (
        "sources.csv",
        lines(lambda parts: parts.pop()),
        f"networks.csv, line 14, column params_source: must {IN_SOURCES}, got 'counted'",
    ),
    "a source twice": (
        "sources.csv",
        lines(lambda parts: parts.append(parts[2])),
        "line 41, column key: must be unique, got 'canziani2016analysis'",
    ),
    "a source key with a capital": (
        "sources.csv",
        swap("\nwong2019netscore,", "\nWong2019netscore,"),
        f"line 34, column key: must {KEY}, got 'Wong2019netscore'",
    ),
    "a source without a key": (
        "sources.csv",
        swap("\nwong2019netscore,", "\n,"),
        f"line 34, column key: must {KEY}, got ''",
    ),
    "a source without a citation": (
        "sources.csv",
        cells("wong2019netscore", citation=""),
        f"line 34, column citation: must {TEXT}, got ''",
    ),
    "a citation that begins with a blank": (
        "sources.csv",
        cells("wong2019netscore", citation=" Wong, A."),
        f"line 34, column citation: must {TEXT}, got ' Wong, A.'",
    ),
    "a locator that ends with a blank": (
        "sources.csv",
        cells("wong2019netscore", locator="arXiv:1806.05512 "),
        f"line 34, column locator: must {MAYBE_TEXT}, got 'arXiv:1806.05512 '",
    ),
    "a place of blanks": (
        "sources.csv",
        cells("wong2019netscore", where=" "),
        f"line 34, column where: must {MAYBE_TEXT}, got ' '",
    ),
    "a source with a field dropped": (
        "sources.csv",
        swap("arXiv:1806.05512,the chapter\n", "arXiv:1806.05512\n"),
        "line 34: must have 4 fields, got 3",
    ),
    "sources with the other file's comment": (
        "sources.csv",
        swap("# netscore sources,", "# netscore reference table,"),
        f"line 1: must {SOURCES_RULE}, got {FIRST!r}",
    ),
    "sources with the other file's header": (
        "sources.csv",
        swap("key,citation,locator,where\n", "name,citation,locator,where\n"),
        "line 2: must have key as column 1, got 'name'",
    ),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_is_an_error(case: str) -> None:
    file, corrupt, message = WRONG_FILES[case]
    if not message.startswith("networks.csv"):
        message = f"{file}, {message}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        parse(file, corrupt)


def test_an_error_is_one_line() -> None:
    for file, corrupt, _ in WRONG_FILES.values():
        with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
            parse(file, corrupt)


@settings(deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_changed_byte_is_an_error_with_its_place_or_a_legal_field(
    file: str, data: st.DataObject
) -> None:
    content = bytearray(FILES[file])
    position = data.draw(st.integers(0, len(content) - 1))
    content[position : position + 1] = data.draw(st.binary(max_size=2))
    try:
        tables = room._parse(*({**FILES, file: bytes(content)}[name] for name in FILES))
    except ValueError as error:
        message = str(error)
    else:
        assert len(tables.networks) == 60
        assert len(tables.sources) == len(load_sources())
        return
    assert re.match(r"(networks|sources)\.csv, line \d+(, column \w+)?: must .+, got ", message)


def test_the_rows_are_where_the_tests_think() -> None:
    texts = NETWORKS.decode().split("\n")
    for name, line in LINE.items():
        assert next(csv.reader([texts[line - 1]]))[0] == name
