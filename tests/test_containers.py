"""Every container that is claimed: one table of kinds, one list of laws."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netscore import UnitWarning, information_density, netscore, pareto_front, rank, top

ACCURACY = np.array([72.0, 75.3, 10.0, 99.9])
PARAMS = np.array([3.4e6, 25.6e6, 1e6, 5e8])
MACS = np.array([300e6, 3.8e9, 1e9, 2e11])
FIGURES = (ACCURACY, PARAMS, MACS)


class Kind:
    """How to make one kind of container from an array, and to read it back.

    ``lazy`` kinds cannot be looked into, ``own`` ones have their own arithmetic, ``single`` ones
    compute float32 in single precision, ``na`` is what a missing value is read back as.
    """

    library = ""
    lazy = own = single = False
    integers: Any = np.float64
    na = math.nan

    def __init__(self) -> None:
        self.module = pytest.importorskip(
            self.library, reason=f"{self.library} is not installed here"
        )
        self.setup()

    def setup(self) -> None: ...

    def make(self, array: Any) -> Any:
        raise NotImplementedError

    def read(self, result: Any) -> Any:
        return np.asarray(result)

    def check(self, result: Any) -> None:
        """Check that the result is of the kind, before anything is computed."""
        assert type(result) is type(self.make(ACCURACY))


class Pandas(Kind):
    library = "pandas"

    def make(self, array: Any) -> Any:
        return self.module.Series(array, index=[f"row {i}" for i in range(len(array))])

    def check(self, result: Any) -> None:
        super().check(result)
        assert result.index.tolist() == [f"row {i}" for i in range(len(result))]


class Polars(Kind):
    library = "polars"

    def make(self, array: Any) -> Any:
        return self.module.Series("name", array)

    def check(self, result: Any) -> None:
        super().check(result)
        assert result.name == "name"


class Expression(Kind):
    """Columns of a frame: each is named by a number, at which its values lie."""

    library = "polars"
    lazy = own = single = True
    engine = "in-memory"

    def setup(self) -> None:
        self.columns: dict[str, Any] = {}

    def make(self, array: Any) -> Any:
        name = f"column {len(self.columns)}"
        self.columns[name] = self.module.Series(name, array)
        return self.module.col(name)

    def read(self, result: Any) -> Any:
        used = result.meta.root_names()
        frame = self.module.LazyFrame([self.columns[name] for name in dict.fromkeys(used)])
        column = frame.select(result).collect(engine=self.engine).to_series()
        # as in polars' own arithmetic, whose name is that of what stands leftmost
        assert column.name in (used[0], "literal")
        return column.to_numpy()

    def check(self, result: Any) -> None:
        assert isinstance(result, self.module.Expr)


class Streaming(Expression):
    engine = "streaming"


class Arrow(Kind):
    library = "pyarrow"

    def make(self, array: Any) -> Any:
        return self.module.array(array)

    def check(self, result: Any) -> None:
        assert isinstance(result, self.module.Array)


class ChunkedArrow(Kind):
    library = "pyarrow"

    def make(self, array: Any) -> Any:
        return self.module.chunked_array([array[:1], array[1:]], self.module.array(array).type)


class Xarray(Kind):
    library = "xarray"

    def make(self, array: Any) -> Any:
        return self.module.DataArray(
            array,
            dims="network",
            coords={"network": [f"row {i}" for i in range(len(array))]},
            attrs={"source": "a table"},
        )

    def check(self, result: Any) -> None:
        super().check(result)
        assert result.dims == ("network",)
        assert result["network"].to_numpy().tolist() == [f"row {i}" for i in range(len(result))]
        assert result.attrs == {"source": "a table"}


class XarrayOfDask(Xarray):
    lazy = True

    def setup(self) -> None:
        pytest.importorskip("dask.array", reason="dask is not installed here")

    def make(self, array: Any) -> Any:
        return super().make(array).chunk({"network": 3})

    def check(self, result: Any) -> None:
        super().check(result)
        assert result.chunks == ((3, 1),)


class DaskArray(Kind):
    library = "dask.array"
    lazy = True

    def make(self, array: Any) -> Any:
        return self.module.from_array(array, chunks=3)

    def read(self, result: Any) -> Any:
        computed = result.compute()
        # What dask believes of the result before it has computed it.
        assert computed.dtype == result.dtype == result._meta.dtype
        assert computed.shape == result.shape
        return computed


class DaskSeries(Kind):
    library = "dask.dataframe"
    lazy = True

    def make(self, array: Any) -> Any:
        pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
        return self.module.from_pandas(pandas.Series(array, name="name"), npartitions=2)

    def read(self, result: Any) -> Any:
        computed = result.compute()
        assert computed.index.tolist() == list(range(len(computed)))
        assert computed.dtype == result.dtype
        assert computed.name == result.name == "name"
        return computed.to_numpy()


class Jax(Kind):
    library = "jax"
    own = single = True
    integers = np.float32

    def make(self, array: Any) -> Any:
        # Without its 64-bit mode JAX has no int64 and no float64.
        return self.module.numpy.asarray(array, dtype=np.float32)


class Jax64(Kind):
    library = "jax"
    own = True

    def setup(self) -> None:
        self.module.config.update("jax_enable_x64", True)

    def make(self, array: Any) -> Any:
        return self.module.numpy.asarray(array)


class Torch(Kind):
    library = "torch"
    own = True
    integers = np.float32

    def make(self, array: Any) -> Any:
        return self.module.from_numpy(np.array(array))


KINDS = (
    Pandas,
    Polars,
    Expression,
    Streaming,
    Arrow,
    ChunkedArrow,
    Xarray,
    XarrayOfDask,
    DaskArray,
    DaskSeries,
    Jax,
    Jax64,
    Torch,
)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    yield made
    if made.library == "jax":
        made.module.config.update("jax_enable_x64", False)


def assert_same(kind: Kind, result: Any, expected: Any) -> None:
    """Compare bit for bit where NumPy computes, else to the error that is stated."""
    kind.check(result)
    got = kind.read(result)
    if isinstance(kind, Jax):
        expected = expected.astype(np.float32)
    assert got.dtype == expected.dtype
    if not kind.own:
        np.testing.assert_array_equal(got, expected)
    elif got.dtype == np.float64:
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-13)
    else:
        # 8 units in the last place of 128, which no term of these scores reaches
        np.testing.assert_allclose(got, expected, rtol=0, atol=2**-13 if kind.single else 1e-5)


def test_scores_are_those_of_arrays(kind: Kind) -> None:
    assert_same(kind, netscore(*map(kind.make, FIGURES)), netscore(*FIGURES))


def test_densities_are_those_of_arrays(kind: Kind) -> None:
    density = information_density(kind.make(ACCURACY), kind.make(PARAMS))
    assert_same(kind, density, information_density(ACCURACY, PARAMS))


@pytest.mark.parametrize("place", range(6))
def test_numbers_stand_beside_in_every_place(kind: Kind, place: int) -> None:
    values: list[Any] = [72.0, 3_400_000, 3_800_000_000, 1.5, np.float64(0.25), 1]
    plain = list(values)
    plain[place] = np.array([2.0, 3.0, 1.0, 50.0]) * (1e6 if place in (1, 2) else 1.0)
    values[place] = kind.make(plain[place])
    got, expected = (netscore(*v[:3], alpha=v[3], beta=v[4], gamma=v[5]) for v in (values, plain))
    kind.check(got)
    # 8 units in the last place of 2048 in single precision, which no term here reaches
    atol = 2e-3 if isinstance(kind, Jax) else 1e-12 if kind.own else 0
    np.testing.assert_allclose(kind.read(got), expected, rtol=0, atol=atol)


class Count(int):
    """An int of one's own."""


