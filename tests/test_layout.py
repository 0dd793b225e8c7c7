from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from math import inf, nan
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netscore.layout import (
    FORMATS,
    WRITERS,
    Column,
    Screen,
    format_of,
    free_name,
    printable,
    write_table,
)

COLUMNS = [
    Column("name", "Network"),
    Column("params", "Params", "{:,}".format, number=True),
    Column("netscore", "NetScore", "{:.1f}".format, number=True),
]


def table(
    rows: Sequence[Sequence[Any]],
    form: str,
    columns: Sequence[Column] = COLUMNS,
    **style: Any,
) -> str:
    stream = io.StringIO(newline="")
    write_table(stream, columns, rows, format=form, **style)
    return stream.getvalue()


def test_text_is_aligned_with_numbers_to_the_right() -> None:
    rows = [["MobileNetV2", 3_400_000, 74.214], ["NIN", 7_600_000, None]]
    assert table(rows, "text") == (
        "Network         Params  NetScore\n"
        "MobileNetV2  3,400,000      74.2\n"
        "NIN          7,600,000\n"
    )


def test_text_without_rows_is_the_headings() -> None:
    assert table([], "text") == "Network  Params  NetScore\n"


def test_only_the_headings_are_bold() -> None:
    plain = table([["NIN", 1, 2.0]], "text").splitlines()
    bold = table([["NIN", 1, 2.0]], "text", screen=Screen(80, colour=True)).splitlines()
    assert bold == [f"\x1b[1m{plain[0]}\x1b[0m", plain[1]]


def test_text_escapes_what_a_terminal_would_obey() -> None:
    columns = [Column("a", "A\x1b[31m"), Column("b", "B")]
    rows = [["\x1b]0;title\x07", "\u202eabc"], ["line\nbreak\ttab", "\x9b2J"]]
    lines = table(rows, "text", columns).splitlines()
    assert [line.split() for line in lines] == [
        [r"A\x1b[31m", "B"],
        [r"\x1b]0;title\x07", r"\u202eabc"],
        [r"line\nbreak\ttab", r"\x9b2J"],
    ]


def test_the_lines_of_a_heading_are_one_in_text() -> None:
    text = table([["a", 72.0]], "text", [Column("m", "Model"), Column("t", "Top-1\r\n(%)")])
    assert text == "Model  Top-1 (%)\na      72.0\n"


def test_text_is_aligned_by_width_on_a_terminal() -> None:
    # 漢 takes two places, e with a combining accent takes one.
    text = table(
        [["漢", "x"], ["e\u0301", "x"], ["abc", "x"]], "text", [Column("a", "A"), Column("b", "B")]
    )
    assert text == "A    B\n漢   x\ne\u0301    x\nabc  x\n"


def test_a_long_cell_is_whole_and_widens_its_column_up_to_a_point() -> None:
    columns = [Column("a", "A"), Column("b", "B")]
    text = table([["x" * 60, "b"], ["y" * 5000, "b"]], "text", columns)
    assert text.splitlines() == [f"A{' ' * 61}B", f"{'x' * 60}  b", f"{'y' * 5000}  b"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("e\u0301", 1),  # an accent, as macOS writes names of files
        ("\u1112\u1161\u11ab", 2),  # one Korean syllable in three parts
        ("\u1112\u1160\u11ff", 2),
        ("\u0e17\u0e35\u0e48", 1),  # a Thai letter with a vowel and a tone above
        ("\u0928\u0947\u091f", 2),  # a Hindi word, a vowel above its first letter
        ("1\u20dd", 1),  # in a circle
        ("\u0645\u200c\u0647", 2),  # two Persian letters that do not join
        ("\u2764\ufe0f", 2),  # a heart as a picture
        ("\u2b50\ufe0f", 2),  # a star that is wide already
        ("\uff2e\uff25\uff34", 6),
    ],
)
def test_the_places_of_a_character(text: str, places: int) -> None:
    lines = table([[text, "x"], ["-" * 8, "x"]], "text", [Column("a", "A"), Column("b", "B")])
    assert lines.splitlines()[1] == f"{text}{' ' * (8 - places)}  x"


