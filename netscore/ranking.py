"""Where networks stand among each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from netscore import arrays, checks, containers

if TYPE_CHECKING:
    from typing import TypeVar

    from numpy.typing import ArrayLike, NDArray

    SeriesT = TypeVar("SeriesT", bound=containers.SeriesLike)


@overload
def rank(scores: SeriesT) -> SeriesT: ...
@overload
def rank(scores: ArrayLike) -> NDArray[np.intp]: ...


def rank(scores: Any) -> Any:
    """Rank scores: 1 is the highest, ties share the better rank, NaN comes last.

    Parameters
    ----------
    scores : array-like of shape (n,)
        Scores of any kind of which more is better. -inf is a score, the lowest one.

    Returns
    -------
    numpy.ndarray of int, or pandas.Series with the same index
        The rank of each score: one more than the number of higher scores. Every NaN, and every
        masked score, has the rank after that of the last score.

    Raises
    ------
    ValueError
        If `scores` is not one-dimensional.
    TypeError
        If `scores` is no array of real numbers.

    Examples
    --------
    >>> from netscore import netscore, rank
    >>> rank(netscore([72.0, 75.3, 71.5], [3.4e6, 25.6e6, 138e6], [300e6, 3.8e9, 15.3e9]))
    array([1, 2, 3])
    >>> rank([74.2, float("nan"), 74.2, 55.2])
    array([1, 4, 1, 3])
    """
    array = arrays.real_array("rank", "scores", scores)
    if array.ndim != 1:
        checks.refuse_shape("rank", "scores", "one-dimensional", array.shape)
    values = arrays.missing_as_nan(array)
    ascending = np.sort(values[values == values])
    ranks = 1 + ascending.size - np.searchsorted(ascending, values, side="right")
    ranks = np.where(values == values, ranks, 1 + ascending.size)
    return containers.like([scores], ranks)