def test_numbers_of_ones_own_stand_beside(kind: Kind) -> None:
    got = netscore(kind.make(ACCURACY), Count(3_400_000), 3e8)
    assert_same(kind, got, netscore(ACCURACY, 3_400_000, 3e8))


def test_exponents_given_as_numbers(kind: Kind) -> None:
    got = netscore(*map(kind.make, FIGURES), alpha=1.25, beta=0.75, gamma=0.25)
    assert_same(kind, got, netscore(*FIGURES, alpha=1.25, beta=0.75, gamma=0.25))
    got = netscore(*map(kind.make, FIGURES), alpha=0.5, beta=2, gamma=1)
    assert_same(kind, got, netscore(*FIGURES, alpha=0.5, beta=2, gamma=1))


def test_float32_stays_float32(kind: Kind) -> None:
    figures = [figure.astype(np.float32) for figure in FIGURES]
    assert_same(kind, netscore(*map(kind.make, figures)), netscore(*figures))
    beside = netscore(kind.make(figures[0]), 3.4e6, 3e8)
    assert_same(kind, beside, netscore(figures[0], 3.4e6, 3e8))


def test_integers(kind: Kind) -> None:
    figures = [np.array([72, 75, 10, 100]), *(figure.astype(np.int64) for figure in FIGURES[1:])]
    expected = netscore(*figures).astype(kind.integers)
    assert_same(kind, netscore(*map(kind.make, figures)), expected)


def test_nan_is_nan_in_its_place(kind: Kind) -> None:
    figures = [figure.copy() for figure in FIGURES]
    figures[0][1] = figures[2][3] = math.nan
    assert_same(kind, netscore(*map(kind.make, figures)), netscore(*figures))
    density = information_density(*map(kind.make, figures[:2]))
    assert_same(kind, density, information_density(*figures[:2]))