def test_points_of_numbers_stand_below_each_other() -> None:
    columns = [Column("n", "n"), Column("a", "Top-1 %", number=True)]
    cells = ["72.5", "66", "-1,234.125", "n/a", None, "3.4M"]
    rows = [["1.5", cell] for cell in cells]
    assert table([*rows, ["2", "7."]], "text", columns).splitlines() == [
        "n       Top-1 %",
        "1.5      72.5",
        "1.5      66",
        "1.5  -1,234.125",
        "1.5         n/a",
        "1.5",
        "1.5        3.4M",
        "2         7.",
    ]
    latex = table(rows[:2], "latex", columns)
    assert latex.splitlines()[5:7] == [r"1.5 & 72.5 \\", r"1.5 & 66\phantom{.0} \\"]


def test_points_that_separate_thousands_are_no_decimal_points() -> None:
    columns = [Column("n", "n"), Column("g", "G", number=True)]
    rows = [["a", "0,39"], ["b", "1.000"], ["c", "41"]]
    lines = ["n      G", "a   0,39", "b  1.000", "c     41"]
    assert table(rows, "text", columns).splitlines() == lines
    assert "phantom" not in table(rows, "latex", columns)


def test_csv_holds_numbers_in_full_and_quotes_where_needed() -> None:
    rows: list[list[Any]] = [["a,b", 3_400_000, 74.2142267123437], ['say "x"\nand', None, -inf]]
    assert table(rows, "csv") == (
        'name,params,netscore\n"a,b",3400000,74.2142267123437\n"say ""x""\nand",,-inf\n'
    )


def test_tsv_is_csv_with_tabs() -> None:
    rows: list[list[Any]] = [["a,b", 3_400_000, 74.2142267123437], ["a\tb", None, -inf]]
    assert table(rows, "tsv") == (
        'name\tparams\tnetscore\na,b\t3400000\t74.2142267123437\n"a\tb"\t\t-inf\n'
    )


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_takes_an_iterator(form: str) -> None:
    rows = [["NIN", 1, 2.0], ["VGG-16", 2, 1.0]]
    stream = io.StringIO()
    write_table(stream, COLUMNS, iter(rows), format=form)
    assert stream.getvalue() == table(rows, form)


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_is_known_by_its_suffixes(form: str) -> None:
    for suffix in WRITERS[form].suffixes:
        assert format_of(f"folder.x/name{suffix}") == format_of(f"NAME{suffix.upper()}") == form


def test_a_suffix_that_is_not_known_says_no_format() -> None:
    assert [format_of(name) for name in ("out", "out.dat", ".csv", "a.csv/b")] == [None] * 4


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
@example([("\r", "a\r\nb")])
def test_csv_reads_back(rows: list[tuple[str, str]]) -> None:
    text = table(rows, "csv", [Column("a", "A"), Column("b", "B")])
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert read == [["a", "b"], *map(list, rows)]


def test_json_is_a_list_of_records_with_the_keys_of_the_columns() -> None:
    rows: list[list[Any]] = [
        ["é|\x1b", 3_400_000, 74.2142267123437],
        ["b", None, nan],
        ["c", 1, -inf],
    ]
    assert json.loads(table(rows, "json"), parse_constant=pytest.fail) == [
        {"name": "é|\x1b", "params": 3_400_000, "netscore": 74.2142267123437},
        {"name": "b", "params": None, "netscore": None},
        {"name": "c", "params": 1, "netscore": None},
    ]
    nested = json.loads(table([[["a", nan], {"b": [inf], "c": 1}, 2.0]], "json"))
    assert nested == [{"name": ["a", None], "params": {"b": [None], "c": 1}, "netscore": 2.0}]
    assert table([], "json") == "[]\n"
    assert table([["b", 1, 2.0]], "json").endswith("]\n")


def test_json_has_no_two_values_of_one_name() -> None:
    keys = ["a", "a", "b", "a_2", "a", "a"]
    text = table([[1, 2, 3, 4, 5, 6]], "json", [Column(key, key) for key in keys])
    # The user's own a_2 keeps its name.
    assert json.loads(text) == [{"a": 1, "a_3": 2, "b": 3, "a_2": 4, "a_4": 5, "a_5": 6}]


def test_json_copes_with_very_many_columns_of_one_name() -> None:
    text = table([[0] * 50_000], "json", [Column("", "")] * 50_000)
    record = json.loads(text)[0]
    assert len(record) == 50_000
    assert list(record)[-1] == "_50000"


def test_markdown_is_a_table_with_alignment() -> None:
    rows = [["MobileNetV2", 3_400_000, 74.214], ["NIN", 1, None]]
    assert table(rows, "markdown") == (
        "| Network | Params | NetScore |\n"
        "| --- | ---: | ---: |\n"
        "| MobileNetV2 | 3,400,000 | 74.2 |\n"
        "| NIN | 1 |  |\n"
    )


