"""The two formulas: NetScore and information density."""

from __future__ import annotations

from math import log10

from netscore.checks import EXPONENTS, FIGURES, number, numbers, only_numbers, thread_count
from netscore.weighted import MILLION, SIZES, of_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Generic, TypeVar, overload

    from numpy.typing import NDArray
    from typing_extensions import TypedDict, Unpack

    from netscore.arrays import ContainerT, Floats, Plain, Scalar, Values
    from netscore.arrays.blocks import Kernel, Weighted
    from netscore.checks import Rule

    T = TypeVar("T")
    WeightT = TypeVar("WeightT")

    class Weights(TypedDict, Generic[WeightT], total=False):
        """Exponents."""

        alpha: WeightT
        beta: WeightT
        gamma: WeightT

    class Solvable(Weights[WeightT], Generic[T, WeightT], total=False):
        """What `solve` takes beside the score."""

        accuracy: T | None
        params: T | None
        macs: T | None

    class Numeric(Weights[Scalar], total=False):
        """The options of a call that gives a number."""

        workers: int

    class Blockwise(TypedDict, total=False):
        """The options of a call that gives an array."""

        out: NDArray[Any] | None
        workers: int

    class Options(Weights[Values], Blockwise, total=False):
        """The options of a call that gives an array, exponents among them."""


# One object each, so that a call which leaves the options alone is known by identity.
_TWO = 2.0
_HALF = 0.5
_ONE = 1

if TYPE_CHECKING:

    @overload
    def netscore(  # type: ignore[overload-overlap]
        accuracy: Scalar, params: Scalar, macs: Scalar, **options: Unpack[Numeric]
    ) -> float: ...
    @overload
    def netscore(  # type: ignore[overload-overlap]
        accuracy: Plain, params: Plain, macs: Plain, **options: Unpack[Options]
    ) -> Floats: ...
    @overload
    def netscore(
        accuracy: ContainerT | Plain,
        params: ContainerT | Plain,
        macs: ContainerT | Plain,
        **options: Unpack[Options],
    ) -> ContainerT: ...