def test_an_accuracy_of_zero(kind: Kind) -> None:
    zeros = np.array([0.0, 0.0, 50.0, 0.0])
    scores = kind.read(netscore(kind.make(zeros), 3.4e6, 3e8))
    assert scores.tolist()[:2] == [-math.inf, -math.inf]
    # Nothing counts but the counts: -10 log10 of 100 and of 10.
    flat = netscore(kind.make(zeros), 100e6, 10e9, alpha=0)
    np.testing.assert_allclose(kind.read(flat), [-30.0] * 4, atol=1e-5 if kind.single else 1e-13)
    exponents = kind.make(np.array([0.0, 2.0, 0.0, 1e-30]))
    mixed = kind.read(netscore(kind.make(zeros), 100e6, 10e9, alpha=exponents))
    assert mixed.tolist() == pytest.approx([-30.0, -math.inf, -30.0, -math.inf])


def test_a_number_of_zero_or_nan_beside_every_container(kind: Kind) -> None:
    params = kind.make(np.array([1e8, 1e8, 1e8, math.nan]))
    # Nothing counts but the counts: -10 log10 of 100 and of 10.
    scores = kind.read(netscore(0.0, params, 10e9, alpha=0))
    np.testing.assert_allclose(scores, [-30.0, -30.0, -30.0, math.nan], atol=1e-5)
    assert kind.read(information_density(0.0, params)).tolist()[:3] == [0.0, 0.0, 0.0]
    for missing in (
        netscore(math.nan, params, 10e9),
        netscore(72.0, params, math.nan),
        information_density(math.nan, params),
    ):
        assert np.isnan(kind.read(missing)).all()


WRONG = [
    (0, -1.0, "accuracy must be a percentage from 0 to 100"),
    (0, 100.5, "accuracy must be a percentage from 0 to 100"),
    (0, math.inf, "accuracy must be a percentage from 0 to 100"),
    (1, 0.0, "params must be positive and finite"),
    (1, -5.0, "params must be positive and finite"),
    (2, math.inf, "macs must be positive and finite"),
    (3, -0.5, "alpha must be non-negative and finite"),
    (4, math.nan, "beta must be non-negative and finite"),
    (5, math.inf, "gamma must be non-negative and finite"),
]


@pytest.mark.parametrize(("place", "value", "rule"), WRONG)
def test_values_that_are_not_allowed(kind: Kind, place: int, value: float, rule: str) -> None:
    figures = [*(figure.copy() for figure in FIGURES), *(np.full(4, 0.5) for _ in range(3))]
    figures[place][1] = figures[place][3] = value
    containers = list(map(kind.make, figures))
    call = partial(netscore, *containers[:3])
    exponents = dict(zip(("alpha", "beta", "gamma"), containers[3:]))
    if kind.lazy:
        scores = kind.read(call(**exponents))
        assert np.isnan(scores).tolist() == [False, True, False, True]
    else:
        sentence = f"netscore: {rule}, got {value} at position 1 (2 of 4 values are wrong)"
        with pytest.raises(ValueError, match=rf"^{re.escape(sentence)}$"):
            call(**exponents)
    if place < 2:
        density = partial(information_density, *containers[:2])
        if kind.lazy:
            assert np.isnan(kind.read(density())).tolist() == [False, True, False, True]
        else:
            with pytest.raises(ValueError, match=rf"^information_density: {rule}"):
                density()


def test_numbers_are_checked_beside_every_container(kind: Kind) -> None:
    accuracy = kind.make(ACCURACY)
    with pytest.raises(ValueError, match=r"^netscore: params must be positive and finite, got -3$"):
        netscore(accuracy, -3, 3e8)
    with pytest.raises(ValueError, match=r"^netscore: alpha must be non-negative and finite, got"):
        netscore(accuracy, 3e6, 3e8, alpha=-1.0)
    with pytest.raises(TypeError, match=r"^netscore: (macs must be a real|.* a str as macs)"):
        netscore(accuracy, 3e6, "300M")
    with pytest.warns(UnitWarning, match=r"^netscore: params was read as 3.4 parameters; "):
        netscore(accuracy, 3.4, 3e8)


def test_values_in_another_unit(kind: Kind) -> None:
    fractions = kind.make(ACCURACY / 100)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnitWarning)
        result = netscore(fractions, 3.4e6, 3e8)
    if kind.lazy:
        assert not caught
    else:
        assert [warning.category for warning in caught] == [UnitWarning]
        assert "accuracy was read as 0.1 to 0.999 percent" in str(caught[0].message)
        assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        expected = netscore(ACCURACY / 100, 3.4e6, 3e8)
    assert_same(kind, result, expected)


