"""The two formulas: NetScore and information density."""

from __future__ import annotations

from math import copysign, frexp, inf, ldexp, log1p, log10, nan

from netscore.checks import ACCURACY, ALPHA, BETA, GAMMA, MACS, PARAMS, numbers, thread_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias, TypeVar, overload

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from netscore.containers import ContainerLike

    Scalar: TypeAlias = float | np.integer[Any] | np.floating[Any]
    Values: TypeAlias = ArrayLike | ContainerLike
    ContainerT = TypeVar("ContainerT", bound=ContainerLike)

MILLION = 1e6
BILLION = 1e9
LOG10_E = 0.4342944819032518

# One object each, so that a call which leaves the options alone is known by identity.
_TWO = 2.0
_HALF = 0.5
_ONE = 1

if TYPE_CHECKING:

    @overload
    def netscore(
        accuracy: Scalar,
        params: Scalar,
        macs: Scalar,
        *,
        alpha: Scalar = ...,
        beta: Scalar = ...,
        gamma: Scalar = ...,
        workers: int = ...,
    ) -> float: ...
    @overload
    def netscore(  # type: ignore[overload-overlap]
        accuracy: ContainerT,
        params: Values,
        macs: Values,
        *,
        alpha: Values = ...,
        beta: Values = ...,
        gamma: Values = ...,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> ContainerT: ...
    @overload
    def netscore(  # type: ignore[overload-overlap]
        accuracy: Values,
        params: ContainerT,
        macs: Values,
        *,
        alpha: Values = ...,
        beta: Values = ...,
        gamma: Values = ...,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> ContainerT: ...
    @overload
    def netscore(  # type: ignore[overload-overlap]
        accuracy: Values,
        params: Values,
        macs: ContainerT,
        *,
        alpha: Values = ...,
        beta: Values = ...,
        gamma: Values = ...,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> ContainerT: ...
    @overload
    def netscore(
        accuracy: Values,
        params: Values,
        macs: Values,
        *,
        alpha: Values = ...,
        beta: Values = ...,
        gamma: Values = ...,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> NDArray[np.floating[Any]]: ...


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
        Exponents of accuracy, parameters and multiply-accumulates; non-negative.
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
        argument is in a container of pandas, polars, pyarrow, xarray, dask, CuPy, JAX or
        PyTorch, one of its kind, with its index, labels and missing values; of a polars
        expression, an expression. The dtype is the floating type to
        which NumPy promotes the arrays (float32 stays float32); integers and lists give
        float64. NaN in a measurement is NaN in that place. An accuracy of 0 scores -inf, its
        limit (or, with ``alpha=0``, what the two costs give). A score too large for a float is
        ±inf.

    Raises
    ------
    ValueError
        If an accuracy lies outside 0 to 100, a params or macs is not positive and finite, an
        exponent is negative or not finite, the shapes do not broadcast, or Series differ in
        their index. Values that cannot be looked at, because they are lazy (polars expressions,
        dask) or traced (compiled or transformed by JAX or PyTorch), raise nothing: what is not
        allowed scores NaN. The message names the parameter, the rule, the value and, in arrays, the
        first position and how many values are wrong.
    TypeError
        If an argument is text, None, bool, complex, a date or an array of such or of objects,
        or if containers do not mix.

    Warns
    -----
    UnitWarning
        Once, if the values of an argument all look like another unit: accuracy in (0, 1], or
        params or macs below 1000. They are used as they stand.

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

    Polars expressions, CuPy, JAX and PyTorch compute the second form themselves, so that it stays
    lazy, on the device and differentiable, with an error below 5e-14 in double precision under
    the default exponents and the counts above. Polars and JAX compute float32 in single precision.

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
        and accuracy >= 2.0
        and accuracy <= 100.0
        and params >= 1e3
        and params <= 1e150
        and macs >= 1e3
        and macs <= 1e150
        and alpha is _TWO
        and beta is _HALF
        and gamma is _HALF
        and workers is _ONE
        and out is None
    ):
        square = accuracy * accuracy
        return 10.0 * log10(square * square * 1e15 / (params * macs))
    if out is None:
        plain = numbers("netscore", _NETSCORE, (accuracy, params, macs, alpha, beta, gamma))
        if plain is not None:
            thread_count("netscore", workers)
            return score_numbers(*plain)
    import netscore.kernels as kernels  # faster than: from netscore import

    default = alpha is _TWO and beta is _HALF and gamma is _HALF
    weights = None if default else (alpha, beta, gamma)
    return kernels.netscore(accuracy, params, macs, weights, out, workers)


_NETSCORE = (ACCURACY, PARAMS, MACS, ALPHA, BETA, GAMMA)


def score_numbers(
    accuracy: float, params: float, macs: float, alpha: float, beta: float, gamma: float
) -> float:
    """Compute the score of checked numbers."""
    if accuracy != accuracy or params != params or macs != macs:
        return nan
    if accuracy == 0.0 and alpha > 0.0:
        return -inf
    if (
        alpha == 2.0
        and beta == gamma == 0.5
        and accuracy >= 2.0
        and 1e3 <= params <= 1e150
        and 1e3 <= macs <= 1e150
    ):
        # As `netscore` does it, so that spelling out a default exponent changes no bit.
        square = accuracy * accuracy
        return 10.0 * log10(square * square * 1e15 / (params * macs))
    largest = max(alpha, beta, gamma)
    shift = 0
    if largest > 1e200 or 0.0 < largest < 1e-200:
        # Powers of two, taken out and put back, keep the terms in range and change no digit.
        shift = frexp(largest)[1]
        alpha, beta, gamma = ldexp(alpha, -shift), ldexp(beta, -shift), ldexp(gamma, -shift)
    score = (
        (20.0 * alpha * log10(accuracy) if accuracy else 0.0)
        - 20.0 * beta * log10_in(MILLION, params)
        - 20.0 * gamma * log10_in(BILLION, macs)
    )
    try:
        return ldexp(score, shift)
    except OverflowError:
        return copysign(inf, score)


def log10_in(unit: float, count: float) -> float:
    """Return the logarithm of count / unit, to the last digits also where it is near 0."""
    if 0.5 * unit < count < 2.0 * unit:
        return log1p((count - unit) / unit) * LOG10_E
    if 1e-290 < count < 1e300:
        return log10(count / unit)
    return log10(count) - log10(unit)


if TYPE_CHECKING:

    @overload
    def information_density(accuracy: Scalar, params: Scalar, *, workers: int = ...) -> float: ...
    @overload
    def information_density(  # type: ignore[overload-overlap]
        accuracy: ContainerT,
        params: Values,
        *,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> ContainerT: ...
    @overload
    def information_density(  # type: ignore[overload-overlap]
        accuracy: Values,
        params: ContainerT,
        *,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> ContainerT: ...
    @overload
    def information_density(
        accuracy: Values,
        params: Values,
        *,
        out: NDArray[Any] | None = ...,
        workers: int = ...,
    ) -> NDArray[np.floating[Any]]: ...


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
    if out is None:
        plain = numbers("information_density", _DENSITY, (accuracy, params))
        if plain is not None:
            thread_count("information_density", workers)
            return density_numbers(*plain)
    import netscore.kernels as kernels  # faster than: from netscore import

    return kernels.information_density(accuracy, params, out, workers)


_DENSITY = (ACCURACY, PARAMS)


def density_numbers(accuracy: float, params: float) -> float:
    """Compute the density of checked numbers."""
    return accuracy * MILLION / params
