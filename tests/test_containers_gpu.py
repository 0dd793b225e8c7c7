"""The containers that live on a GPU; where none is found the tests say so and skip."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netscore import UnitWarning, netscore

FIGURES = [np.array([72.0, 75.3]), np.array([3.4e6, 25.6e6]), np.array([300e6, 3.8e9])]


def cupy_arrays() -> tuple[Any, list[Any]]:
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed here")
    try:
        found = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError:
        found = 0
    if not found:
        pytest.skip("no GPU is found by CuPy")
    return cupy.ndarray, [cupy.asarray(figure) for figure in FIGURES]


def torch_tensors() -> tuple[Any, list[Any]]:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    if not torch.cuda.is_available():
        pytest.skip("no GPU is found by torch")
    return torch.Tensor, [torch.tensor(figure, device="cuda") for figure in FIGURES]


@pytest.mark.parametrize("make", [cupy_arrays, torch_tensors])
def test_scores_stay_on_the_device(make: Any) -> None:
    kind, figures = make()
    scores: Any = netscore(*figures)
    assert isinstance(scores, kind)
    assert scores.device == figures[0].device
    host = scores.get() if hasattr(scores, "get") else scores.cpu().numpy()
    np.testing.assert_allclose(host, netscore(*FIGURES), rtol=0, atol=1e-13)
    assert netscore(figures[0], 3.4e6, 3e8, alpha=1.5).device == figures[0].device


@pytest.mark.parametrize("make", [cupy_arrays, torch_tensors])
def test_values_on_the_device_are_checked(make: Any) -> None:
    _, figures = make()
    with pytest.raises(ValueError, match=r"got -72.0 at position 0 \(2 of 2 values are wrong\)$"):
        netscore(-figures[0], 3.4e6, 3e8)
    with pytest.warns(UnitWarning, match="accuracy was read as 0.72 to 0.753 percent"):
        netscore(figures[0] / 100, 3.4e6, 3e8)


def test_slopes_on_the_device() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    _, figures = torch_tensors()
    leaves = [(figures[0]).requires_grad_(), (figures[1] / 1e3).requires_grad_()]
    assert torch.autograd.gradcheck(lambda a, p: netscore(a, p, 1e5), leaves)