def test_markdown_escapes_what_would_act_as_markup() -> None:
    text = table(
        [["a|b\\|c", "<script>*_`x`[y](z)&amp;~"], ["two\nlines", " "]],
        "markdown",
        [Column("a_b", "a_b"), Column("c", "c")],
    )
    assert text.splitlines() == [
        r"| a\_b | c |",
        "| --- | --- |",
        r"| a\|b\\\|c | \<script>\*\_\`x\`\[y](z)\&amp;\~ |",
        "| two<br>lines |  |",
    ]


def test_markdown_holds_no_link_no_mention_and_no_formula() -> None:
    cells = [
        "https://a.example/b",
        "HTTP://a",
        "www.a.example",
        "WWW.a",
        "$x$",
        "@user",
        "a@b.example",
        "fixes #12",
        ":8ball: v2",
        "llama3:8b # 2",
    ]
    text = table([[cell] for cell in cells], "markdown", [Column("a", "A")])
    assert text.splitlines()[2:] == [
        r"| https\://a.example/b |",
        r"| HTTP\://a |",
        r"| www\.a.example |",
        r"| WWW\.a |",
        r"| \$x\$ |",
        r"| \@<!-- -->user |",
        r"| a\@<!-- -->b.example |",
        "| fixes #<!-- -->12 |",
        "| :<!-- -->8ball: v2 |",
        "| llama3:8b # 2 |",
    ]


FIGURES = [
    Column("name", "Network"),
    Column("top1", "Top-1 %", number=True, best=1, read=lambda cell: float(cell.strip() or "nan")),
    Column("params", "Params", number=True, best=-1),
    Column("year", "Year", number=True),
]
ROWS: list[list[Any]] = [["a", "72.0", 3, 2018], ["b", "72", 4.25, 2020], ["c", "", None, 2021]]


def test_json_has_the_numbers_in_texts() -> None:
    rows = [*ROWS, ["d", "nan", inf, None], ["e", " ", nan, 2019]]
    assert [list(row.values()) for row in json.loads(table(rows, "json", FIGURES))] == [
        ["a", 72.0, 3, 2018],
        ["b", 72.0, 4.25, 2020],
        ["c", None, None, 2021],
        ["d", "nan", None, None],
        ["e", None, None, 2019],
    ]


def test_latex_is_a_booktabs_table_with_points_below_points() -> None:
    assert (
        table(ROWS, "latex", FIGURES, best_bold=True)
        == r"""% \usepackage{booktabs}
\begin{tabular}{lrrr}
\toprule
Network & Top-1 \% & Params & Year \\
\midrule
a & \textbf{72.0} & \textbf{3}\phantom{.00} & 2018 \\
b & \textbf{72}\phantom{.0} & 4.25 & 2020 \\
c &  &  & 2021 \\
\bottomrule
\end{tabular}
"""
    )
    assert "textbf" not in table(ROWS, "latex", FIGURES)
    assert table([], "latex", COLUMNS[:1], best_bold=True).count("\n") == 7


def test_latex_escapes_what_it_would_obey() -> None:
    text = table(
        [["[*a--b---c] {\\input|x}", '#$%&_~^<>"`']], "latex", [Column("a", "A"), Column("b", "B")]
    )
    assert text.splitlines()[5] == (
        r"{[}{*}a-{}-b-{}-{}-c] \{\textbackslash{}input\textbar{}x\} & "
        r"\#\$\%\&\_\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}"
        r"''\textasciigrave{} \\"
    )


def test_html_is_a_table_without_script_in_ascii() -> None:
    rows = [["<script>é&\x1b", "72.0", 3, None]]
    assert table(rows, "html", FIGURES, best_bold=True) == (
        "<table>\n"
        '<tr><th>Network</th><th style="text-align: right">Top-1 %</th>'
        '<th style="text-align: right">Params</th><th style="text-align: right">Year</th></tr>\n'
        r'<tr><td>&lt;script&gt;&#233;&amp;\x1b</td><td style="text-align: right"><b>72.0</b></td>'
        '<td style="text-align: right"><b>3</b></td><td style="text-align: right"></td></tr>\n'
        "</table>\n"
    )