def netscore(
    accuracy: Any,
    params: Any,
    macs: Any,
    *,
    alpha: Any = _TWO,
    beta: Any = _HALF,
    gamma: Any = _HALF,
    out: Any = None,
    workers: int = _ONE,
) -> Any:
    r"""NetScore: accuracy against architectural and computational complexity, in decibels.

    Higher is better. Ten times the parameters or ten times the multiply-accumulates cost 10 dB
    under the default exponents, ten times the accuracy gains 40 dB, so that the difference of
    two scores is a ratio of networks. The score has no upper or lower bound; the 60 networks of
    the reference table lie between 38 and 78.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (72.0, not 0.72).
    params : float or array-like
        Number of parameters, as a count (3.4e6, not 3.4).
    macs : float or array-like
        Multiply-accumulates of one inference, as a count (300e6, not 0.3). One
        multiply-accumulate is two FLOPs.
    alpha, beta, gamma : float or array-like, default 2.0, 0.5 and 0.5
        Exponents of accuracy, parameters and multiply-accumulates: 0, or 1e-6 to 1000 each.
    out : numpy.ndarray, optional
        Array of floating dtype and of the broadcast shape to write the scores into; it is
        returned. It may be one of the arguments. After an error its content is undefined.
    workers : int, default 1
        Number of threads for large arrays; -1 stands for all cores. The scores do not depend
        on it.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        A Python float if every argument is a number. Otherwise an array of the broadcast shape,
        exponents included: a masked array if an argument is one (its mask kept), and where an
        argument is in a container of pandas, polars, pyarrow, xarray, dask, CuPy, JAX, PyTorch
        or of any library with the array API standard, one of its kind, with its index, labels
        and missing values; of a polars expression, an expression. What polars gives is named
        ``netscore``. The dtype is the floating type to which NumPy promotes the arrays (float32
        stays float32); integers and lists give float64. NaN in a measurement is NaN in that
        place. An accuracy of 0 scores -inf, its limit (or, with ``alpha=0``, what the two costs
        give).

    Raises
    ------
    ValueError
        If an accuracy lies outside 0 to 100, a params or macs is not positive and finite, an
        exponent is neither 0 nor from 1e-6 to 1000, the shapes do not broadcast, or Series
        differ in their index. Values that cannot be looked at, because they are lazy (polars
        expressions, dask) or traced (compiled or transformed by JAX or PyTorch), raise nothing:
        what is not allowed scores NaN. The message names the parameter, the rule, the value and,
        in arrays, the first position and how many values are wrong.
    TypeError
        If an argument is text, None, bool, complex, a date or an array of such or of objects,
        or if containers do not mix.

    Warns
    -----
    UnitWarning
        Once, if the values of an argument all look like another unit: accuracy in (0, 1], or
        params or macs below 1000; or if macs all look swapped with params or in another unit:
        below a tenth of them (a hundredth where params are 3e10 or more), or above 1e7 times
        them. They are used as they stand.

    See Also
    --------
    information_density : Accuracy per parameter.
    load_networks : The 60 networks of the reference table.

    Notes
    -----
    With :math:`a` in percent, :math:`p` in millions and :math:`m` in billions ([1]_, equation 1),

    .. math:: \Omega = 20 \log_{10} \frac{a^\alpha}{p^\beta m^\gamma}
        = 20 \left( \alpha \log_{10} a - \beta \log_{10} p - \gamma \log_{10} m \right)

    The second form is the one computed, in double precision whatever the input, because
    neither a power nor a product in it can overflow. Its error stayed within 4 units in the
    last place of the largest intermediate result (the terms, with their factor 20, and their
    sum) for accuracies in (0, 100], params in [1, 1e15], macs in [1, 1e20] and exponents in
    [0, 10]. Where the default exponents and the figures of a network allow it (accuracy from 2,
    params and macs from 1000 to 1e150), one logarithm of :math:`a^4 / (p m)` takes the place of
    three, with an error below 5e-14 for params up to 1e12 and macs up to 1e15, and below 2 units
    in the last place of the score for networks as they are published. A score may differ in its
    last digits between a number, an array, and an array of exponents; it does not depend on the
    other networks of an array, on its layout or on ``workers``.

    CuPy, JAX, PyTorch and other libraries with the array API standard compute the second form
    themselves, so that it stays on the device and differentiable, with the error stated first in
    double precision; JAX computes float32 in single precision. Polars calls this package for
    each batch of an expression, dask for each chunk.

    References
    ----------
    .. [1] A. Wong, "NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of
       Deep Neural Networks for Practical On-Device Edge Usage", ICIAR 2019, LNCS 11663,
       doi:10.1007/978-3-030-27272-2_2, arXiv:1806.05512.

    Examples
    --------
    MobileNetV2, then what ten times its multiply-accumulates would cost:

    >>> from netscore import netscore
    >>> round(netscore(72.0, params=3.4e6, macs=300e6), 2)
    74.21
    >>> round(netscore(72.0, params=3.4e6, macs=3e9), 2)
    64.21

    Lists and arrays are scored element by element; here MobileNetV2 and ResNet-50:

    >>> netscore([72.0, 75.3], params=[3.4e6, 25.6e6], macs=[300e6, 3.8e9]).round(1)
    array([74.2, 55.2])

    Accuracy weighed less, over a range of exponents:

    >>> netscore(72.0, 3.4e6, 300e6, alpha=[1.0, 1.5, 2.0]).round(1)
    array([37.1, 55.6, 74.2])
    """
    # The common call, with every check in the comparisons. The interpreter is quicker at simple
    # comparisons than at chains and sets.
    if (
        (type(accuracy) is float or type(accuracy) is int)
        and (type(params) is float or type(params) is int)
        and (type(macs) is float or type(macs) is int)
        and (accuracy >= 2.0 and accuracy <= 100.0)
        and (params >= 1e3 and params <= 1e150 and macs >= 1e3 and macs <= 1e150)
        and (macs * 10.0 >= params and macs <= params * 1e7)
        and (alpha is _TWO and beta is _HALF and gamma is _HALF)
        and (workers is _ONE and out is None)
    ):
        square = accuracy * accuracy
        return 10.0 * log10(square * square * 1e15 / (params * macs))
    if out is None and not getattr(accuracy, "ndim", 0):
        plain = numbers("netscore", _NETSCORE, (accuracy, params, macs, alpha, beta, gamma))
        if plain is not None:
            thread_count("netscore", workers)
            return of_numbers(plain[0], plain[1:3], (plain[3], plain[4:], SIZES, 20.0))
    import netscore.arrays as arrays  # faster than: from netscore import

    figures = (accuracy, params, macs)
    if alpha is _TWO and beta is _HALF and gamma is _HALF:
        return arrays.evaluate("netscore", arrays.SCORE, FIGURES, figures, out=out, workers=workers)
    kernel, arrayed = weighing("netscore", (alpha, beta, gamma))
    rules, values = (*FIGURES, *arrayed), (*figures, *arrayed.values())
    return arrays.evaluate("netscore", kernel, rules, values, out=out, workers=workers)