def test_no_array_to_write_into(kind: Kind) -> None:
    with pytest.raises(TypeError, match=r"^netscore: out must not be given beside an? "):
        netscore(kind.make(ACCURACY), 3.4e6, 3e8, out=np.empty(4))


def test_workers_change_nothing(kind: Kind) -> None:
    figures = list(map(kind.make, FIGURES))
    assert_same(kind, netscore(*figures, workers=2), netscore(*FIGURES))
    with pytest.raises(ValueError, match=r"^netscore: workers must be positive, or -1"):
        netscore(*figures, workers=0)


def test_nothing_is_computed_before_it_is_asked_for(kind: Kind) -> None:
    if not isinstance(kind, (XarrayOfDask, DaskArray, DaskSeries)):
        return
    figures = list(map(kind.make, FIGURES))

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("computed")

    config = pytest.importorskip("dask.config")
    with config.set(scheduler=refuse):
        result = netscore(*figures)
        with pytest.raises(AssertionError, match=r"^computed$"):
            kind.read(result)
    assert_same(kind, result, netscore(*FIGURES))


def test_the_arguments_stay_as_they_are(kind: Kind) -> None:
    accuracy = kind.make(np.array([-1.0, 72.0, 0.0, 50.0]) if kind.lazy else ACCURACY)
    before = kind.read(accuracy).copy()
    kind.read(netscore(accuracy, 3.4e6, 3e8))
    np.testing.assert_array_equal(kind.read(accuracy), before)


MIXED_WITH_ARRAYS = (Pandas, Polars, Arrow, ChunkedArrow, Xarray, XarrayOfDask, DaskArray, Jax64)


def test_arrays_and_lists_beside(kind: Kind) -> None:
    accuracy = kind.make(ACCURACY)
    for beside in (PARAMS, PARAMS.tolist()):
        if isinstance(kind, (*MIXED_WITH_ARRAYS, Jax, Torch)):
            assert_same(kind, netscore(accuracy, beside, 3e8), netscore(ACCURACY, PARAMS, 3e8))
        else:
            with pytest.raises(TypeError, match=r"must be of kinds that mix, got a .* as params$"):
                netscore(accuracy, beside, 3e8)
    if isinstance(kind, MIXED_WITH_ARRAYS):
        with pytest.raises(ValueError, match=r"got -3400000.0 at position 0 \(4 of 4 values are"):
            netscore(accuracy, np.full(4, -3.4e6), 3e8)


OTHERS: dict[str, tuple[type[Kind], ...]] = {
    "polars": (Polars, Expression, Streaming),
    "xarray": (Xarray, XarrayOfDask),
    "jax": (Jax, Jax64),
    "dask.array": (DaskArray, Xarray, XarrayOfDask),
    "pyarrow": (Arrow, ChunkedArrow),
}


@pytest.mark.parametrize("other", [Pandas, Polars, Arrow, Xarray, DaskArray, DaskSeries, Torch])
def test_other_libraries_do_not_mix(kind: Kind, other: type[Kind]) -> None:
    beside = other()
    accuracy = kind.make(ACCURACY)
    if isinstance(kind, DaskArray) and other is Xarray:
        beside.check(netscore(accuracy, beside.make(PARAMS), 3e8))
        return
    if type(kind) is other or isinstance(kind, OTHERS.get(beside.library, ())):
        expected = netscore(ACCURACY, PARAMS, 3e8)
        assert_same(kind, netscore(accuracy, beside.make(PARAMS), 3e8), expected)
        return
    for arguments, (first, second) in (
        ((accuracy, beside.make(PARAMS), 3e8), ("accuracy", "params")),
        ((beside.make(ACCURACY), 3e6, kind.make(MACS)), ("accuracy", "macs")),
    ):
        sentence = rf"of kinds that mix, got an? [\w ]+ as {first} and an? [\w ]+ as {second}$"
        with pytest.raises(TypeError, match=rf"^netscore: the arguments must be {sentence}"):
            netscore(*arguments)


def test_what_is_no_real_number(kind: Kind) -> None:
    switch = np.array([True, False, True, True])
    if isinstance(kind, Expression):
        return  # polars itself counts true as 1
    made = kind.make(switch)
    if isinstance(kind, Jax):
        made = made.astype(bool)
    with pytest.raises(TypeError, match=r"^netscore: accuracy must be a real number or an array"):
        kind.read(netscore(made, 3e6, 3e8))
    if kind.library in ("torch", "jax", "dask.array"):
        with pytest.raises(TypeError, match=r"^netscore: accuracy must be a real number or an arr"):
            netscore(made + 1j, 3e6, 3e8)


