from __future__ import annotations

import sys
from math import inf, nan
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from netscore.checks import UnitWarning
from netscore.counting import build_model, count, example_input, macs_from_flops

if TYPE_CHECKING:
    from pathlib import Path


def test_a_multiply_accumulate_is_two_flops() -> None:
    assert macs_from_flops(8_178_368_512) == 4_089_184_256.0
    assert isinstance(macs_from_flops(8_178_368_512), float)
    assert macs_from_flops(4.1e9, flops_per_mac=1) == 4.1e9


def test_flops_of_arrays_keep_their_container() -> None:
    halves = macs_from_flops(np.array([2e9, nan], np.float32))
    assert halves.dtype == np.float32
    np.testing.assert_array_equal(halves, np.array([1e9, nan], np.float32))
    series = pd.Series([2e9, 6e9], index=["a", "b"], name="flops")
    pd.testing.assert_series_equal(
        macs_from_flops(series), pd.Series([1e9, 3e9], index=["a", "b"]), check_names=False
    )
    both = macs_from_flops([2e9, 3e9], flops_per_mac=[2, 1])
    np.testing.assert_array_equal(both, [1e9, 3e9])


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        *(("flops", v, "positive and finite, got ") for v in (0, -1.0, inf)),
        *(("flops_per_mac", v, "positive and finite, got ") for v in (0, -2, inf, nan)),
        ("flops", "8.2G", "a real number or an array of real numbers, got '8.2G'"),
    ],
)
def test_what_no_flops_can_be(name: str, value: Any, message: str) -> None:
    kind = TypeError if isinstance(value, str) else ValueError
    with pytest.raises(kind, match=rf"\Amacs_from_flops: {name} must be {message}"):
        macs_from_flops(**{"flops": 2e9, name: value})


def test_flops_that_look_like_billions_are_questioned() -> None:
    with pytest.warns(UnitWarning, match=r"flops was read as 8\.2 FLOPs; if it is in billions"):
        assert macs_from_flops(8.2) == 4.1


@pytest.mark.parametrize("model", [None, 3.4e6, object, b"model.onnx"])
def test_what_is_no_model_is_refused(model: object) -> None:
    with pytest.raises(TypeError, match=r"\Acount: model must be a torch\.nn\.Module, an onnx\."):
        count(model)


def test_what_holds_a_model_says_where() -> None:
    class ONNXProgram:  # as torch.onnx.export(..., dynamo=True) returns it
        @property
        def model_proto(self) -> Any:
            raise AssertionError("made anew each time, of all weights")

        def __call__(self) -> None: ...

    said = r"type ONNXProgram; of an ONNX program of torch, count its \.model_proto\Z"
    with pytest.raises(TypeError, match=said):
        count(ONNXProgram())
    with pytest.raises(ValueError) as error:
        count("my.pt2")
    assert str(error.value) == (
        "count: my.pt2 is an exported program: count torch.export.load(FILE).module() in Python"
    )


def test_onnx_is_asked_for_by_the_name_of_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"count needs onnx\S+: .* 'netscore\[onnx\]'\Z"):
        count("model.onnx")


@pytest.mark.parametrize(
    "reference", ["", "resnet50", "models:", ":net", "a b:c", "./m.py:f", "a:b:c"]
)
def test_a_reference_has_two_parts(reference: str) -> None:
    with pytest.raises(ValueError, match=r"named as MODULE:CALLABLE, got ") as error:
        build_model(reference)
    assert str(error.value).endswith(repr(reference))


def test_a_reference_to_what_does_not_exist() -> None:
    with pytest.raises(ValueError, match=r"\Abuild_model: there is no Python module no_such\Z"):
        build_model("no_such.models:net")
    with pytest.raises(ValueError, match=r"\Abuild_model: there is no Python module json\.nets\Z"):
        build_model("json.nets:net")
    with pytest.raises(ValueError, match=r"\Abuild_model: there is no net in the module json\Z"):
        build_model("json:net")
    said = r"\Abuild_model: json\.py is Python: name what builds the model in it, as in mynet:build"
    with pytest.raises(ValueError, match=said):
        build_model("json.py:net")


def test_a_module_that_cannot_import_something_else_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_models.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        build_model("broken_models:net")


def test_a_reference_must_lead_to_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    models: Any = ModuleType("some_models")
    models.number = 3
    models.text = lambda: "resnet50"
    monkeypatch.setitem(sys.modules, "some_models", models)
    for name, got in (("number", "3"), ("text", "'resnet50'")):
        with pytest.raises(
            TypeError,
            match=rf"some_models:{name} must be or return a torch\.nn\.Module, got {got}\Z",
        ):
            build_model(f"some_models:{name}")


@pytest.mark.parametrize("description", ["1,99999999999999999999", "2147483648,2147483648:uint16"])
def test_an_example_input_that_no_memory_holds(description: str) -> None:
    with pytest.raises(ValueError, match=r"fewer than 2\*\*63 bytes, got '[12]") as caught:
        example_input("model.onnx", description)
    assert str(caught.value).endswith(f"{description!r}")


def test_example_inputs_for_onnx_are_arrays_without_memory() -> None:
    array = example_input("model.onnx", "1000000,1000,1000")
    assert array.shape == (1_000_000, 1000, 1000)
    assert isinstance(array, np.ndarray)
    assert array.dtype == np.float32
    assert array.strides == (0, 0, 0)
    assert isinstance(tokens := example_input("model.onnx", "1,128:int64"), np.ndarray)
    assert (tokens.shape, tokens.dtype) == ((1, 128), np.int64)
    # A cache before the first word is empty.
    assert example_input("model.onnx", "1,8,0,64").shape == (1, 8, 0, 64)


@pytest.mark.parametrize(
    "description", ["", "1,3,", "1x3x224", "0,1,2", "1,-3", "1,3:floaty", "1,3:str", "1.5"]
)
def test_an_input_is_described_by_its_shape(description: str) -> None:
    with pytest.raises(ValueError, match=r"must be described as 1,3,224,224 or 1,128:int64, got "):
        example_input("model.onnx", description)
