from __future__ import annotations

import builtins
import tempfile
import warnings
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netscore import UnitWarning, frame_ranking, information_density, netscore, pareto_front, rank
from netscore import top as top_of
from netscore.frame_ranking import rank_file

pl = pytest.importorskip("polars", "1.34", reason="frames need polars")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small table have many batches, parts and cuts."""
    monkeypatch.setattr(frame_ranking, "_ROWS", 64)
    monkeypatch.setattr(frame_ranking, "_STEP", 8)
    monkeypatch.setattr(frame_ranking, "_RECORDS", 16)


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


def arrays_of(frame: Any) -> list[Any]:
    return [frame[name].cast(pl.Float64).to_numpy() for name in ("top1", "params", "macs")]


def expected(frame: Any) -> Any:
    """Rank a table in memory, with the core's functions on whole columns."""
    figures = arrays_of(frame)
    scores = netscore(*figures)
    density = np.where(np.isnan(scores), nan, information_density(*figures[:2]))
    ranks = np.where(np.isnan(scores), -1, rank(scores))
    order = np.argsort(-scores, kind="stable")
    return frame.select(
        pl.Series("rank", ranks).replace({-1: None}),
        pl.all(),
        pl.Series("netscore", scores, nan_to_null=True),
        pl.Series("information_density", density, nan_to_null=True),
    )[order]


def write(frame: Any, path: Path) -> Path:
    writers = {".parquet": "write_parquet", ".arrow": "write_ipc", ".csv": "write_csv"}
    getattr(frame, writers[path.suffix])(path)
    return path


def read(path: Path) -> Any:
    readers = {".parquet": "read_parquet", ".arrow": "read_ipc", ".csv": "read_csv"}
    return getattr(pl, readers[path.suffix])(path)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_file_is_ranked_as_arrays_are(
    tmp_path: Path, small_parts: None, suffix: str, ties: bool
) -> None:
    frame = candidates(1000, ties=ties)
    source = write(frame, tmp_path / f"candidates{suffix}")
    ranking = rank_file(source, tmp_path / f"ranked{suffix}")
    result = read(tmp_path / f"ranked{suffix}")
    assert result.equals(expected(frame))
    assert (ranking.rows, ranking.written, ranking.frame) == (1000, 1000, None)
    assert ranking.unscored == result["rank"].null_count() > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name, f"ranked{suffix}"]


@pytest.mark.parametrize("suffix", [".parquet", ".pq", ".PQ", ".arrow", ".feather", ".ipc"])
def test_every_suffix_is_known(tmp_path: Path, suffix: str) -> None:
    frame = candidates(50)
    ipc = suffix in (".arrow", ".feather", ".ipc")
    source, target = tmp_path / f"candidates{suffix}", tmp_path / f"ranked{suffix}"
    (frame.write_ipc if ipc else frame.write_parquet)(source)
    rank_file(source, target)
    assert (pl.read_ipc if ipc else pl.read_parquet)(target).equals(expected(frame))


def test_result_without_a_target_is_a_frame(tmp_path: Path) -> None:
    frame = candidates(50)
    ranking = rank_file(write(frame, tmp_path / "candidates.parquet"))
    assert ranking.frame is not None
    assert ranking.frame.equals(expected(frame))
    # Its first column of figures is the one with the usual name.
    assert [column.name for column in ranking.columns] == ["top1", "params", "macs"]


@pytest.mark.parametrize("k", [1, 10, 5000])
def test_top_is_that_of_arrays(tmp_path: Path, small_parts: None, k: int) -> None:
    frame = candidates(1000)
    source = write(frame, tmp_path / "candidates.parquet")
    result = rank_file(source, top=k).frame
    assert result is not None
    accuracy, params, macs = arrays_of(frame)
    best = top_of(accuracy, params, macs, k)
    assert result["name"].to_list() == frame["name"].gather(best).to_list()
    assert result.equals(expected(frame).head(best.size))