def test_lengths_that_do_not_fit(kind: Kind) -> None:
    if kind.lazy and not isinstance(kind, (DaskArray, XarrayOfDask)):
        return
    with pytest.raises(
        ValueError, match=r"netscore: |do not match|operands could not be broadcast"
    ):
        netscore(kind.make(ACCURACY), kind.make(PARAMS[:3]), 3e8)


def test_integers_beyond_64_bits(kind: Kind) -> None:
    scores = kind.read(netscore(kind.make(np.array([10.0, 100.0])), 10**6, 10**20))
    # 40 - 0 - 110 and 80 - 0 - 110
    np.testing.assert_allclose(scores, [-70.0, -30.0], atol=1e-5)


def test_empty_containers(kind: Kind) -> None:
    if isinstance(kind, XarrayOfDask):
        return  # dask has no chunks of such an array
    result = netscore(kind.make(ACCURACY[:0]), 3e6, 3e8)
    assert kind.read(result).shape == (0,)


@settings(max_examples=60, deadline=None)
@given(
    accuracy=st.floats(2.0, 100.0),
    params=st.floats(1e3, 1e12),
    macs=st.floats(1e3, 1e15),
)
def test_own_arithmetic_keeps_the_stated_error(accuracy: float, params: float, macs: float) -> None:
    mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed here")
    from netscore.kernels import score_anywhere

    with mpmath.workdps(50):
        ratio = mpmath.mpf(accuracy) ** 4 * 10**15 / (mpmath.mpf(params) * mpmath.mpf(macs))
        exact = 10 * mpmath.log10(ratio)
        a, p, m = map(np.float64, (accuracy, params, macs))
        assert abs(score_anywhere(np, a, p, m, alpha=2.0, beta=0.5, gamma=0.5) - exact) < 5e-14


def test_huge_exponents_do_not_overflow_on_the_way() -> None:
    from netscore.kernels import score_anywhere

    one = np.array([10.0])
    # 20 (1e307 log10 10 - 1e307 log10 10) = 0, though either term alone overflows
    assert score_anywhere(np, one, one * 1e6, one * 1e8, 1e307, 1e307, 0.0).tolist() == [0.0]
    with np.errstate(over="ignore"):
        scores = score_anywhere(np, one, one * 1e5, one * 1e8, 1e308, 0.0, 0.0)
    assert scores.tolist() == [math.inf]


@pytest.mark.parametrize("function", ["netscore", "information_density"])
@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("pandas", "DataFrame"),
        ("polars", "DataFrame"),
        ("polars", "LazyFrame"),
        ("pyarrow", "table"),
        ("xarray", "Dataset"),
    ],
)
def test_whole_tables_are_refused(function: str, library: str, name: str) -> None:
    module = pytest.importorskip(library, reason=f"{library} is not installed here")
    table = getattr(module, name)({"top1": ("x", [72.0]) if library == "xarray" else [72.0]})
    call: Callable[..., Any] = netscore if function == "netscore" else information_density
    with pytest.raises(TypeError, match=rf"^{function}: .* got a \w+ \(pass one column of it\)$"):
        call(table, *[3e8] * (2 if function == "netscore" else 1))