def test_the_best_of_markdown_is_bold() -> None:
    lines = table(ROWS, "markdown", FIGURES, best_bold=True).splitlines()
    assert lines[2:] == [
        "| a | **72.0** | **3** | 2018 |",
        "| b | **72** | 4.25 | 2020 |",
        "| c |  |  | 2021 |",
    ]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_safe_cells_are_no_formulas(form: str) -> None:
    formulas = ["=1+1", "@SUM(1)", "+a", "-x", "-1+cmd|' /C calc'!A0", "=", "@", "-=1", "1-", "-1e"]
    formulas += ["\t=1", "\r\n@a", "\n\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1", "\t-1e"]
    plain = ["-", "--", "-1", "-1.5e-3", "+3.4M", "- 1'234.5", "-5 %", "a=1", "", "'=1", "n/a"]
    plain += ["\ta=1", "\t-1", "\t", " =1", "1\uff0b1"]
    columns = [Column("=a", "A")]

    def cells(**style: bool) -> list[str]:
        rows = [[cell] for cell in [*formulas, *plain, None, -3]]
        text = table(rows, form, columns, **style)
        return [
            row[0]
            for row in csv.reader(
                io.StringIO(text, newline=""), delimiter="\t" if form == "tsv" else ","
            )
        ]

    assert cells() == ["=a", *formulas, *plain, "", "-3"]
    unsafe = [f"'{cell}" for cell in formulas if cell != "1-"]
    assert [cell for cell in cells(safe_cells=True) if cell.startswith("'")] == [
        "'=a",
        *unsafe,
        "'=1",
    ]


def test_xlsx_holds_texts_as_texts_and_numbers_as_numbers() -> None:
    polars = pytest.importorskip("polars")
    pytest.importorskip("xlsxwriter")
    pytest.importorskip("fastexcel")
    stream = io.BytesIO()
    rows: list[list[Any]] = [
        ["=1+1", 1, 2.5],
        ["{=1}", None, -inf],
        ["http://a", 2**60 + 1, nan],
        ["3", True, None],
    ]
    write_table(stream, COLUMNS, rows, format="xlsx")
    frame = polars.read_excel(stream, infer_schema_length=0)
    assert frame.columns == ["name", "params", "netscore"]
    assert frame["name"].to_list() == ["=1+1", "{=1}", "http://a", "3"]
    assert frame["params"].to_list() == ["1", None, str(2**60 + 1), "True"]
    assert frame["netscore"].to_list() == ["2.5", "-inf", "nan", None]


@pytest.mark.parametrize("row", [["x" * 32768], ["x"] * 16385])
def test_what_a_sheet_has_no_room_for_is_an_error(row: list[str]) -> None:
    pytest.importorskip("xlsxwriter")
    columns = [Column("a", "A") for _ in row]
    with pytest.raises(
        ValueError, match=r"^xlsx has no room for row [12], its cells or their text$"
    ):
        write_table(io.BytesIO(), columns, [row], format="xlsx")


def test_what_xlsx_needs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    said = r"^rank_table needs xlsxwriter: install it with  pip install 'netscore\[excel\]'$"
    with pytest.raises(ImportError, match=said):
        write_table(io.BytesIO(), COLUMNS, [], format="xlsx")


def test_printable_text_is_left_alone() -> None:
    assert printable("ResNet-50 é 漢 (x2)") == "ResNet-50 é 漢 (x2)"
    # Between thousands of French and Swiss spreadsheets.
    assert printable("3\u202f400\u00a0000\u2009\0") == "3\u202f400\u00a0000\u2009\\x00"
    assert printable("a\r\n\x00\x7f\u2028\ud800") == r"a\r\n\x00\x7f\u2028\ud800"


def test_joiners_between_letters_of_other_scripts_and_pictures_are_left_alone() -> None:
    for text in ("\u0645\u062f\u0644\u200c\u0647\u0627", "\U0001f469\u200d\U0001f4bb-net"):
        assert printable(text) == text
    # Elsewhere they join nothing, and could make two names of one.
    assert printable("Res\u200cNet") == r"Res\u200cNet"
    assert printable("\u200d\u0645") == "\\u200d\u0645"
    assert printable("\u0645\u200c") == "\u0645\\u200c"
    assert printable("\u0645\u200c\u200d\u0645") == "\u0645\\u200c\\u200d\u0645"
    assert printable("\u0645\u200b\u0645") == "\u0645\\u200b\u0645"


def test_a_free_name_overwrites_nothing() -> None:
    assert free_name("rank", []) == "rank"
    assert free_name("rank", ["rank", "rank_2"]) == "rank_3"