def test_top_keeps_the_order_of_equal_scores(tmp_path: Path, small_parts: None) -> None:
    frame = candidates(1000, ties=True)
    result = rank_file(write(frame, tmp_path / "candidates.parquet"), top=100).frame
    assert result is not None
    assert result.equals(expected(frame).head(100))


@pytest.mark.parametrize("limit", [None, 3])
def test_front_of_the_fronts_is_the_front(
    tmp_path: Path, small_parts: None, limit: int | None
) -> None:
    frame = candidates(1000)
    source = write(frame, tmp_path / "candidates.parquet")
    result = rank_file(source, pareto=True, top=limit).frame
    assert result is not None
    whole = expected(frame)
    # Ranks are those among all rows, not those on the front.
    assert result.equals(whole.filter(pareto_front(*arrays_of(whole))).head(limit or 1000))


def test_exponents_are_those_of_the_score(tmp_path: Path) -> None:
    frame = candidates(50)
    source = write(frame, tmp_path / "candidates.parquet")
    result = rank_file(source, top=1, alpha=1.0, beta=0.0, gamma=0.0).frame
    assert result is not None
    # Accuracy alone decides: 20 log10 of the highest.
    highest = np.nanmax(frame["top1"].to_numpy())
    assert result["top1"].to_list() == [highest]
    assert result["netscore"][0] == pytest.approx(20 * np.log10(highest), abs=1e-12)


@pytest.mark.parametrize(
    ("exponents", "best"),
    [({}, "right"), ({"alpha": 1.0}, "small"), ({"beta": 0.75}, "few"), ({"gamma": 0.75}, "small")],
)
@pytest.mark.parametrize("options", [{}, {"top": 1}, {"pareto": True}])
def test_every_exponent_counts(
    tmp_path: Path, options: dict[str, Any], exponents: dict[str, Any], best: str
) -> None:
    # By hand, in decibels: 80 - 15 - 15, 60 - 20 + 7 and 60 + 6 - 20 under the default exponents.
    # Alpha halves the first terms; beta makes half as much again of the second ones, gamma of the
    # third ones.
    frame = pl.DataFrame(
        {
            "name": ["right", "small", "few"],
            "top1": [100.0, 10**1.5, 10**1.5],
            "params": [10**7.5, 10**8.0, 10**5.4],
            "macs": [10**10.5, 10**8.3, 10**11.0],
        }
    )
    result = rank_file(write(frame, tmp_path / "three.arrow"), **options, **exponents).frame
    assert result is not None
    assert result["name"][0] == best


def test_columns_of_wrong_values_are_reported_one_by_one(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "top1": [101.0, 72.0, 72.0, 72.0],
            "params": [3e6, 0.0, 3e6, -2.0],
            "macs": [inf, 3e8, -1.0, 0.0],
        }
    )
    source = write(frame, tmp_path / "candidates.parquet")
    with pytest.warns(UserWarning, match="such rows have no score") as given:
        ranking = rank_file(source)
    assert [str(warning.message) for warning in given] == [
        f"rank_file: column {name!r} must be {must}, got {got} wrong); such rows have no score"
        for name, must, got in (
            ("top1", "a percentage from 0 to 100", "101.0 at position 0 (1 of 4 values is"),
            ("params", "positive and finite", "0.0 at position 1 (2 of 4 values are"),
            ("macs", "positive and finite", "inf at position 0 (3 of 4 values are"),
        )
    ]
    assert {warning.filename for warning in given} == {__file__}
    assert ranking.unscored == 4