def weighing(function: str, exponents: Sequence[Any]) -> tuple[Weighted, dict[Rule, Any]]:
    """Return the kernel with these exponents, and those that are arrays by their rules.

    An exponent that is a number is put into the formula; others are arrays beside the figures.
    """
    from netscore.arrays import Weighted

    fixed = tuple(map(number, exponents))
    arrayed = {}
    for rule, exponent, value in zip(EXPONENTS, exponents, fixed):
        if value is None:
            arrayed[rule] = exponent
        else:
            only_numbers(function, (rule,), (value,))
    return Weighted((fixed[0], fixed[1:], SIZES, 20.0), counts=True), arrayed


_NETSCORE = FIGURES + EXPONENTS


if TYPE_CHECKING:

    @overload
    def information_density(  # type: ignore[overload-overlap]
        accuracy: Scalar, params: Scalar, *, workers: int = ...
    ) -> float: ...
    @overload
    def information_density(  # type: ignore[overload-overlap]
        accuracy: Plain, params: Plain, **options: Unpack[Blockwise]
    ) -> Floats: ...
    @overload
    def information_density(
        accuracy: ContainerT | Plain, params: ContainerT | Plain, **options: Unpack[Blockwise]
    ) -> ContainerT: ...


def information_density(accuracy: Any, params: Any, *, out: Any = None, workers: int = 1) -> Any:
    r"""Information density: percent of accuracy per million parameters.

    Higher is better. It says how well a network uses its parameters and says nothing about what
    they cost to apply; the 60 networks of the reference table lie between 0.4 and 83.

    Parameters
    ----------
    accuracy : float or array-like
        Accuracy in percent, 0 to 100 (72.0, not 0.72).
    params : float or array-like
        Number of parameters, as a count (3.4e6, not 3.4).
    out : numpy.ndarray, optional
        Array to write the result into, as in `netscore`.
    workers : int, default 1
        Number of threads for large arrays, as in `netscore`.

    Returns
    -------
    float, numpy.ndarray or the container of the arguments
        Percent per million parameters; container, dtype and missing values as in `netscore`.

    Raises
    ------
    ValueError, TypeError
        As in `netscore`.

    Warns
    -----
    UnitWarning
        As in `netscore`.

    See Also
    --------
    netscore : Takes multiply-accumulates into account as well.

    Notes
    -----
    With :math:`a` in percent and :math:`p` in millions, the density is :math:`a / p` [1]_.

    References
    ----------
    .. [1] A. Canziani, A. Paszke, E. Culurciello, "An Analysis of Deep Neural Network Models
       for Practical Applications", 2016, arXiv:1605.07678.

    Examples
    --------
    MobileNetV2 and ResNet-50:

    >>> from netscore import information_density
    >>> round(information_density(72.0, params=3.4e6), 1)
    21.2
    >>> information_density([72.0, 75.3], params=[3.4e6, 25.6e6]).round(1)
    array([21.2,  2.9])
    """
    if out is None and not getattr(accuracy, "ndim", 0):
        plain = numbers("information_density", _DENSITY, (accuracy, params))
        if plain is not None:
            thread_count("information_density", workers)
            return density(None, *plain)
    import netscore.arrays as arrays  # faster than: from netscore import

    if not _kernels:
        _kernels.append(arrays.Kernel(density, ((2.0, 100.0), (1e3, 1e290))))
    return arrays.evaluate(
        "information_density", _kernels[0], _DENSITY, (accuracy, params), out=out, workers=workers
    )


_DENSITY = FIGURES[:2]
# Made when an array is first met, as it needs NumPy.
_kernels: list[Kernel] = []


def density(_: Any, accuracy: Any, params: Any) -> Any:
    """Return the density of checked values in any array library."""
    return accuracy * MILLION / params