def test_no_library_is_imported_for_a_call() -> None:
    script = (
        "import sys, numpy, netscore\n"
        "netscore.netscore(numpy.ma.array([72.0]), [3e6], 3e8)\n"
        "print({'pandas', 'polars', 'pyarrow', 'xarray', 'dask', 'cupy', 'jax', 'torch'}"
        " & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout == "set()\n"


def test_a_library_that_is_still_being_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", type(sys)("cupy"))
    assert netscore(np.ma.array([10.0]), 1e6, 1e9).tolist() == pytest.approx([40.0])


def test_missing_values_stay_missing_in_polars_and_arrow() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed here")
    column = polars.Series("top1", [10.0, None, math.nan, 100.0])
    frame = polars.DataFrame({"top1": column, "flat": [0.5, 0.5, 0.5, None]})
    for scores in (
        netscore(column, 1e6, 1e9),
        frame.select(netscore(polars.col("top1"), 1e6, 1e9))["top1"],
    ):
        assert scores.is_null().to_list() == [False, True, False, False]
        assert scores.is_nan().to_list() == [False, None, True, False]
        assert scores.drop_nulls().to_list()[0] == pytest.approx(40.0)
    exponents = netscore(polars.col("top1"), 1e6, 1e9, alpha=polars.col("flat"))
    assert frame.select(exponents).to_series().is_null().to_list() == [False, True, False, True]
    decimals = polars.Series("top1", ["72.5", None]).cast(polars.Decimal(10, 2))
    assert netscore(decimals, 1e6, 1e9).is_null().to_list() == [False, True]
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed here")
    for make in (pyarrow.array, lambda v: pyarrow.chunked_array([v[:2], v[2:]], "double")):
        scores = netscore(make([10.0, None, math.nan, 100.0]), pyarrow.array([10**6] * 4), 1e9)
        assert scores.is_null().to_pylist() == [False, True, False, False]
        assert isinstance(scores, type(make([10.0, 1.0, 1.0])))
    tens = pyarrow.array([10, None]).cast(pyarrow.decimal128(21, 2))
    assert netscore(tens, 1e6, 1e9).to_pylist() == [pytest.approx(40.0), None]
    with pytest.raises(TypeError, match=r"got an array of type string$"):
        netscore(pyarrow.array(["72"]), 1e6, 1e9)


def test_masked_values_beside_a_series_are_missing_in_it() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
    masked = np.ma.array([1e6, 1e6], mask=[False, True])
    scores = netscore(pandas.Series([10.0, 10.0]), masked, 1e9)
    assert scores.isna().tolist() == [False, True]


def old_arrow() -> bool:
    try:
        return int(version("pyarrow").partition(".")[0]) < 15
    except PackageNotFoundError:
        return False


@pytest.mark.parametrize(
    ("dtypes", "result"),
    [
        (("float64", "Float64"), "Float64"),
        (("float32", "Float32"), "Float32"),
        (("float32", "Float64"), "Float64"),
        (("float64", "double[pyarrow]"), "double[pyarrow]"),
        (("Float64", "float[pyarrow]"), "double[pyarrow]"),
        pytest.param(
            ("halffloat[pyarrow]", "halffloat[pyarrow]"),
            "halffloat[pyarrow]",
            marks=pytest.mark.skipif(old_arrow(), reason="this Arrow casts nothing to halffloat"),
        ),
    ],
)
def test_one_nullable_series_makes_the_result_nullable(
    dtypes: tuple[str, str], result: str
) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed here")
    accuracy, params = (
        pandas.Series(values).astype(dtype)
        for values, dtype in zip(([10.0, 100.0], [1e4, 1e4]), dtypes)
    )
    scores = netscore(accuracy, params, 1e9)
    assert scores.dtype == result
    # 40 + 20 - 0 and 80 + 20 - 0
    assert scores.tolist() == pytest.approx([60.0, 100.0], rel=1e-3)


def test_dimensions_of_xarray_broadcast_by_name() -> None:
    xarray = pytest.importorskip("xarray", reason="xarray is not installed here")
    accuracy = xarray.DataArray(ACCURACY, dims="network", coords={"network": list("abcd")})
    macs = xarray.DataArray(MACS[:3], dims="size")
    scores = netscore(accuracy, 3.4e6, macs)
    assert scores.dims == ("network", "size")
    expected = netscore(ACCURACY[:, np.newaxis], 3.4e6, MACS[:3])
    np.testing.assert_array_equal(scores.to_numpy(), expected)
    shifted = accuracy.assign_coords(network=list("abce")) * 1e6
    with pytest.raises(ValueError, match=r"^netscore: DataArrays must have the same labels along"):
        netscore(accuracy, shifted, 3e8)


def test_attributes_that_contradict_each_other_are_dropped() -> None:
    xarray = pytest.importorskip("xarray", reason="xarray is not installed here")
    table = {"source": "a table"}
    accuracy = xarray.DataArray(ACCURACY, dims="network", attrs={**table, "unit": "percent"})
    params = xarray.DataArray(PARAMS, dims="network", attrs={**table, "unit": "count"})
    assert netscore(accuracy, params, 3e8).attrs == table


def test_partitions_of_dask_series() -> None:
    dask = pytest.importorskip("dask.dataframe", reason="dask is not installed here")
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
    accuracy = dask.from_pandas(pandas.Series(ACCURACY), npartitions=2)
    params = dask.from_pandas(pandas.Series(PARAMS), npartitions=3)
    scores = netscore(accuracy, params, 3e8).compute()
    assert scores.tolist() == netscore(ACCURACY, PARAMS, 3e8).tolist()
    longer = params.repartition(divisions=(0, 1, 9), force=True)
    assert netscore(accuracy, longer, 3e8).compute().tolist() == scores.tolist()
    with pytest.raises(ValueError, match=r"unknown divisions must have equally many partitions"):
        netscore(accuracy.clear_divisions(), params.clear_divisions(), 3e8)
    with pytest.raises(ValueError, match=r"equally many partitions, got 2, 3$"):
        netscore(accuracy, params.clear_divisions(), 3e8)
    halves = dask.from_pandas(pandas.Series(PARAMS), npartitions=2).clear_divisions()
    assert netscore(accuracy, halves, 3e8).compute().tolist() == scores.tolist()
    other = dask.from_pandas(pandas.Series(PARAMS, index=[0, 1, 3, 5]), npartitions=2)
    with pytest.raises(ValueError, match=r"must have the same index as accuracy"):
        netscore(accuracy.clear_divisions(), other.clear_divisions(), 3e8).compute()
    with pytest.raises(TypeError, match=r"got a Series of dtype"):
        netscore(dask.from_pandas(pandas.Series(["72"]), npartitions=1), 3e6, 3e8)


def test_torch_differentiates_compiles_and_maps() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    figures = [torch.tensor(v, dtype=torch.float64) for v in ([72.0, 5.0], [3e3, 9e3], [4e3, 8e3])]
    weights = [torch.tensor(w, dtype=torch.float64) for w in (2.0, 0.5, 0.5)]
    leaves = [value.clone().requires_grad_() for value in (*figures, *weights)]

    def score(a: Any, p: Any, m: Any, *w: Any) -> Any:
        return netscore(a, p, m, alpha=w[0], beta=w[1], gamma=w[2])

    assert torch.autograd.gradcheck(score, leaves)
    assert torch.autograd.gradcheck(information_density, leaves[:2])
    expected = netscore(*figures)
    mapped = torch.vmap(netscore)(*figures)
    torch.testing.assert_close(mapped, expected)
    slope = torch.func.grad(lambda a: netscore(a, 3e6, 3e8))(torch.tensor(72.0))
    assert slope.item() == pytest.approx(40 / (72 * math.log(10)), rel=1e-6)
    # out of the domain nothing spoils the slopes of the others
    mixed = torch.tensor([-1.0, 50.0, math.nan], requires_grad=True)
    scores = torch.vmap(lambda a: netscore(a, 3e6, 3e8))(mixed)
    assert scores.isnan().tolist() == [True, False, True]
    scores.nansum().backward()
    assert mixed.grad.tolist() == pytest.approx([0.0, 40 / (50 * math.log(10)), 0.0])
    # nor what is shared by all
    shared = torch.tensor(0.5, requires_grad=True)
    accuracies, counts = mixed.detach(), torch.tensor([-1.0, 3e6, math.nan])
    for call, values, expected_slope in (
        (lambda a: netscore(a, 3e6, 3e8, alpha=shared), accuracies, 20 * math.log10(50)),
        (lambda p: netscore(72.0, p, 3e8, beta=shared), counts, -20 * math.log10(3)),
        (lambda m: netscore(72.0, 3e6, m, gamma=shared), counts, -20 * math.log10(0.003)),
        (lambda p: information_density(100 * shared, p), counts, 100 / 3),
    ):
        (slope,) = torch.autograd.grad(torch.vmap(call)(values).nansum(), shared)
        assert slope.item() == pytest.approx(expected_slope, rel=1e-6)
    compiled = torch.compile(netscore, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(*figures), expected)
    assert compiled(figures[0] - 80, *figures[1:]).isnan().all()
    half = netscore(torch.tensor([72.0], dtype=torch.bfloat16), 3e6, 3e8)
    assert half.dtype == torch.bfloat16
    assert netscore(torch.empty(3, device="meta"), 3e6, 3e8).device.type == "meta"
    with pytest.raises(ValueError, match=r"got -2.0 at position 0"):
        netscore(torch.tensor([-2.0], dtype=torch.bfloat16), 3e6, 3e8)


def test_tensors_stay_on_their_device() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    # Every torch has this device beside the CPU; its tensors have no values.
    elsewhere = torch.empty(2, device="meta")
    for beside in ([3e6, 4e6], np.array([3e6, 4e6]), 3e6, elsewhere):
        assert netscore(elsewhere, beside, 3e8).device.type == "meta"
    with pytest.raises(RuntimeError, match="on device cpu"):
        netscore(elsewhere, torch.tensor([3e6, 4e6]), 3e8)


def test_jax_differentiates_compiles_and_maps() -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed here")
    figures = [jax.numpy.asarray(figure, dtype=np.float32) for figure in FIGURES]
    for transform in (jax.jit, jax.vmap):
        np.testing.assert_allclose(transform(netscore)(*figures), netscore(*FIGURES), atol=2e-5)
    slopes = jax.grad(netscore, argnums=(0, 1, 2))(72.0, 3e6, 3e8)
    factor = 10 / math.log(10)
    assert slopes[0] == pytest.approx(4 * factor / 72, rel=1e-6)
    assert slopes[1] == pytest.approx(-factor / 3e6, rel=1e-6)
    wrong = jax.numpy.asarray([-1.0, 50.0, math.nan])
    scores, back = jax.vjp(jax.jit(lambda a: netscore(a, 3e6, 3e8)), wrong)
    assert np.isnan(scores).tolist() == [True, False, True]
    expected = [0.0, 4 * factor / 50, 0.0]
    np.testing.assert_allclose(back(jax.numpy.ones(3))[0], expected, rtol=1e-6)
    half = jax.numpy.asarray([-2.0], dtype=jax.numpy.bfloat16)
    assert netscore(-36 * half, 3e6, 3e8).dtype == half.dtype
    with pytest.raises(ValueError, match=r"got -2.0 at position 0"):
        netscore(half, 3e6, 3e8)


def test_cupy_on_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """CuPy's names over NumPy's arrays; the library itself is in test_containers_gpu.py."""

    class DeviceArray(np.ndarray[Any, Any]):
        def get(self) -> Any:
            return np.array(self)

    stand_in: Any = type(sys)("cupy")
    stand_in.ndarray = DeviceArray
    stand_in.asarray = lambda v, dtype: np.asarray(v, dtype).view(DeviceArray)
    for name in ("float64", "result_type", "log10", "where"):
        setattr(stand_in, name, getattr(np, name))
    monkeypatch.setitem(sys.modules, "cupy", stand_in)
    accuracy, params, macs = (figure.view(DeviceArray) for figure in FIGURES)
    scores: Any = netscore(accuracy, params, macs)
    np.testing.assert_allclose(np.asarray(scores), netscore(*FIGURES), rtol=0, atol=1e-13)
    assert netscore(accuracy.astype(np.float32), 3.4e6, 3e8).dtype == np.float32
    assert netscore(accuracy.astype(np.int64), 3.4e6, 3e8).dtype == np.float64
    with pytest.raises(ValueError, match=r"got -72.0 at position 0 \(4 of 4 values are wrong\)$"):
        netscore(-accuracy, 3.4e6, 3e8)
    with pytest.raises(TypeError, match=r"got a CuPy array as accuracy and a list as params$"):
        netscore(accuracy, PARAMS.tolist(), 3e8)


def test_other_functions_take_the_containers_as_arrays() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed here")
    scores = polars.Series("score", [55.2, None, 74.2])
    assert rank(scores).to_list() == [2, 3, 1]
    front = pareto_front(polars.Series("top1", [72.0, 75.0, 71.0]), [3e6, 25e6, 99e6], [3e8] * 3)
    assert front.to_list() == [True, True, False]
    with pytest.raises(TypeError, match=r"^rank: scores must be a real number or an array"):
        rank(polars.col("top1"))
    with pytest.raises(TypeError, match=r"got a Series of dtype String$"):
        rank(polars.Series(["72"]))
    with pytest.raises(ValueError, match=r"arrays beside a polars Series must have its shape"):
        netscore(polars.Series([72.0]), [3e6, 4e6], 3e8)


def test_other_functions_read_every_container(kind: Kind) -> None:
    if isinstance(kind, Expression):
        return  # it has no values
    assert np.asarray(rank(kind.make(np.array([55.0, math.nan, 74.0])))).tolist() == [2, 3, 1]
    front = pareto_front(kind.make(np.array([72.0, 75.0, math.nan])), 3e6, 3e8)
    assert np.asarray(front).tolist() == [False, True, False]


def test_ranks_of_tensors_are_numpy_arrays() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    ranks = rank(torch.tensor([3.0, 1.0, 2.0]))
    assert type(ranks) is np.ndarray
    assert ranks.tolist() == [1, 3, 2]


def test_masked_chunks_of_dask_stay_masked() -> None:
    array = pytest.importorskip("dask.array", reason="dask is not installed here")
    xarray = pytest.importorskip("xarray", reason="xarray is not installed here")
    chunks = array.from_array(np.ma.array([72.0, -90.0, 75.0], mask=[False, True, False]), chunks=1)
    for values in (chunks, xarray.DataArray(chunks, dims="network")):
        assert list(rank(values)) == [2, 3, 1]
        assert list(pareto_front(values, 3e6, [3e8, 3e8, 4e8])) == [True, False, True]
        assert top(values, 3e6, 3e8, k=3).tolist() == [2, 0]


def test_dask_series_of_indexes_that_do_not_compare() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here")
    frames = pytest.importorskip("dask.dataframe", reason="dask is not installed here")
    one, other = (
        frames.from_pandas(pandas.Series([72.0, 75.0], index=index), npartitions=1)
        for index in ([0, 1], ["a", "b"])
    )
    with pytest.raises(ValueError, match=r"^netscore: dask Series must have the same index, but "):
        netscore(one, other, 1e9)


def test_an_accuracy_of_zero_beside_expressions() -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed here")
    frame = polars.DataFrame({"params": [3e6]})
    score = frame.select(netscore(0.0, polars.col("params"), 1e9)).item()
    assert score == -math.inf