@pytest.mark.parametrize(
    ("suffix", "factor"), [("K", 1e3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("B", 1e9), ("T", 1e12)]
)
def test_suffixes_of_counts(tmp_path: Path, suffix: str, factor: float) -> None:
    source = tmp_path / "candidates.csv"
    source.write_text(f"top1,params,macs\n10,2{suffix},1e9\n10,+2.5{suffix},1e9\n")
    result = rank_file(source).frame
    assert result is not None
    # Percent per million parameters.
    expected_densities = [10 / (2 * factor / 1e6), 10 / (2.5 * factor / 1e6)]
    assert result["information_density"].to_list() == pytest.approx(expected_densities)


def test_other_letters_are_no_suffixes(tmp_path: Path) -> None:
    source = tmp_path / "candidates.csv"
    letters = sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") - set("KkMGBT"))
    cells = [*(f"2{letter}" for letter in letters), "2MM", "M", "2 M"]
    source.write_text("top1,params,macs\n" + "".join(f"10,{cell},1e9\n" for cell in cells))
    with pytest.warns(UserWarning, match=rf"got '2A' at position 0 \({len(cells)} of {len(cells)}"):
        assert rank_file(source).unscored == len(cells)


def test_wrong_values_have_no_score_and_are_reported(tmp_path: Path, small_parts: None) -> None:
    frame = candidates(200).with_columns(
        pl.Series("macs", [1e9] * 100 + [-3.0] + [1e9] * 49 + [inf] * 2 + [1e9] * 48)
    )
    source = write(frame, tmp_path / "candidates.parquet")
    message = (
        r"^rank_file: column 'macs' must be positive and finite, got -3\.0 at position 100 "
        r"\(3 of 200 values are wrong\); such rows have no score"
    )
    with pytest.warns(UserWarning, match=message):
        result = rank_file(source).frame
    assert result is not None
    assert result.height == 200
    wrong = result.filter(pl.col("macs").is_in([-3.0, inf]))
    assert wrong.select("rank", "netscore", "information_density").null_count().row(0) == (3, 3, 3)


def test_nothing_is_written_if_a_warning_is_an_error(tmp_path: Path) -> None:
    source = tmp_path / "candidates.csv"
    source.write_text("accuracy,params,macs\n101,3.4M,300M\n72,3.4M,300M\n")
    target = tmp_path / "ranked.csv"
    target.write_text("before")
    with pytest.raises(UserWarning, match=r"got '101' at position 0 \(1 of 2 values is wrong\)"):
        rank_file(source, target, top=1)
    assert target.read_text() == "before"


def test_csv_keeps_its_cells_and_reads_suffixes(tmp_path: Path) -> None:
    source, target = tmp_path / "candidates.csv", tmp_path / "ranked.csv"
    source.write_text(
        "model,top1,params,macs\nr50,75.30,25.6M,3.8G\nv2, 72,3400K,0.0003T\nx,,1M,n/a\n"
    )
    with pytest.warns(UserWarning, match=r"'macs' must be positive and finite, got 'n/a'"):
        ranking = rank_file(source, target)
    lines = target.read_text().splitlines()
    assert lines[0] == "rank,model,top1,params,macs,netscore,information_density"
    assert lines[1].startswith("1,v2, 72,3400K,0.0003T,74.207298139")
    assert lines[2].startswith("2,r50,75.30,25.6M,3.8G,55.1915")
    assert lines[3] == ",x,,1M,n/a,,"
    assert ranking.unscored == 1


def test_units_are_those_of_the_command_line(tmp_path: Path) -> None:
    source = tmp_path / "candidates.csv"
    source.write_text("name,acc,param_count,gflops\nv2,0.72,3.4,0.6\nodd,0.72,3.4M,0.6\n")
    with pytest.warns(UserWarning, match=r"'param_count' must be positive and finite, got '3.4M'"):
        result = rank_file(
            source, accuracy="acc:fraction", params="param_count:M", macs="gflops:GFLOP"
        ).frame
    assert result is not None
    assert result["netscore"][0] == pytest.approx(netscore(72.0, 3.4e6, 300e6), abs=1e-9)
    assert result["netscore"][1] is None


def test_figures_in_another_unit_give_one_warning(tmp_path: Path) -> None:
    frame = pl.DataFrame({"top1": [0.72], "params": [3.4], "macs": [3e8]})
    source = write(frame, tmp_path / "candidates.parquet")
    with pytest.warns(UnitWarning, match="^rank_file: accuracy was read as 0.72 percent") as given:
        rank_file(source)
    assert len(given) == 1
    assert "params was read as 3.4 parameters" in str(given[0].message)
    assert given[0].filename == __file__


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".csv"])
def test_names_are_no_patterns(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "folder [1]"
    folder.mkdir()
    frame = candidates(50).drop_nulls().drop_nans()
    source = write(frame, folder / f"candidates [1]{suffix}")
    target = folder / f"ranked [1]{suffix}"
    assert rank_file(source, target).written == 48
    # Two have an accuracy of 0 and share the last rank.
    ranks = read(target.rename(tmp_path / f"ranked{suffix}"))["rank"]
    assert ranks.to_list() == [*range(1, 47), 47, 47]


def test_sorted_parts_lie_beside_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    source = write(candidates(50), tmp_path / "candidates.parquet")
    assert rank_file(source, tmp_path / "ranked.parquet").written == 50
    with pytest.raises(FileNotFoundError):
        rank_file(source)


def test_figures_in_another_unit_are_named_from_least_to_most(
    tmp_path: Path, small_parts: None
) -> None:
    share = np.random.default_rng(9).permutation(np.linspace(0.25, 0.75, 201))
    frame = pl.DataFrame({"top1": share, "params": [3e6] * 201, "macs": [3e8] * 201})
    source = write(frame, tmp_path / "candidates.parquet")
    with pytest.warns(UnitWarning, match=r"^rank_file: accuracy was read as 0\.25 to 0\.75 perc"):
        rank_file(source)
    # One accuracy above 1 and none is taken for a share; a warning would be an error here.
    frame = frame.with_columns(pl.Series("top1", [*share[:-1], 1.5]))
    assert rank_file(write(frame, source)).unscored == 0


@pytest.mark.parametrize("options", [{}, {"top": 3}, {"pareto": True}])
def test_table_without_rows(tmp_path: Path, options: dict[str, Any]) -> None:
    frame = candidates(20).clear()
    result = rank_file(write(frame, tmp_path / "candidates.parquet"), **options)
    assert result.frame is not None
    assert (result.rows, result.written, result.frame.height) == (0, 0, 0)
    assert result.frame.columns[0] == "rank"


def test_figures_that_are_all_missing_give_no_score(tmp_path: Path) -> None:
    frame = pl.DataFrame({"top1": [nan, nan], "params": [3e6, 4e6], "macs": [3e8, 4e8]})
    ranking = rank_file(write(frame, tmp_path / "candidates.parquet"))
    assert ranking.unscored == 2
    assert ranking.frame is not None
    assert ranking.frame["rank"].to_list() == [None, None]


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_null_and_nan_are_missing_without_a_warning(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame(
        {
            "top1": [72.0, None, nan, 72.0, 72.0, 72.0],
            "params": [3e6, 3e6, 3e6, None, 3e6, nan],
            "macs": [3e8, 3e8, 3e8, 3e8, None, 3e8],
        }
    )
    ranking = rank_file(write(frame, tmp_path / f"candidates{suffix}"))
    assert ranking.unscored == 5
    assert ranking.frame is not None
    assert ranking.frame["rank"].to_list() == [1, None, None, None, None, None]


def test_taken_names_are_left_alone(tmp_path: Path) -> None:
    frame = candidates(20).with_columns(pl.lit("mine").alias("netscore"))
    result = rank_file(write(frame, tmp_path / "candidates.parquet")).frame
    assert result is not None
    assert result["netscore"].unique().to_list() == ["mine"]
    assert result["netscore_2"][0] == np.nanmax(netscore(*arrays_of(frame)))


def test_progress_says_what_was_read_and_written(tmp_path: Path, small_parts: None) -> None:
    said: list[tuple[str, int]] = []
    source = write(candidates(200), tmp_path / "candidates.parquet")
    rank_file(source, tmp_path / "ranked.csv", progress=lambda did, rows: said.append((did, rows)))
    read_rows = [rows for did, rows in said if did == "read"]
    wrote = [rows for did, rows in said if did == "wrote"]
    assert read_rows == sorted(read_rows)
    assert read_rows[-1] == 200
    assert wrote == sorted(wrote)
    assert wrote[-1] == 200


@pytest.mark.parametrize("quality", ["good", "mixed", "bad", "ties"])
def test_a_whole_ranking_is_merged_in_small_pieces(
    tmp_path: Path, small_parts: None, quality: str
) -> None:
    frame = candidates(1000, ties=True)
    if quality != "ties":
        generator = np.random.default_rng(6)
        # Scores from about 35 to 78, -15 to 28 and -65 to -22 dB.
        cost = {"good": 1e6, "mixed": 1e11, "bad": 1e16}[quality]
        frame = frame.with_columns(
            pl.Series("top1", generator.uniform(9, 90, 1000)),
            pl.Series("params", cost * generator.uniform(1, 2, 1000)),
        )
    wrote = [0]
    ranking = rank_file(
        write(frame, tmp_path / "candidates.parquet"),
        progress=lambda did, rows: wrote.append(rows) if did == "wrote" else None,
    )
    assert ranking.frame is not None
    assert ranking.frame.equals(expected(frame))
    assert wrote[-1] == 1000
    # As many as a batch has, and for each of the 16 parts as many as lie between two samples.
    assert max(np.diff(wrote)) <= 64 + 16 * 8


def test_nothing_is_left_of_a_result_that_cannot_take_its_place(tmp_path: Path) -> None:
    source = write(candidates(50), tmp_path / "candidates.parquet")
    target = tmp_path / "ranked.parquet"
    target.mkdir()
    with pytest.raises(OSError, match=r"ranked\.parquet"):
        rank_file(source, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name, target.name]


@pytest.mark.parametrize("name", ["candidates.xlsx", "candidates"])
def test_unknown_formats_are_refused(tmp_path: Path, name: str) -> None:
    message = r"^rank_file: the suffix of a file must be one of \.parquet, .*, \.csv, got '.*candid"
    with pytest.raises(ValueError, match=message):
        rank_file(tmp_path / name)
    with pytest.raises(ValueError, match=message):
        rank_file(tmp_path / "candidates.csv", tmp_path / name)


def test_columns_of_other_kinds_are_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"top1": [True], "params": [3e6], "macs": [3e8]})
    source = write(frame, tmp_path / "candidates.parquet")
    with pytest.raises(TypeError, match=r"^rank_file: column 'top1' must hold numbers or text, g"):
        rank_file(source)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "candidates.parquet"
    source.write_bytes(b"no parquet")
    with pytest.raises(ValueError, match=r"^rank_file: .*candidates\.parquet: .+\Z"):
        rank_file(source)
    with pytest.raises(FileNotFoundError):
        rank_file(tmp_path / "missing.parquet")


def test_options_are_checked(tmp_path: Path) -> None:
    source = write(candidates(20), tmp_path / "candidates.parquet")
    with pytest.raises(ValueError, match=r"^rank_file: top must be positive, got 0"):
        rank_file(source, top=0)
    with pytest.raises(ValueError, match=r"^rank_file: beta must be non-negative and finite"):
        rank_file(source, beta=-1.0)
    with pytest.raises(ValueError, match="none of the columns"):
        rank_file(source, params="weights")


def test_missing_polars_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_polars(name: str, *rest: Any) -> Any:
        if name == "polars":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_polars)
    with pytest.raises(ImportError, match=r"^rank_file needs polars.*netscore\[frames\]"):
        rank_file(tmp_path / "candidates.parquet")


def test_call_gives_no_other_warning(tmp_path: Path) -> None:
    source = write(candidates(20), tmp_path / "candidates.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rank_file(source, top=1)
