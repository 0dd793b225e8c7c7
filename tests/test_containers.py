"""What is special to one kind of container; what is common to all is in `test_kinds`."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from functions import FUNCTIONS, OWN
from hypothesis import given
from hypothesis import strategies as st
from test_functions import arrays, call, numbers, quietly

from netscore import information_density, netscore, netscore_interval, pareto_front, rank, solve
from netscore.metrics import NS_E

FIGURES = tuple(arrays(FUNCTIONS["netscore"]).values())
ACCURACY, PARAMS, MACS = FIGURES
# The differential of 20 log10 in the natural logarithm.
FACTOR = 20 / math.log(10)


# polars
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_expressions_stand_wherever_polars_takes_them(engine: Any) -> None:
    names = ("top1", "params", "macs")
    frame = pl.DataFrame(dict(zip(names, FIGURES))).with_columns(family=pl.Series([*"abab"]))
    score = netscore(*map(pl.col, names))
    expected = netscore(*FIGURES)
    eager = frame.with_columns(score, information_density(pl.col("top1"), pl.col("params")))
    # The score is named after itself and overwrites no measurement.
    assert eager.columns == [*names, "family", "netscore", "information_density"]
    assert eager["netscore"].to_list() == expected.tolist()
    best = frame.lazy().filter(score > 50).select(score.round(6)).collect(engine=engine)
    assert sorted(best.to_series()) == sorted(expected[expected > 50].round(6))
    groups = frame.lazy().group_by("family").agg(score.max(), n=pl.len()).collect(engine=engine)
    ours = [expected[::2].max(), expected[1::2].max()]
    assert groups.sort("family").rows() == [("a", ours[0], 2), ("b", ours[1], 2)]
    over = frame.lazy().select(score.rank(descending=True).over("family")).collect(engine=engine)
    assert over.to_series().to_list() == [1, 1, 2, 2]
    assert frame.sort(score, descending=True)["top1"][0] == ACCURACY[expected.argmax()]
    # An expression of another, of a literal and of nothing but numbers in a frame.
    nested = frame.select(netscore(pl.col("top1") * 0.5, pl.lit(1e6), pl.col("macs")))
    assert nested["netscore"].to_list() == netscore(ACCURACY * 0.5, 1e6, MACS).tolist()
    named = frame.select(OWN(pl.col("top1"), latency=0.1, memory=pl.col("params")))
    assert named.columns == ["own-score"]


def test_wrong_values_in_an_expression_are_nan_without_a_word_and_null_stays_null() -> None:
    column = pl.Series("top1", [10.0, None, math.nan, -1.0, 0.5, 101.0, 0.0])
    frame = pl.DataFrame({"top1": column, "flat": [0.5] * 6 + [None]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = frame.select(netscore(pl.col("top1"), 1e6, 1e9)).to_series()
    assert scores.is_null().to_list() == [False, True, *[False] * 5]
    assert scores.is_nan().to_list() == [False, None, True, True, False, True, False]
    assert scores[[0, 4]].to_list() == pytest.approx([40.0, 40 * math.log10(0.5)])
    assert scores[6] == -math.inf
    exponents = netscore(pl.col("top1"), 1e6, 1e9, alpha=pl.col("flat"))
    nulls = frame.select(exponents).to_series().is_null()
    assert nulls.to_list() == [False, True, *[False] * 4, True]
    assert frame.head(1).select(netscore(0.0, pl.col("flat") * 1e6, 1e9)).item() == -math.inf
    nothing = frame.clear().lazy().select(netscore(pl.col("top1"), pl.lit(1e6), 1e9)).collect()
    assert nothing.shape == (0, 1)


def test_missing_values_of_every_dtype_of_polars_and_arrow() -> None:
    column = pl.Series("top1", [10.0, None, math.nan, 100.0])
    assert netscore(column, 1e6, 1e9).is_null().to_list() == [False, True, False, False]
    assert netscore(column, 1e6, 1e9).is_nan().to_list() == [False, None, True, False]
    whole: list[Any] = [
        pl.Int8,
        pl.Int16,
        pl.Int32,
        pl.Int64,
        pl.UInt8,
        pl.UInt16,
        pl.UInt32,
        pl.UInt64,
    ]
    for dtype in (*whole, pl.Float64, pl.Decimal(10, 2)):
        for values in ([10, 100], [10, None]):
            scores = netscore(pl.Series(values, dtype=dtype), 1e6, 1e9)
            assert scores.dtype == pl.Float64
            assert scores.to_list() == pytest.approx([40.0, 80.0 if values[1] else None])
    large = netscore(pl.Series([10, None], dtype=pl.Int128), 1e6, 1e9)
    assert large.to_list() == [pytest.approx(40.0), None]
    with pytest.raises(TypeError, match=r"got a Series of dtype Null$"):
        netscore(pl.Series([None, None]), 1e6, 1e9)
    for make in (pa.array, lambda v: pa.chunked_array([v[:2], v[2:]], "double")):
        scores = netscore(make([10.0, None, math.nan, 100.0]), pa.array([10**6] * 4), 1e9)
        assert scores.is_null().to_pylist() == [False, True, False, False]
        assert isinstance(scores, type(make([10.0, 1.0, 1.0])))
    tens = pa.array([10, None]).cast(pa.decimal128(21, 2))
    assert netscore(tens, 1e6, 1e9).to_pylist() == [pytest.approx(40.0), None]


# pandas
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
    dtypes: tuple[Any, Any], result: str
) -> None:
    accuracy, params = (
        pd.Series(values).astype(dtype)
        for values, dtype in zip(([10.0, 100.0], [1e4, 1e4]), dtypes)
    )
    scores = netscore(accuracy, params, 1e9)
    assert scores.dtype == result
    # 40 + 20 - 0 and 80 + 20 - 0
    assert scores.tolist() == pytest.approx([60.0, 100.0], rel=1e-3)


def test_names_of_series() -> None:
    one, two = pd.Series([72.0], name="one"), pd.Series([3e6], name="two")
    assert netscore(one, 3e6, 3e8).name == "one"
    assert netscore(one, two, 3e8).name is None
    assert netscore(one, two.rename("one"), 3e8).name == "one"


def test_sparse_series() -> None:
    scores = netscore(pd.Series(pd.arrays.SparseArray([10.0, 100.0])), 1e6, 1e9)
    assert scores.tolist() == pytest.approx([40.0, 80.0])


def test_masked_values_beside_a_series_are_missing_in_it() -> None:
    masked = np.ma.array([1e6, 1e6], mask=[False, True])
    assert netscore(pd.Series([10.0, 10.0]), masked, 1e9).isna().tolist() == [False, True]


# xarray and dask
def test_dimensions_of_xarray_broadcast_by_name() -> None:
    xarray = pytest.importorskip("xarray", reason="xarray is not installed here")
    accuracy = xarray.DataArray(ACCURACY, dims="network", coords={"network": list("abcd")})
    time = xarray.DataArray([0.5, 2.0, 8.0], dims="size")
    scores = netscore(accuracy, 3.4e6, time * 1e9)
    assert scores.dims == ("network", "size")
    by_hand = netscore(ACCURACY[:, np.newaxis], 3.4e6, np.array([0.5, 2.0, 8.0]) * 1e9)
    np.testing.assert_array_equal(scores.to_numpy(), by_hand)
    assert NS_E(accuracy, time=time, power=10.0).dims == ("network", "size")
    table = np.full((4, 3), 3.4e6)
    for wide in (table, table[np.newaxis], [[3.4e6] * 4]):
        said = rf"at most as many dimensions as it has, 1, got {np.ndim(wide)}$"
        with pytest.raises(ValueError, match=said):
            netscore(accuracy, wide, 1e9)
    # A column is no table, and columns of two dimensions are none.
    with pytest.raises(ValueError, match=r"^pareto_front: "):
        pareto_front(accuracy, 3.4e6, time)
    # Nor are the first networks of one those of the other, be there equally many.
    several = time[:1].isel(size=[0] * ACCURACY.size) * 1e9
    said = r"pareto_front: DataArrays must have the same dimensions, got .'network',. and .'size',."
    with pytest.raises(ValueError, match=f"^{said}$"):
        pareto_front(accuracy, 3.4e6, several)
    assert pareto_front(accuracy, 3.4e6, several.rename(size="network")).dims == ("network",)
    assert pareto_front(accuracy, 3.4e6, several[0]).dims == ("network",)


def test_attributes_that_contradict_each_other_are_dropped() -> None:
    xarray = pytest.importorskip("xarray", reason="xarray is not installed here")
    table = {"source": "a table"}
    accuracy = xarray.DataArray(ACCURACY, dims="network", attrs={**table, "unit": "percent"})
    params = xarray.DataArray(PARAMS, dims="network", attrs={**table, "unit": "count"})
    assert netscore(accuracy, params, 3e8).attrs == table
    # A score is in no percent, nor is a rank.
    attributes = {**table, "units": "%", "long_name": "top-1"}
    accuracy = xarray.DataArray(ACCURACY, dims="network", attrs=attributes)
    for result in (netscore(accuracy, 3e6, 3e8), rank(accuracy), pareto_front(accuracy, 3e6, 3e8)):
        assert result.attrs == table
    assert accuracy.attrs == attributes


def test_partitions_of_dask_series() -> None:
    dask = pytest.importorskip("dask.dataframe", reason="dask is not installed here")
    accuracy = dask.from_pandas(pd.Series(ACCURACY), npartitions=2)
    params = dask.from_pandas(pd.Series(PARAMS), npartitions=3)
    scores = netscore(accuracy, params, 3e8).compute()
    assert scores.tolist() == netscore(ACCURACY, PARAMS, 3e8).tolist()
    longer = params.repartition(divisions=(0, 1, 9), force=True)
    assert netscore(accuracy, longer, 3e8).compute().tolist() == scores.tolist()
    with pytest.raises(ValueError, match=r"unknown divisions must have equally many partitions"):
        netscore(accuracy.clear_divisions(), params.clear_divisions(), 3e8)
    with pytest.raises(ValueError, match=r"equally many partitions, got 2, 3$"):
        netscore(accuracy, params.clear_divisions(), 3e8)
    halves = dask.from_pandas(pd.Series(PARAMS), npartitions=2).clear_divisions()
    assert netscore(accuracy, halves, 3e8).compute().tolist() == scores.tolist()
    other = dask.from_pandas(pd.Series(PARAMS, index=[0, 1, 3, 5]), npartitions=2)
    with pytest.raises(ValueError, match=r"must have the same index as accuracy"):
        netscore(accuracy.clear_divisions(), other.clear_divisions(), 3e8).compute()
    lettered = dask.from_pandas(pd.Series(PARAMS, index=list("abcd")), npartitions=1)
    with pytest.raises(ValueError, match=r"^netscore: dask Series must have the same index, but "):
        netscore(dask.from_pandas(pd.Series(ACCURACY), npartitions=1), lettered, 1e9)


def test_arrays_of_dask_that_do_not_broadcast_are_refused_at_once() -> None:
    dask = pytest.importorskip("dask.array", reason="dask is not installed here")
    accuracy = dask.from_array(ACCURACY)
    with pytest.raises(ValueError, match=r"^netscore: shapes must broadcast, got accuracy"):
        netscore(accuracy, PARAMS[:3], 3e8)
    # How many of them there are is not known before they are computed.
    scores = netscore(accuracy[accuracy > 0], 3e6, 3e8)
    assert scores.compute().tolist() == netscore(ACCURACY, 3e6, 3e8).tolist()


# torch
def test_torch_differentiates_compiles_and_maps() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    for key, function in FUNCTIONS.items():
        if function.contract == "element":
            rules = [rule for rule in function.required if not rule.single and rule.missing]
            values = [torch.tensor(rule.good, dtype=torch.float64) for rule in rules]
            if key in ("netscore", "Metric", "solve-accuracy"):
                # Small figures, whose slopes a difference can tell.
                small = [torch.tensor([one], dtype=torch.float64) for one in (9.0, 5e3, 7e3)]
                leaves = [value.requires_grad_() for value in small]
                named = [rule.name for rule in rules]
                assert torch.autograd.gradcheck(
                    lambda *v, f=function, n=named: call(f, dict(zip(n, v))), leaves
                )
            given = dict(zip((rule.name for rule in rules), values))
            fixed = {r.name: r.good[0] for r in function.required if r.name not in given}
            names = list(given)

            def score(*v: Any, f: Any = function, n: Any = names, x: Any = fixed) -> Any:
                return tuple(f.parts(call(f, {**dict(zip(n, v)), **x})))

            expected = score(*values)
            torch.testing.assert_close(torch.vmap(score)(*values), expected)
            leaf = values[0].clone().requires_grad_()
            sum(part.sum() for part in score(leaf, *values[1:])).backward()
            assert leaf.grad.isfinite().all()
            assert (leaf.grad != 0).any()
            meta = score(*(value.to("meta") for value in values))
            assert {part.device.type for part in meta} == {"meta"}


def test_slopes_of_torch_by_hand() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    figures = [torch.tensor(v, dtype=torch.float64) for v in ([72.0, 5.0], [3e3, 9e3], [4e3, 8e3])]
    weights = [torch.tensor(w, dtype=torch.float64).requires_grad_() for w in (2.0, 0.5, 0.5)]
    leaves = [value.clone().requires_grad_() for value in figures]

    def score(a: Any, p: Any, m: Any, *w: Any) -> Any:
        return netscore(a, p, m, alpha=w[0], beta=w[1], gamma=w[2])

    assert torch.autograd.gradcheck(score, (*leaves, *weights))
    assert torch.autograd.gradcheck(information_density, leaves[:2])
    slope = torch.func.grad(lambda a: netscore(a, 3e6, 3e8))(torch.tensor(72.0))
    assert slope.item() == pytest.approx(2 * FACTOR / 72, rel=1e-6)
    # Out of the domain nothing spoils the slopes of the others.
    mixed = torch.tensor([-1.0, 50.0, math.nan], requires_grad=True)
    scores = torch.vmap(lambda a: netscore(a, 3e6, 3e8))(mixed)
    assert scores.isnan().tolist() == [True, False, True]
    scores.nansum().backward()
    assert mixed.grad.tolist() == pytest.approx([0.0, 2 * FACTOR / 50, 0.0])
    # Nor what is shared by all.
    shared = torch.tensor(0.5, requires_grad=True)
    accuracies, counts = mixed.detach(), torch.tensor([-1.0, 3e6, math.nan])
    for one, values, expected_slope in (
        (lambda a: netscore(a, 3e6, 3e8, alpha=shared), accuracies, 20 * math.log10(50)),
        (lambda p: netscore(72.0, p, 3e8, beta=shared), counts, -20 * math.log10(3)),
        (lambda m: netscore(72.0, 3e6, m, gamma=shared), counts, -20 * math.log10(0.003)),
        (lambda p: information_density(100 * shared, p), counts, 100 / 3),
    ):
        (slope,) = torch.autograd.grad(torch.vmap(one)(values).nansum(), shared)
        assert slope.item() == pytest.approx(expected_slope, rel=1e-6)
    compiled = torch.compile(netscore, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(*figures), netscore(*figures))
    assert compiled(figures[0] - 80, *figures[1:]).isnan().all()
    own = torch.compile(lambda a, s: OWN(a, s, 512.0), backend="eager", fullgraph=True)
    torch.testing.assert_close(own(*figures[:2]), OWN(*figures[:2], 512.0))


def test_dtypes_and_devices_of_torch() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    half = netscore(torch.tensor([72.0], dtype=torch.bfloat16), 3e6, 3e8)
    assert half.dtype == torch.bfloat16
    with pytest.raises(ValueError, match=r"got -2.0 at position 0"):
        netscore(torch.tensor([-2.0], dtype=torch.bfloat16), 3e6, 3e8)
    # Torch takes no such arrays of NumPy's, this package does.
    ones = torch.tensor([10.0, 10.0])
    for dtype in (">f8", np.longdouble, np.float64):
        counts = np.array([1e6, 1e8]).astype(dtype)
        assert netscore(ones, counts[::-1], 1e9).tolist() == pytest.approx([20.0, 40.0])
    # Every torch has this device beside the CPU; its tensors have no values.
    elsewhere = torch.empty(2, device="meta")
    for beside in ([3e6, 4e6], np.array([3e6, 4e6]), 3e6, elsewhere):
        assert netscore(elsewhere, beside, 3e8).device.type == "meta"
    with pytest.raises(RuntimeError, match="on device cpu"):
        netscore(elsewhere, torch.tensor([3e6, 4e6]), 3e8)
    ranks = rank(torch.tensor([3.0, 1.0, 2.0]))
    assert ranks.tolist() == [1, 3, 2]
    assert not ranks.dtype.is_floating_point


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's own, of prototypes
@pytest.mark.parametrize("form", ["to_sparse", "to_sparse_csr", "nested", "qint8", "float8_e5m2"])
def test_tensors_that_torch_does_not_compute_with(form: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    plain = torch.tensor([[72.0, 0.0]])
    odd = {
        "nested": lambda: torch.nested.nested_tensor([plain[0], plain[0, :1]]),
        "qint8": lambda: torch.quantize_per_tensor(plain, 1.0, 0, torch.qint8),
        "float8_e5m2": lambda: plain.to(torch.float8_e5m2),
    }.get(form, lambda: getattr(plain, form)())()
    for function in FUNCTIONS.values():
        for rule in function.required:
            if not rule.single:
                name = re.escape(rule.name)
                said = rf"{name} must be .*, got a torch tensor of dtype torch\.\w+ and layout"
                with pytest.raises(TypeError, match=said):
                    call(function, {**numbers(function), rule.name: odd})


def test_unsigned_integers_of_torch() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    for dtype in (torch.uint16, torch.uint32, torch.uint64):
        images = torch.tensor([1000]).to(dtype)
        found = netscore_interval(torch.tensor([72.0]).double(), 3e6, 3e8, n_images=images)
        expected = netscore_interval(72.0, 3e6, 3e8, n_images=1000)
        assert [end.item() for end in found] == pytest.approx(expected, rel=1e-14)


# JAX
def test_jax_differentiates_compiles_and_maps() -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed here")
    for function in FUNCTIONS.values():
        if function.contract == "element":
            rules = [rule for rule in function.required if not rule.single and rule.missing]
            fixed = {r.name: r.good[0] for r in function.required if r not in rules}
            names = [rule.name for rule in rules]
            values = [jax.numpy.asarray(rule.good, dtype=np.float32) for rule in rules]

            def score(*v: Any, f: Any = function, n: Any = names, x: Any = fixed) -> Any:
                return f.parts(call(f, {**dict(zip(n, v)), **x}))

            expected = quietly(function, {**dict(zip(names, [r.good for r in rules])), **fixed})
            for transform in (jax.jit, jax.vmap):
                for part, wanted in zip(transform(score)(*values), expected, strict=True):
                    assert part.dtype == np.float32
                    np.testing.assert_allclose(part, wanted, rtol=2e-5, atol=2e-4)


def test_slopes_of_jax_by_hand() -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed here")
    slopes = jax.grad(netscore, argnums=(0, 1, 2))(72.0, 3e6, 3e8)
    assert slopes[0] == pytest.approx(2 * FACTOR / 72, rel=1e-6)
    assert slopes[1] == pytest.approx(-FACTOR / 2 / 3e6, rel=1e-6)
    wrong = jax.numpy.asarray([-1.0, 50.0, math.nan])
    scores, back = jax.vjp(jax.jit(lambda a: netscore(a, 3e6, 3e8)), wrong)
    assert np.isnan(scores).tolist() == [True, False, True]
    expected = [0.0, 2 * FACTOR / 50, 0.0]
    np.testing.assert_allclose(back(jax.numpy.ones(3))[0], expected, rtol=1e-6)
    half = jax.numpy.asarray([-2.0], dtype=jax.numpy.bfloat16)
    assert netscore(-36 * half, 3e6, 3e8).dtype == half.dtype
    with pytest.raises(ValueError, match=r"got -2.0 at position 0"):
        netscore(half, 3e6, 3e8)


def test_jax_without_its_64_bits() -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed here")
    singles = [jax.numpy.asarray(figure, dtype=np.float32) for figure in FIGURES]
    scores = netscore(*singles)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, netscore(*FIGURES), atol=2e-5)
    whole = netscore(jax.numpy.asarray([72, 50]), 3_400_000, 3_800_000_000)
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, netscore([72, 50], 3_400_000, 3_800_000_000), atol=2e-5)
    # JAX takes no such arrays of NumPy's, this package does.
    for dtype in (">f4", ">f8", ">i8", np.longdouble):
        counts = PARAMS.astype(dtype)[::-1]
        beside = netscore(singles[0], counts, 3e8)
        assert beside.dtype == np.float32
        np.testing.assert_allclose(beside, netscore(ACCURACY, PARAMS[::-1], 3e8), atol=2e-5)
    must = r"0, or of a size from 1\.2e-38 to 3\.4e\+38 in a JAX of 32 bits"
    with pytest.raises(ValueError, match=rf"^netscore: params must be {must}, got 1e\+39$"):
        netscore(singles[0], 1e39, 3e8)
    said = rf"^netscore: macs must be {must}, got 1e\+300 at position 1 \(1 of 2 values is wrong\)$"
    with pytest.raises(ValueError, match=said):
        netscore(jax.numpy.asarray([72.0, 50.0]), 3e6, np.array([3e8, 1e300]))
    with pytest.raises(ValueError, match=rf"^solve: score must be {must}, got 1e\+39$"):
        solve(-1e39, accuracy=singles[0], macs=3e8)
    assert (solve(-math.inf, params=singles[1], macs=3e8) == 0.0).all()
    assert np.isnan(netscore(singles[0], math.nan, 3e8)).all()


@pytest.mark.parametrize("dtype", ["int4", "uint4", "float8_e4m3fn", "float8_e5m2", "key"])
def test_numbers_that_jax_does_not_compute_with(dtype: str) -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed here")
    short = jax.random.key(0).reshape(1) if dtype == "key" else jax.numpy.array([6.0]).astype(dtype)
    said = rf"accuracy must be a real .* numbers, got a JAX array of dtype {short.dtype}$".replace(
        "<", r"\<"
    )
    for function in (netscore, lambda values, *_: rank(values), pareto_front):
        with pytest.raises(TypeError, match=said.replace("accuracy", "(accuracy|scores)")):
            function(short, 3e6, 3e8)
    if dtype == "float8_e5m2":  # NumPy takes it for a float
        with pytest.raises(TypeError, match="got an array of dtype float8_e5m2"):
            netscore(np.asarray(short), 3e6, 3e8)


# The standard of array libraries
def test_other_devices_of_a_library_of_the_standard() -> None:
    strict = pytest.importorskip("array_api_strict", reason="it is not installed here")
    device = strict.Device("device1")
    figures = [strict.asarray(figure, device=device) for figure in FIGURES]
    scores = netscore(*figures)
    assert scores.device == device
    np.testing.assert_allclose(
        np.asarray(scores.to_device(strict.Device("CPU_DEVICE"))), netscore(*FIGURES), atol=1e-13
    )
    # Nor can NumPy read them there, to say what is wrong or to rank them.
    said = r"^netscore: accuracy must be .*, got -1.0 at position 1 "
    with pytest.raises(ValueError, match=said):
        netscore(strict.asarray([72.0, -1.0], device=device), 3e6, 3e8)
    ranks = rank(strict.asarray([3.0, 1.0, 2.0], device=device))
    assert ranks.device == device
    assert [int(one) for one in ranks] == [1, 3, 2]


def test_integers_of_a_library_that_compares_none_with_floats() -> None:
    strict = pytest.importorskip("array_api_strict", reason="it is not installed here")
    # 40 log10 10 - 10 log10 1 and 40 log10 100 - 10 log10 100
    scores = netscore(strict.asarray([10, 100]), strict.asarray([10**6, 10**8]), 1e9)
    assert [float(one) for one in scores] == pytest.approx([40.0, 60.0])
    said = "^netscore: params must be positive and finite, got 0 at position 1 "
    with pytest.raises(ValueError, match=said):
        netscore(72.0, strict.asarray([10**6, 0]), 1e9)


@given(st.floats(2.0, 100.0), st.floats(1e3, 1e12), st.floats(1.0, 1e3))
def test_own_arithmetic_keeps_the_stated_error(accuracy: float, params: float, uses: float) -> None:
    macs = params * uses
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    with mpmath.workdps(50):
        ratio = mpmath.mpf(accuracy) ** 4 * 10**15 / (mpmath.mpf(params) * mpmath.mpf(macs))
        exact = 10 * mpmath.log10(ratio)
        score = netscore(torch.tensor(accuracy, dtype=torch.float64), params, macs)
        assert abs(score.item() - exact) < 5e-14


# All of them
def test_lengths_that_a_column_cannot_have() -> None:
    message = r"^netscore: arrays beside a polars Series must have its shape \(1,\), got a broadca"
    with pytest.raises(ValueError, match=message):
        netscore(pl.Series([72.0]), [3e6, 4e6], 3e8)


@pytest.mark.parametrize(
    ("library", "make", "name"),
    [
        ("xarray", lambda library: library.Dataset({"top1": ("x", [72.0])}), "Dataset"),
        (
            "pyarrow",
            lambda library: library.RecordBatch.from_pydict({"top1": [72.0]}),
            "RecordBatch",
        ),
        (
            "dask.dataframe",
            lambda library: library.from_pandas(pd.DataFrame({"top1": [72.0]}), npartitions=1),
            "DataFrame",
        ),
    ],
)
def test_whole_tables_of_other_libraries_are_refused(library: str, make: Any, name: str) -> None:
    table = make(pytest.importorskip(library, reason=f"{library} is not installed here"))
    for function in (netscore, lambda table, *_: rank(table)):
        with pytest.raises(TypeError, match=rf"got a {name} \(pass one column of it\)$"):
            function(table, 3e6, 3e8)


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
    class Own:
        """An array of a library of which nothing is there yet."""

    own: Any = Own()
    for name in ("polars", "torch", "jax"):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    assert netscore(np.ma.array([10.0]), 1e6, 1e9).tolist() == pytest.approx([40.0])
    with pytest.raises(TypeError, match=r"^netscore: accuracy must be a real number or an array"):
        netscore(own, 1e6, 1e9)
