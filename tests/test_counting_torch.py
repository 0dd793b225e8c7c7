from __future__ import annotations

import contextlib
import copy
import dataclasses
import sys
import warnings
from collections import UserDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from netscore.counting import Count, CountWarning, build_model, count, example_input

pytest.importorskip("torch", reason="torch is not installed (extra torch)")

import reference_models
import torch
from torch import nn
from torch._higher_order_ops.map import map as each_of
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop
from torch.nn.attention.bias import causal_lower_right
from torch.nn.attention.flex_attention import flex_attention
from torch.nn.functional import dropout, scaled_dot_product_attention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The names of operators, and what a mode may do, are those of this version and later ones.
NEW = torch.__version__ >= (2, 13)
new = pytest.mark.skipif(not NEW, reason="the operators are those of torch 2.13")


def quiet(model: Any, *inputs: Any, **named: Any) -> Count:
    """Count a network so small that macs or batch size may look odd."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CountWarning)
        return count(model, *inputs, **named)


# Parameters and multiply-accumulates of convolution and linear layers at 224 x 224, exact.
KNOWN = [
    (reference_models.resnet50, 25_557_032, 4_089_184_256),
    (reference_models.mobilenetv2, 3_504_872, 300_774_272),
    (reference_models.vgg16, 138_357_544, 15_470_264_320),
]


@pytest.mark.parametrize(("network", "params", "macs"), KNOWN)
def test_known_networks_on_the_meta_device(
    network: Callable[[], nn.Module], params: int, macs: int
) -> None:
    with torch.device("meta"):
        model = network()
    found = count(model, torch.zeros(1, 3, 224, 224))
    assert (found.params, found.trainable_params, found.macs) == (params, params, macs)
    assert found.counter == f"torch.utils.flop_counter of torch {torch.__version__}"
    assert found.counts == ("addmm", "convolution")
    assert "max_pool2d_with_indices" in found.leaves_out or network is reference_models.mobilenetv2
    assert not {"addmm", "convolution"} & set(found.leaves_out)
    assert found.input_shapes == ((1, 3, 224, 224),)


def test_a_known_network_in_memory() -> None:
    # Seven times less in each direction: 1/49 of the convolutions, all of the last layer.
    found = count(reference_models.mobilenetv2(), torch.zeros(1, 3, 32, 32))
    assert found.macs == (300_774_272 - 1_280_000) / 49 + 1_280_000


class Attention(nn.Module):
    def forward(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return scaled_dot_product_attention(q, k, v)


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize(
    ("layer", "shapes", "macs"),
    [
        (nn.Linear(3, 4), [(1, 3)], 12),
        (nn.Linear(3, 4), [(3,)], 12),
        (nn.Linear(3, 4, bias=False), [(1, 3)], 12),
        (nn.Conv2d(3, 4, 3), [(1, 3, 5, 5)], 3 * 3 * 4 * 3 * 3 * 3),
        (nn.Conv2d(3, 4, 3), [(3, 5, 5)], 3 * 3 * 4 * 3 * 3 * 3),
        (nn.Conv2d(4, 8, 3, groups=4, padding=1, stride=2), [(1, 4, 5, 5)], 3 * 3 * 8 * 1 * 9),
        (nn.Conv1d(4, 6, 3, groups=2, dilation=2), [(1, 4, 9)], 5 * 6 * 2 * 3),
        # Each of the 25 inputs of each channel meets each of the 3 x 3 weights of 4 outputs.
        (nn.ConvTranspose2d(3, 4, 3, stride=2), [(1, 3, 5, 5)], 25 * 3 * 4 * 9),
        # 2 heads, 5 queries, 7 keys of 8, values of 6.
        (Attention(), [(1, 2, 5, 8), (1, 2, 7, 8), (1, 2, 7, 6)], 2 * 5 * 7 * 8 + 2 * 5 * 7 * 6),
        # Three projections, 2 heads of 4, weighted sums, the output projection.
        (
            nn.MultiheadAttention(8, 2, batch_first=True),
            [(1, 5, 8)] * 3,
            5 * 8 * 24 + 2 * 5 * 5 * 4 + 2 * 5 * 5 * 4 + 5 * 8 * 8,
        ),
        # The same and two linear layers.
        (
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
            [(1, 5, 8)],
            5 * 8 * 24 + 400 + 5 * 8 * 8 + 5 * 8 * 16 + 5 * 16 * 8,
        ),
        # 7 steps; 4, 3 and 1 gates of 4 units, each over 3 inputs and 4 states.
        (nn.LSTM(3, 4), [(7, 1, 3)], 7 * 4 * 4 * (3 + 4)),
        (nn.GRU(3, 4), [(7, 1, 3)], 7 * 3 * 4 * (3 + 4)),
        (nn.RNN(3, 4), [(7, 1, 3)], 7 * 1 * 4 * (3 + 4)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else None,
)
def test_layers_worked_by_hand(
    layer: nn.Module, shapes: list[tuple[int, ...]], macs: int, device: str
) -> None:
    layer = copy.deepcopy(layer).to(device)
    found = quiet(layer, *(torch.zeros(shape, device=device) for shape in shapes))
    assert found.macs == macs
    assert found.input_shapes == tuple(shapes)


@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_the_context_of_the_caller_does_not_matter(context: Any) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(16, 2))
    with context():
        assert count(model, torch.zeros(1, 3, 2, 2)).macs == 4 * 4 * 3 + 16 * 2


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_scripted_and_compiled_modules() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))

    def compile_nothing(*_: Any) -> Any:
        raise AssertionError("the module was compiled")

    compiled = torch.compile(model, backend=compile_nothing)
    assert quiet(compiled, torch.zeros(1, 3)).macs == 12
    inside = nn.Sequential(torch.compile(nn.Sequential(compiled), backend=compile_nothing))
    parts = [*inside.modules()]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = count(inside, torch.zeros(1, 3))
    assert found.products == (("0.0.0", "addmm", ((4,), (1, 3), (3, 4)), 12),)
    assert [*inside.modules()] == parts
    model.compile(backend=compile_nothing)
    assert quiet(model, torch.zeros(1, 3)).macs == 12
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of newer Pythons
        scripted = torch.jit.script(model)
    assert quiet(scripted, torch.zeros(1, 3)).macs == 12
    assert scripted.training


def test_shared_parameters_count_once_and_their_products_each_time() -> None:
    layer = nn.Linear(4, 4, bias=False)
    found = count(nn.Sequential(layer, nn.ReLU(), layer), torch.zeros(1, 4))
    assert (found.params, found.macs) == (16, 32)


def test_frozen_parameters_are_not_trainable() -> None:
    model = nn.Sequential(nn.Linear(4, 5, bias=False), nn.Linear(5, 2, bias=False))
    model[0].requires_grad_(False)
    found = count(model, torch.zeros(1, 4))
    assert (found.params, found.trainable_params) == (30, 10)


def test_the_record_is_frozen() -> None:
    found = count(nn.Linear(4, 4, bias=False), torch.zeros(1, 4))
    with pytest.raises(AttributeError, match="macs"):
        found.macs = 0  # type: ignore[misc]


# Nothing of the module changes


class Restless(nn.Module):
    """A module that writes whatever a forward pass can write."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout())
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("cache", None)
        self.register_buffer("again", self.calls)
        self.fails = False

    def train(self, mode: bool = True) -> Restless:
        raise AssertionError("the mode must not be changed by train()")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert not any(part.training for part in self.modules())
        assert not torch.is_grad_enabled()
        assert self.again is self.calls
        self.calls += 1
        self.cache = x
        self.register_buffer("new", x)
        del self.again
        if self.fails:
            raise RuntimeError("as asked")
        x = dropout(self.layers(x), training=True)
        return x + torch.rand(4)


@pytest.mark.parametrize("fails", [False, True])
def test_the_module_comes_back_unchanged(fails: bool) -> None:
    torch.manual_seed(1)
    model = Restless()
    model.fails = fails
    model.layers[0].training = False
    model.layers[0].bias.requires_grad_(False)
    model.layers[0].weight.sum().backward()
    parts = [(part, part.training) for part in model.modules()]
    tensors = {
        name: (id(t), t.clone(), t._version) for name, t in model.state_dict(keep_vars=True).items()
    }
    gradients = [(id(p.grad), p.requires_grad) for p in model.parameters()]
    calls = []
    model.layers[0].register_forward_hook(lambda *_: calls.append(1))
    hooks = list(model.layers[0]._forward_hooks.values())
    random = torch.get_rng_state()
    if fails:
        with pytest.raises(RuntimeError, match="as asked"):
            count(model, torch.ones(1, 4))
    else:
        quiet(model, torch.ones(1, 4))
    assert [(part, part.training) for part in model.modules()] == parts
    after = model.state_dict(keep_vars=True)
    assert list(after) == list(tensors)
    for name, (identity, value, version) in tensors.items():
        assert id(after[name]) == identity
        assert after[name]._version == version
        assert torch.equal(after[name], value)
    assert model.cache is None
    assert model.again is model.calls
    assert [(id(p.grad), p.requires_grad) for p in model.parameters()] == gradients
    assert list(model.layers[0]._forward_hooks.values()) == hooks
    assert torch.equal(torch.get_rng_state(), random)
    assert calls == ([] if fails else [1])


def test_a_backward_pass_may_stand_around_the_count() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    loss = model(torch.randn(5, 4)).sum()
    quiet(model, torch.zeros(1, 4))
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("model", [nn.RNN(4, 4), nn.Linear(4, 4)])
def test_the_switches_of_torch_come_back(
    model: nn.Module, enabled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch.backends import cudnn, mha, mkldnn

    before = mha.get_fastpath_enabled()
    monkeypatch.setattr(cudnn, "enabled", enabled)
    monkeypatch.setattr(mkldnn, "enabled", enabled)
    try:
        mha.set_fastpath_enabled(enabled)
        seen: list[object] = []
        hook = model.register_forward_hook(
            lambda *_: seen.append((cudnn.enabled, mkldnn.enabled, mha.get_fastpath_enabled()))
        )
        quiet(model, torch.zeros(1, 4))
        hook.remove()
        assert seen == [(enabled, enabled, False)]
        assert (cudnn.enabled, mkldnn.enabled, mha.get_fastpath_enabled()) == (enabled,) * 3
    finally:
        mha.set_fastpath_enabled(before)


opt_einsum = torch.backends.opt_einsum


@pytest.mark.skipif(not opt_einsum.is_available(), reason="opt_einsum is not installed")
@pytest.mark.parametrize("enabled", [True, False])
def test_an_einsum_goes_from_left_to_right(enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def function(x: torch.Tensor, v: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        assert not opt_einsum.enabled
        y: torch.Tensor = torch.einsum("bld,dr,re->ble", x, v, w)
        return y

    monkeypatch.setattr(opt_einsum, "enabled", enabled)
    before = dict(vars(opt_einsum))
    found = count(Function(function, zeros(64, 64), zeros(64, 4)), zeros(1, 32, 64))
    # The weights first would be 64 x 64 x 4, and then 32 x 64 x 4.
    assert found.macs == 32 * 64 * 64 + 32 * 64 * 4
    assert vars(opt_einsum) == before


# Warnings


def test_no_products_are_questioned() -> None:
    with pytest.warns(
        CountWarning, match=r"\Acount: macs is 0: no matrix product and no conv"
    ) as w:
        assert count(nn.ReLU(), torch.zeros(1, 4)).macs == 0
    assert len(w) == 1
    assert w[0].filename == __file__


def test_fewer_macs_than_weights_are_questioned() -> None:
    class Part(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used = nn.Linear(4, 5, bias=False)
            self.elsewhere = nn.Parameter(torch.zeros(4, 6))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.used(x)
            return y

    with pytest.warns(CountWarning, match="macs is 20 and less than the 44 weights outside embed"):
        count(Part(), torch.zeros(1, 4))


def test_biases_are_no_weights() -> None:
    # A linear layer has more parameters than products, and nothing is wrong with it.
    found = count(nn.Linear(4, 5), torch.zeros(1, 4))
    assert (found.params, found.macs) == (25, 20)


@pytest.mark.parametrize("table", [nn.Embedding(100, 4), nn.EmbeddingBag(100, 4)])
def test_embeddings_multiply_by_none_of_their_weights(table: nn.Module) -> None:
    model = nn.Sequential(table, nn.Linear(4, 3, bias=False))
    found = count(model, torch.zeros(1, 7, dtype=torch.int64))
    times = 7 if isinstance(table, nn.Embedding) else 1
    assert (found.params, found.macs) == (412, 12 * times)


def test_products_without_a_formula_are_questioned() -> None:
    @torch.library.custom_op("netscore_test::double", mutates_args=())
    def double(x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    class Doubled(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = double(super().forward(x))
            return y

    with pytest.warns(
        CountWarning,
        match=r"torch\.utils\.flop_counter has no formula for netscore_test\.double, so that macs",
    ):
        found = count(Doubled(4, 4, bias=False), torch.zeros(1, 4))
    assert found.macs == 16
    assert "netscore_test.double" in found.leaves_out


class First(nn.Linear):
    """A linear layer on the first of any number of inputs."""

    def forward(self, x: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = super().forward(x)
        return y


@pytest.mark.parametrize(
    ("shapes", "batch"),
    [
        ([(8, 4)], True),
        ([(8, 3, 2, 4)], True),
        ([(8, 2, 2, 2, 4)], True),
        ([(8, 4), (8, 26)], True),
        ([(1, 4)], False),
        ([(4,)], False),
        ([(8, 1, 4)], False),
        ([(8, 4), (5, 3)], False),
        ([(8, 4), (1, 3)], False),
        ([(8, 4), (3,)], False),
        ([(8, 4), ()], False),
    ],
)
def test_what_looks_like_a_batch_is_questioned(shapes: list[tuple[int, ...]], batch: bool) -> None:
    inputs = [torch.zeros(shape) for shape in shapes]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = count(First(4, 4, bias=False), *inputs)
    assert found.macs == 16 * inputs[0].numel() / 4
    texts = [str(warning.message) for warning in caught]
    assert texts == batch * ["count: the inputs look like a batch of 8, and macs is for all of it"]


def test_all_doubts_are_one_warning() -> None:
    with pytest.warns(CountWarning) as caught:
        count(nn.ReLU(), torch.zeros(2, 4))
    assert [str(warning.message) for warning in caught] == [
        "count: macs is 0: no matrix product and no convolution was counted; the inputs look like "
        "a batch of 2, and macs is for all of it"
    ]


# Errors


def test_an_exported_program_says_which_module_it_is() -> None:
    program = torch.export.export(nn.Sequential(nn.Linear(4, 3)), (zeros(1, 4),))
    with pytest.raises(TypeError, match=r"; of an exported program, count its \.module\(\)\Z"):
        count(program, zeros(1, 4))
    assert count(program.module(), zeros(1, 4)).macs == 12


def test_a_class_is_called_first() -> None:
    with pytest.raises(
        TypeError, match=r"; a class is called first, as in count\(Linear\(3, 4\), x"
    ):
        count(nn.Linear, zeros(1, 3))


def test_a_lazy_module_has_no_shapes() -> None:
    with pytest.raises(ValueError, match=r"\Acount: the module is lazy and has no shapes yet"):
        count(nn.LazyLinear(3), torch.zeros(1, 4))
    with pytest.raises(ValueError, match=r"\Acount: the module is lazy and has no shapes yet"):
        count(nn.Sequential(nn.LazyBatchNorm1d(affine=False)), torch.zeros(1, 4))
    of_keras: Any = nn.Linear(4, 3)
    of_keras._flatten_layers, of_keras.built = list, False
    with pytest.raises(ValueError, match=r"\Acount: the module is lazy and has no shapes yet"):
        count(of_keras, torch.zeros(1, 4))
    of_keras.built = True
    assert count(of_keras, torch.zeros(1, 4)).macs == 12


class Late(nn.Module):
    """A module whose last layer waits for the first input."""

    def __init__(self, make: Callable[[Late, int], None]) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 3), None
        self.layers, self.tensors = nn.ModuleDict(), nn.ParameterDict()
        self.make, self.fails = make, False

    def forward(self, x: torch.Tensor) -> Any:
        h = self.first(x).flatten(1)
        if self.last is None and not self.layers and "w" not in self.tensors:
            self.make(self, h.shape[1])
        if self.fails:
            raise RuntimeError("as asked")
        if self.tensors:
            return h @ self.tensors["w"]
        if isinstance(self.last, nn.Parameter):
            return h @ self.last
        return (self.last or self.layers["a"])(h)


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda own, size: setattr(own, "last", nn.Linear(size, 10, False)),
        lambda own, size: setattr(own, "last", nn.Parameter(zeros(size, 10))),
        lambda own, size: own.layers.update({"a": nn.Linear(size, 10, False)}),
        lambda own, size: own.tensors.update({"w": nn.Parameter(zeros(size, 10))}),
    ],
)
def test_what_forward_makes_is_counted_and_stays(make: Any, fails: bool) -> None:
    model, x = Late(make), zeros(1, 3, 6, 6)
    model.fails = fails
    if fails:
        with pytest.raises(RuntimeError, match=r"\Aas asked\Z"):
            count(model, x)
    model.fails = False
    # 3 x 4 x 9 weights and 4 biases, by 4 x 4 places; then 64 by 10.
    for _ in range(2):
        found = count(model, x)
        assert (found.params, found.macs) == (108 + 4 + 640, 16 * 108 + 640)
        assert model(x).shape == (1, 10)


@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
@pytest.mark.parametrize("removes", [True, False])
def test_a_module_that_changes_its_layers_is_whole_afterwards(removes: bool) -> None:
    weight_norm, remove = nn.utils.weight_norm, nn.utils.remove_weight_norm

    class Changing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)
            self.layer = weight_norm(self.layer) if removes else self.layer
            self.others: list[nn.Module] = []

        def forward(self, x: torch.Tensor) -> Any:
            if hasattr(self.layer, "weight_g") is removes:
                (remove if removes else weight_norm)(self.layer)
                self.others.append(self.layer)
            return self.others[0](self.layer(x))

    model, x = Changing(), torch.ones(1, 4)
    for _ in range(2):
        found = quiet(model, x)
        # With a length for each of the 4 rows.
        assert (found.params, found.macs) == (20 + 4 * (not removes), 32)
        assert model(x).shape == (1, 4)
    assert len(model.others) == 1


def test_weights_that_forward_ties_are_one() -> None:
    class Tying(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.last = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)

        def forward(self, i: torch.Tensor) -> Any:
            self.last.weight = self.table.weight
            return self.last(self.table(i))

    found = count(Tying(), torch.zeros((1, 3), dtype=torch.int64))
    assert (found.params, found.embedding_params, found.macs) == (40, 40, 3 * 40)


def test_example_inputs_are_tensors() -> None:
    with pytest.raises(TypeError, match=r"torch\.zeros\(1, 3, 224, 224\)\), got \(1, 3\)\Z"):
        count(nn.Linear(3, 4), (1, 3))


def test_a_table_is_no_example_input() -> None:
    table = pytest.importorskip("pandas").DataFrame({"a": [0.0], "b": [0.0]})
    message = (
        r"\Acount: example inputs must be torch tensors, as in count\(model, torch\.zeros\(1, 3, "
        r"224, 224\)\), got a value of type DataFrame\Z"
    )
    with pytest.raises(TypeError, match=message):
        count(nn.Linear(2, 3), table)
    with pytest.raises(TypeError, match=message):
        count(nn.Linear(2, 3), input=table)


def test_inputs_are_on_the_device_of_the_module() -> None:
    with pytest.raises(
        ValueError, match=r"must be on cpu, the device of the module, got one on meta\Z"
    ):
        count(nn.Linear(3, 4), torch.zeros(1, 3, device="meta"))


def test_a_module_without_tensors_takes_any_device() -> None:
    attention = Attention()
    q = torch.zeros(1, 1, 2, 4, device="meta")
    assert count(attention, q, q, q).macs == 2 * 2 * 2 * 4


@pytest.mark.parametrize("kind", [nn.Linear, nn.RNN])
def test_a_module_in_part_on_the_meta_device_is_refused(kind: type[nn.Module]) -> None:
    model = nn.Sequential(nn.Linear(4, 4, bias=False), kind(4, 4, device="meta"))
    text = r"\Acount: the module is in part on the meta device: build all of it there, or none\Z"
    with pytest.raises(ValueError, match=text):
        count(model, torch.zeros(1, 4))


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_offloaded_weights_are_refused(device: str) -> None:
    # As accelerate leaves a module of which it has offloaded all weights, or some.
    model = nn.Sequential(nn.Linear(4, 4, device=device), nn.Linear(4, 4, device="meta"))
    model[1]._hf_hook = object()
    text = (
        r"\Acount: accelerate has offloaded weights of the module: count it before that, or build "
        r"it on the meta device and count it there\Z"
    )
    with pytest.raises(ValueError, match=text):
        count(model, torch.zeros(1, 4))


# What forward takes


class Taking(nn.Linear):
    """A linear layer that takes its input in any wrapping."""

    def forward(self, x: Any, other: Any = None, scale: float = 1.0, **_: Any) -> torch.Tensor:
        if dataclasses.is_dataclass(x):
            x = getattr(x, "pixels")  # noqa: B009
        elif hasattr(x, "keys"):
            x = x["pixels"]
        elif isinstance(x, (list, tuple)):
            assert not isinstance(x, Named) or x.name == "a list"
            assert not isinstance(x, Labelled) or x.label == "a tuple"
            x = x[0]
        y: torch.Tensor = super().forward(torch.as_tensor(x))
        return y * scale


@dataclasses.dataclass(frozen=True, slots=True)
class Pixels:
    pixels: torch.Tensor
    number: int = 3


class Pair(NamedTuple):
    pixels: torch.Tensor
    number: int


class Named(list[Any]):
    """A list with a name."""

    def __init__(self, name: str, items: list[Any]) -> None:
        super().__init__(items)
        self.name = name


class Lenient(dict[str, Any]):
    """A dict whose attributes are all there."""

    def __getattr__(self, name: str) -> None:
        return None


class Labelled(tuple[Any, ...]):
    """A tuple with a label."""

    label: str

    def __new__(cls, label: str, items: list[Any]) -> Labelled:
        made = super().__new__(cls, items)
        made.label = label
        return made


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ((torch.zeros(1, 4), None, 2.0), {}),
        (([torch.zeros(1, 4), 2],), {}),
        (((torch.zeros(1, 4), "text"),), {}),
        ((Pair(torch.zeros(1, 4), 3),), {}),
        ((Named("a list", [torch.zeros(1, 4)]),), {}),
        ((Labelled("a tuple", [torch.zeros(1, 4)]),), {}),
        (({"pixels": torch.zeros(1, 4)},), {}),
        ((Lenient(pixels=torch.zeros(1, 4)),), {}),
        ((UserDict(pixels=torch.zeros(1, 4)),), {}),
        ((Pixels(torch.zeros(1, 4)),), {}),
        ((np.zeros((1, 4), np.float32),), {}),
        ((), {"x": torch.zeros(1, 4), "mask": None}),
    ],
)
def test_inputs_are_what_forward_takes(
    inputs: tuple[Any, ...], named: dict[str, Any], device: str
) -> None:
    found = quiet(Taking(4, 3, device=device), *inputs, **named)
    assert (found.params, found.macs, found.input_shapes) == (15, 12, ((1, 4),))


def test_what_torch_returns_is_an_input() -> None:
    largest = torch.zeros(1, 4, 2).max(-1)
    found = count(Taking(4, 3, device="meta"), largest)
    assert (found.macs, found.input_shapes) == (12, ((1, 4), (1, 4)))


def test_names_without_an_order_are_sorted() -> None:
    class Graph:
        """A graph, whose names may come in any order, as a set gives them."""

        def __init__(self, *names: str) -> None:
            self.names = names
            self.tensors = {name: torch.zeros(5, len(name)) for name in names}

        def keys(self) -> list[str]:
            return [*self.names]

        def __getitem__(self, name: str) -> torch.Tensor:
            return self.tensors[name]

        def __setitem__(self, name: str, value: torch.Tensor) -> None:
            self.tensors[name] = value

    model = Function(lambda graph, w: graph["node"] @ w, torch.zeros(4, 3))
    for names in (("node", "attributes"), ("attributes", "node")):
        found = quiet(model, Graph(*names))
        assert (found.macs, found.input_shapes) == (60, ((5, 10), (5, 4)))


def test_an_argument_may_have_any_name() -> None:
    class Wrapped(nn.Linear):
        def forward(self, model: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = super().forward(model)
            return y

    assert count(Wrapped(8, 4), model=zeros(1, 8)).macs == 32


def test_a_packed_sequence_is_an_input() -> None:
    model = nn.LSTM(3, 4)
    packed = nn.utils.rnn.pack_sequence([torch.zeros(5, 3)])
    assert quiet(model, packed).macs == 5 * 4 * 4 * (3 + 4)


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_arrays_become_tensors_where_forward_takes_none(device: str) -> None:
    # Floats of NumPy are doubles unless it is told otherwise.
    for kind in (np.float32, np.float64):
        assert count(nn.Linear(4, 3, device=device), np.zeros((1, 4), kind)).macs == 12
    table = nn.Embedding(9, 4, device=device)
    assert count(nn.Sequential(table, nn.Linear(4, 3)).to(device), np.zeros((1, 2), int)).macs == 24


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
def test_a_sequence_is_no_batch_to_a_recurrent_layer() -> None:
    assert count(nn.LSTM(16, 8), zeros(10, 16)).macs == 10 * 4 * 8 * (16 + 8)


@pytest.mark.filterwarnings("ignore")  # of the tracer
def test_a_traced_recurrent_layer() -> None:
    traced = torch.jit.trace(nn.LSTM(16, 8, 2), zeros(10, 1, 16))
    assert quiet(traced, zeros(10, 1, 16)).macs == 10 * 4 * 8 * (16 + 8 + 8 + 8)


# Of 7 tokens of 16 numbers: queries, keys, values and the output; queries by keys, and sums.
ATTENTION = 7 * 4 * 16 * 16 + 7 * 7 * 16 + 7 * 7 * 16


@pytest.mark.filterwarnings("ignore")  # of the tracer
@pytest.mark.parametrize(
    ("fused", "mask", "macs"),
    [
        (nn.MultiheadAttention(16, 4, batch_first=True), None, ATTENTION),
        (nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), None, ATTENTION + 7 * 2 * 512),
        (nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), (7, 7), ATTENTION + 7 * 2 * 512),
    ],
)
def test_a_traced_encoder_counts_as_it_does_in_python(
    fused: nn.Module, mask: tuple[int, int] | None, macs: int
) -> None:
    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.fused = nn.Linear(16, 16), fused

        def forward(self, x: torch.Tensor) -> Any:
            x = self.first(x)
            if isinstance(fused, nn.MultiheadAttention):
                return self.fused(x, x, x, need_weights=False)[0]
            return self.fused(x, mask and zeros(*mask))

    model = Encoder().eval().requires_grad_(False)
    traced = torch.jit.trace(model, zeros(1, 7, 16), check_trace=False)
    found = quiet(traced, zeros(1, 7, 16))
    assert found.macs == quiet(model, zeros(1, 7, 16)).macs == 7 * 16 * 16 + macs
    assert len(found.counts) == 2
    assert not {*found.leaves_out} & {
        "_native_multi_head_attention",
        "_transformer_encoder_layer_fwd",
    }


@pytest.mark.filterwarnings("ignore")  # of the tracer
def test_an_encoder_traced_with_gradients() -> None:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    model = nn.TransformerEncoder(layer, 2).eval()
    traced = torch.jit.trace(model, zeros(1, 7, 16), check_trace=False)
    assert quiet(traced, zeros(1, 7, 16)).macs == 2 * (ATTENTION + 7 * 2 * 512)


# Operators


class Function(nn.Module):
    """A function of the input, with parameters behind it."""

    def __init__(self, function: Callable[..., Any], *parameters: torch.Tensor) -> None:
        super().__init__()
        self.function = function
        self.weights = nn.ParameterList(parameters)

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs, *self.weights)


def zeros(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.zeros(shape, dtype=dtype)


def four_bit(x: torch.Tensor) -> torch.Tensor:
    weight = torch.zeros((32, 64), dtype=torch.int32)
    packed = torch._convert_weight_to_int4pack_for_cpu(weight, 1)
    scales = torch.ones((2, 32, 2), dtype=torch.bfloat16)
    return torch._weight_int4pack_mm_for_cpu(x, packed, 32, scales)


half, byte, complex64 = torch.bfloat16, torch.int8, torch.complex64


@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
@pytest.mark.parametrize(
    ("function", "x", "weights", "macs"),
    [
        # 5 places of 20 channels, each from 3 times 16 values.
        (torch.conv_tbc, zeros(7, 1, 16), [zeros(3, 16, 20), zeros(20)], 5 * 20 * 3 * 16),
        (lambda x, w: torch.addbmm(zeros(3, 5), x, w), zeros(2, 3, 4), [zeros(2, 4, 5)], 120),
        (lambda x, w: zeros(3, 5).addmm_(x, w), zeros(3, 4), [zeros(4, 5)], 60),
        (lambda x, w: zeros(2, 3, 5).baddbmm_(x, w), zeros(2, 3, 4), [zeros(2, 4, 5)], 120),
        (lambda x, w: torch.addmv(zeros(5), w, x), zeros(4), [zeros(5, 4)], 20),
        (lambda x, w: torch.addr(zeros(4, 5), x, w), zeros(4), [zeros(5)], 20),
        (torch.matmul, zeros(4), [zeros(4)], 4),
        (torch.cdist, zeros(40, 4), [zeros(30, 4)], 40 * 30 * 4),
        (torch.cdist, zeros(3, 4), [zeros(5, 4)], 3 * 5 * 4),
        (lambda x, w: torch.pdist(x @ w), zeros(10, 4), [zeros(4, 4)], 160 + 45 * 4),
        (
            lambda x: torch._int_mm(x, zeros(16, 24, dtype=byte)),
            zeros(32, 16, dtype=byte),
            [],
            12288,
        ),
        (four_bit, zeros(4, 64, dtype=half), [], 4 * 64 * 32),
        # Two experts, of 8 rows in all.
        pytest.param(
            lambda x, w: torch._grouped_mm(x, w, offs=torch.tensor([4, 8], dtype=torch.int32)),
            zeros(8, 16, dtype=half),
            [zeros(2, 16, 24, dtype=half)],
            8 * 16 * 24,
            marks=new,
        ),
        # Two groups of 8 rows, each of which meets 8 of the 16 columns.
        pytest.param(
            lambda x, w: torch._grouped_mm(x, w, offs=torch.tensor([8, 16], dtype=torch.int32)),
            zeros(2, 8, 16, dtype=half),
            [zeros(16, 16, dtype=half)],
            2 * 8 * 16 * 8,
            marks=new,
        ),
        # The numbers of a sparse matrix.
        (lambda x: torch.sparse.mm(torch.eye(10).to_sparse(), x), zeros(10, 4), [], 40),
        # Four blocks of 16 numbers, for each of 100 tokens.
        (
            lambda x: torch.nn.functional.linear(x, torch.eye(16).to_sparse_bsr((4, 4))),
            zeros(100, 16),
            [],
            100 * 4 * 16,
        ),
        # What is stored of the result: three places of 16 products each.
        (
            lambda x, w: torch.sparse.sampled_addmm(torch.eye(3).to_sparse_csr(), x, w),
            zeros(3, 16),
            [zeros(16, 3)],
            3 * 16,
        ),
        # For each of 2 x 10 outputs, 16 by 8 products with a weight, and 8 of their sums.
        (
            torch.nn.functional.bilinear,
            zeros(2, 5, 16),
            [zeros(2, 5, 8), zeros(4, 16, 8)],
            40 * (16 * 8 + 8),
        ),
        # A complex product is three real ones, as torch makes a convolution.
        (torch.matmul, zeros(1, 16, dtype=complex64), [zeros(16, 16, dtype=complex64)], 768),
        (
            torch.conv1d,
            zeros(1, 16, 1, dtype=complex64),
            [zeros(16, 16, 1, dtype=complex64)],
            768,
        ),
        # A place and a 1 behind it, by each row of a matrix: for each of 2 x 30 and of 120 places.
        (
            lambda x, w: torch.nn.functional.affine_grid(w, x.shape, align_corners=False),
            zeros(2, 3, 5, 6),
            [zeros(2, 2, 3)],
            2 * 30 * 6,
        ),
        (
            lambda x, w: torch.nn.functional.affine_grid(w, x.shape, align_corners=False),
            zeros(1, 3, 4, 5, 6),
            [zeros(1, 3, 4)],
            120 * 12,
        ),
        (lambda x, w: torch.linalg.multi_dot([x, w, w]), zeros(1, 4), [zeros(4, 4)], 32),
        (torch.func.vmap(lambda x, w: w @ x, (0, None)), zeros(3, 4), [zeros(5, 4)], 60),
    ],
)
def test_products_under_other_names(
    function: Any, x: torch.Tensor, weights: list[torch.Tensor], macs: int
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CountWarning)
        found = count(Function(function, *weights), x)
    assert found.macs == macs == sum(product[3] for product in found.products)
    assert not [w for w in caught if "no formula" in str(w.message)]


@pytest.mark.parametrize("p", [0.0, 1.0, 1.5, 2.0, 3.0, float("inf")])
def test_only_euclidean_distances_multiply(p: float) -> None:
    """Of 6 points of 4 numbers, 36 pairs with those of another set and 15 among themselves."""
    others = Function(lambda x, w: torch.cdist(x @ w, x, p=p), zeros(4, 4))
    among = Function(lambda x, w: torch.pdist((x @ w)[0], p=p), zeros(4, 4))
    for model, operator, pairs in ((others, "_cdist_forward", 36), (among, "_pdist_forward", 15)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = count(model, zeros(1, 6, 4))
        assert found.macs == 6 * 16 + (pairs * 4 if p == 2 else 0)
        assert (operator in found.leaves_out) is (p != 2)


@new
@pytest.mark.filterwarnings("ignore:flex_attention called without:UserWarning")
@pytest.mark.parametrize(
    ("function", "macs"),
    [
        (lambda x, w: torch.cond(x.sum() > 0, lambda x: x @ w @ w, lambda x: x @ w, (x,)), 48),
        (lambda x, w: torch.cond(x.sum() < 1, lambda x: x @ w @ w, lambda x: x @ w, (x,)), 96),
        # Five times.
        (
            lambda x, w: while_loop(
                lambda n, x: n < 5, lambda n, x: (n + 1, x @ w), (zeros(1)[0], x)
            ),
            5 * 48,
        ),
        # For each row.
        (lambda x, w: each_of(lambda row: row[None] @ w, x), 3 * 16),
        # Three queries, keys and values of 4.
        (lambda x, w: flex_attention(*[x[None, None]] * 3) @ w, 3 * 3 * 4 + 3 * 3 * 4 + 48),
    ],
)
def test_branches_and_loops_of_torch(function: Any, macs: int) -> None:
    found = quiet(Function(function, zeros(4, 4)), zeros(3, 4))
    assert found.macs == macs == sum(product[3] for product in found.products)


def test_jagged_tensors_of_forward_are_counted() -> None:
    def both(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return torch.nested.as_nested_tensor([x, x[:2]], layout=torch.jagged) @ w

    assert quiet(Function(both, zeros(4, 4)), zeros(3, 4)).macs == (3 + 2) * 16


@new
def test_the_meta_device_counts_experts_in_any_precision() -> None:
    def routed(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        sizes = torch.histc(torch.zeros(8, dtype=torch.int32, device=x.device), 2, 0, 1)
        y: torch.Tensor = torch._grouped_mm(x, w, offs=sizes.cumsum(0).to(torch.int32))
        assert y.dtype == torch.float32
        return y

    model = Function(routed, zeros(2, 16, 24)).to("meta")
    assert quiet(model, zeros(8, 16)).macs == 8 * 16 * 24


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x, w: torch.fft.fft(x @ w), "_fft_r2c"),
        (torch.linalg.solve, "_linalg_solve_ex"),
        (lambda x, w: torch.linalg.inv(x @ w + torch.eye(4)), "linalg_inv_ex"),
    ],
)
def test_what_may_multiply_is_named(function: Any, name: str) -> None:
    with pytest.warns(CountWarning, match=f"has no formula for {name}, so that macs may be too"):
        count(Function(function, torch.eye(4)), torch.eye(4))


# All that may multiply and that neither torch nor torch.txt counts: they are named.
MAY_MULTIPLY = """
    _cdist _cholesky_solve_helper _compute_linear_combination _cslt_sparse_mm
    _cslt_sparse_mm_search _cudnn_attention _cudnn_attention_forward _fft_c2c
    _fft_c2r _fft_r2c _flash_attention_forward_no_dropout_inplace _foreach_mm _linalg_det
    _linalg_eigh _linalg_eigvals _linalg_slogdet _linalg_solve_ex _linalg_svd _lstm_mps
    linalg_matrix_sqrth linalg_polar
    _cudnn_rnn miopen_rnn mkldnn_rnn_layer
    _mixed_dtypes_linear _mps_convolution _mps_convolution_transpose
    _pdist _scaled_dot_product_attention_math_for_mps
    _scaled_dot_product_flash_attention_for_cpu
    _scaled_dot_product_fused_attention_overrideable _slow_conv2d _sparse_mm_reduce_impl
    _sparse_semi_structured_addmm _sparse_semi_structured_apply_dense
    _sparse_semi_structured_linear _sparse_semi_structured_mm _sparse_sparse_matmul _spsolve
    _triton_multi_head_attention
    _triton_scaled_dot_attention cholesky cholesky_inverse cholesky_solve
    convolution
    cudnn_affine_grid_generator
    convolution_overrideable einsum geqrf hspmm linalg_cholesky_ex linalg_eig linalg_eigvals
    linalg_householder_product linalg_inv_ex linalg_ldl_factor_ex linalg_ldl_solve linalg_lstsq
    linalg_lu linalg_lu_factor_ex linalg_lu_solve linalg_matrix_exp linalg_pinv linalg_qr
    linalg_solve_triangular linear lstm_mps matmul mkldnn_linear mm
    mps_convolution mps_convolution_transpose ormqr  sspaddmm
    triangular_solve
"""


@new
def test_every_operator_of_torch_is_decided() -> None:
    from torch.utils.flop_counter import flop_registry

    from netscore.counting.torch import _KINDS, _formulas, _root

    none = {*_KINDS["moves"], *_KINDS["none"]}
    counted = {*_formulas(torch), *flop_registry}
    undecided = set()
    for full in torch._C._dispatch_get_all_op_names():
        space, _, name = full.partition("::")
        name, _, overload = name.partition(".")
        packet = getattr(torch.ops.aten, name, None) if space == "aten" else None
        if packet is None or name.startswith(("_test_", "_foobar")) or packet in counted:
            continue
        operator = getattr(packet, overload or "default", None)
        composite = torch._C._dispatch_has_kernel_for_dispatch_key(
            full, "CompositeImplicitAutograd"
        )
        if operator is None or composite or operator.is_view:
            continue
        if torch.Tag.pointwise not in operator.tags and _root(name) not in none:
            undecided.add(_root(name))
    assert undecided <= {*MAY_MULTIPLY.split()}
    assert not none & {*MAY_MULTIPLY.split()}


@new
def test_every_formula_belongs_to_an_operator() -> None:
    from netscore.counting.torch import _FORMULAS, _KINDS

    for kind in _FORMULAS:
        for name in _KINDS[kind]:
            space, _, rest = name.partition(".")
            if space == "aten":
                assert hasattr(torch.ops.aten, rest), rest


# No false alarms


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(
    ("make", "params"),
    [
        (lambda layer: nn.DataParallel(layer), 4096),
        (lambda layer: Function(recorded, layer.weight), 4096),
        (lambda layer: nn.utils.spectral_norm(layer), 4096),
        (lambda layer: nn.utils.parametrizations.spectral_norm(layer), 4096),
        (lambda layer: nn.utils.weight_norm(layer), 4096 + 64),
        (lambda layer: nn.utils.parametrizations.weight_norm(layer), 4096 + 64),
        (lambda layer: nn.utils.parametrizations.orthogonal(layer), 4096),
        (lambda layer: Auxiliary(layer), 4096 + 64 * 1000),
        (lambda layer: View(layer), 4096 + 64),
    ],
)
def test_wrappings_change_no_product(make: Any, params: int) -> None:
    model = make(nn.Linear(64, 64, bias=False))
    hooks = {id(part): list(part._forward_pre_hooks.items()) for part in model.modules()}
    found = count(model, torch.zeros(1, 64))
    assert (found.params, found.macs) == (params, 4096)
    assert all(list(p._forward_pre_hooks.items()) == hooks[id(p)] for p in model.modules())
    assert not nn.utils.parametrize._cache


def recorded(x: torch.Tensor, weight: torch.Tensor) -> Any:
    with torch.profiler.record_function("layer"):
        return x @ weight


class Auxiliary(nn.Module):
    """A module with a head that only training runs."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer
        self.head = nn.Linear(64, 1000, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert not self.training
        y: torch.Tensor = self.layer(x)
        return y


class View(nn.Module):
    """A module that hands a view of a parameter to another."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer
        self.latent = nn.Parameter(torch.zeros(1, 64))

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(self.latent.expand(len(x), -1))


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
def test_nodes_and_points_are_no_batch() -> None:
    # One adjacency of 10 nodes: 10 x 5 x 4 and 10 x 10 x 5.
    graph = Function(lambda x, adjacent, w: adjacent @ (x @ w), zeros(4, 5))
    assert count(graph, zeros(10, 4), zeros(10, 10)).macs == 200 + 500
    # One cloud of 100 points, pooled before the last layer.
    cloud = Function(lambda x, v, w: (x @ v).amax(0, keepdim=True) @ w, zeros(3, 8), zeros(8, 2))
    assert count(cloud, zeros(100, 3)).macs == 100 * 24 + 16


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
@pytest.mark.parametrize(
    ("layout", "stored"),
    [
        (torch.Tensor.to_sparse, 6),
        (torch.Tensor.to_sparse_csr, 6),
        (lambda matrix: matrix.to_sparse_bsr((2, 2)), 3 * 4),
    ],
)
def test_sparse_matrices_are_inputs(layout: Any, stored: int) -> None:
    """Six nodes of 4 numbers each become 5, by which each number stored is multiplied."""

    class Convolution(nn.Linear):
        def forward(self, x: torch.Tensor, adjacent: Any = None) -> torch.Tensor:
            return torch.sparse.mm(adjacent, super().forward(x))

    adjacent = layout(torch.eye(6))
    for inputs, named in (([adjacent], {}), ([], {"adjacent": adjacent})):
        found = count(Convolution(4, 5), zeros(6, 4), *inputs, **named)
        assert (found.params, found.macs) == (25, 6 * 4 * 5 + stored * 5)


def test_operators_of_extensions_that_do_not_multiply() -> None:
    @torch.library.custom_op("netscore_test::nms", mutates_args=())
    def nms(x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    with warnings.catch_warnings():
        warnings.simplefilter("error", CountWarning)
        assert count(Function(lambda x, w: nms(x @ w), zeros(4, 4)), zeros(1, 4)).macs == 16


# Weights that are no parameters


def quantised(model: nn.Module, *kinds: type[nn.Module]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.backends.quantized.engine = torch.backends.quantized.supported_engines[-1]
        return torch.ao.quantization.quantize_dynamic(model, {*kinds})


class Sequence(nn.Module):
    """A recurrent layer, and a linear one on its last step."""

    def __init__(self, recurrent: nn.RNNBase, outputs: int) -> None:
        super().__init__()
        self.recurrent, self.last = recurrent, nn.Linear(outputs, 5)

    def forward(self, x: torch.Tensor) -> Any:
        return self.last(self.recurrent(x)[0][-1])


@pytest.mark.filterwarnings("ignore::UserWarning:torch")
@pytest.mark.parametrize(
    ("model", "kinds", "x", "params", "macs"),
    [
        # 3 gates of 20 units over 10 inputs and 20 states, two biases each; the last layer.
        (Sequence(nn.GRU(10, 20), 20), (nn.GRU,), (7, 1, 10), 2025, 7 * 1800 + 100),
        (Sequence(nn.GRU(10, 20), 20), (nn.GRU, nn.Linear), (7, 1, 10), 2025, 7 * 1800 + 100),
        (
            Sequence(nn.LSTM(10, 20, bidirectional=True), 40),
            (nn.LSTM,),
            (7, 1, 10),
            2 * (4 * 20 * 30 + 160) + 205,
            7 * 2 * 4 * 20 * 30 + 200,
        ),
        (
            nn.Sequential(nn.Conv1d(1, 4, 3), nn.Flatten(), nn.Linear(392, 50)),
            (nn.Linear,),
            (1, 1, 100),
            16 + 19_650,
            98 * 12 + 19_600,
        ),
        (nn.Sequential(nn.LSTMCell(3, 4)), (nn.LSTMCell,), (1, 3), 16 * 7 + 32, 16 * 7),
        (nn.Sequential(nn.Linear(10, 20)), (nn.Linear,), (4, 7, 10), 220, 4 * 7 * 200),
        # 16 places of 10 channels, in two windows.
        (
            nn.Sequential(nn.Unflatten(1, (2, 8)), nn.Flatten(0, 1), nn.Linear(10, 20)),
            (nn.Linear,),
            (1, 16, 10),
            220,
            16 * 200,
        ),
    ],
)
def test_packed_weights_are_counted(
    model: nn.Module, kinds: Any, x: tuple[int, ...], params: int, macs: int
) -> None:
    found = quiet(quantised(model, *kinds), torch.zeros(x))
    assert (found.params, found.macs) == (params, macs)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning:torch")
def test_a_converted_layer_is_counted_for_each_sequence() -> None:
    from torch.ao import quantization

    torch.backends.quantized.engine = torch.backends.quantized.supported_engines[-1]
    model = quantization.QuantWrapper(nn.Linear(10, 20)).eval()
    model.qconfig = quantization.default_qconfig
    quantization.prepare(model, inplace=True)(torch.ones(4, 7, 10))
    found = quiet(quantization.convert(model), torch.zeros(4, 7, 10))
    assert (found.params, found.macs) == (220, 4 * 7 * 200)


@pytest.mark.filterwarnings("ignore::UserWarning:torch")
def test_packed_convolutions_are_counted() -> None:
    import torch.ao.nn.quantized as quantized

    torch.backends.quantized.engine = torch.backends.quantized.supported_engines[-1]
    for layer, params, macs in (
        (quantized.Conv2d(4, 6, 3), 6 * 36 + 6, 36 * 6 * 36),
        (quantized.ConvTranspose2d(4, 6, 3, groups=2), 4 * 27 + 6, 64 * 4 * 27),
    ):
        model = nn.Sequential(quantized.Quantize(0.1, 0, torch.quint8), layer)
        found = quiet(model, torch.zeros(1, 4, 8, 8))
        assert (found.params, found.macs) == (params, macs)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_weights_of_onednn_are_said() -> None:
    from torch.utils.mkldnn import to_mkldnn

    model = to_mkldnn(nn.Sequential(nn.Conv2d(4, 8, 3, groups=2), nn.BatchNorm2d(8)).eval())
    text = (
        r"\Acount: params may be too low for 0\.weight, by which products multiplied, and which are"
    )
    with pytest.warns(CountWarning, match=text):
        found = count(model, torch.zeros(1, 4, 8, 8).to_mkldnn())
    # 8 channels of 36 values, each from 2 channels of 3 x 3.
    assert found.macs == 8 * 36 * 18


@pytest.mark.filterwarnings("ignore::UserWarning:torch")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_packed_weights_of_torchscript_are_said() -> None:
    scripted = torch.jit.script(quantised(nn.Sequential(nn.Linear(64, 64)), nn.Linear))
    with pytest.warns(CountWarning, match="params leaves out the weights that TorchScript has"):
        assert count(scripted, torch.zeros(1, 64)).macs == 4096


class Wrapper(torch.Tensor):
    """A matrix that is made of another tensor, and of what is none."""

    inner: torch.Tensor
    mesh: str

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> Wrapper:
        made: Wrapper = torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=torch.float32)
        made.inner, made.mesh = inner, "mesh"
        return made

    def __tensor_flatten__(self) -> tuple[list[str], None]:
        return ["inner", "mesh"], None

    def whole(self) -> torch.Tensor:
        inner = self.inner
        return inner.whole() if isinstance(inner, Wrapper) else inner.float()

    @classmethod
    def __torch_function__(cls, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.nn.functional.linear:
            x, w, b = args
            return func(x, w.whole(), b)
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **kwargs or {})

    @classmethod
    def __torch_dispatch__(cls, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert func is torch.ops.aten.detach.default
        return cls(args[0].inner)


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
@pytest.mark.parametrize("wrap", [Wrapper, lambda inner: Wrapper(Wrapper(inner))])
def test_what_a_parameter_is_made_of_is_no_other(wrap: Callable[[Any], Any]) -> None:
    # As those that torchao quantises.
    model = nn.Linear(64, 32)
    model.weight = nn.Parameter(wrap(torch.ones(32, 64, dtype=torch.int8)), requires_grad=False)
    found = count(model, torch.zeros(1, 64))
    assert (found.params, found.macs) == (64 * 32 + 32, 64 * 32)


class Holding(nn.Module):
    """A layer whose weights are kept in one place or another, and in one type or another."""

    def __init__(self, place: str, dtype: torch.dtype) -> None:
        super().__init__()
        self.layer = nn.Linear(20, 3)
        weight = torch.zeros((20, 16), dtype=dtype)
        if place == "buffer":
            self.register_buffer("weight", weight)
        else:
            self.weight = nn.Parameter(weight, False) if place == "parameter" else weight

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(x @ self.weight.to(x.dtype).T)


@pytest.mark.parametrize(
    ("place", "dtype", "said"),
    [
        ("buffer", torch.float32, "by which products multiplied, and which are no parameters"),
        ("attribute", torch.float32, "by which products multiplied, and which are no parameters"),
        ("buffer", torch.int8, "whose integers may be weights, or several in one"),
        ("parameter", torch.uint8, "whose integers may be weights, or several in one"),
        ("parameter", torch.int8, ""),
        ("parameter", torch.float32, ""),
    ],
)
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_weights_elsewhere_are_said(place: str, dtype: torch.dtype, said: str, device: str) -> None:
    model = Holding(place, dtype).to(device)
    if place == "attribute":
        model.weight = model.weight.to(device)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = count(model, torch.zeros(1, 16))
    assert found.macs == 320 + 60
    text = f"count: params may be too low for weight, {said}"
    assert [str(w.message) for w in caught] == ([text] if said else [])


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_weights_in_a_plain_list_are_said(kind: Any) -> None:
    known, layer, bare = nn.Linear(4, 4), nn.Linear(4, 4), nn.Parameter(torch.zeros(4, 4))
    model = Function(lambda x: layer(known(x)) @ bare)
    model.known = known
    hidden = [known, layer, bare, "no tensor", torch.zeros(9, 9)]
    model.hidden = kind(enumerate(hidden) if kind is dict else hidden)
    text = r"\Acount: params may be too low for hidden\[1\]\.weight, hidden\[2\], by which products"
    with pytest.warns(CountWarning, match=text):
        found = count(model, torch.zeros(1, 4))
    assert (found.params, found.macs) == (20, 3 * 16)


LAYER, WEIGHT = nn.Linear(4, 5), torch.zeros(5, 4)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, _: LAYER(x),
        lambda x, _: x @ WEIGHT.T,
        partial(lambda layers, x, _: layers[0][0](x), [[LAYER]]),
        partial(lambda given, x, _: given.layer(x), SimpleNamespace(layer=LAYER)),
    ],
)
def test_weights_behind_a_function_are_said_by_their_shape(function: Any) -> None:
    text = r"\Acount: params may be too low for a tensor of shape \(5, 4\), by which products multi"
    with pytest.warns(CountWarning, match=text):
        assert count(Function(function, zeros(1)), zeros(1, 4)).macs == 20


@pytest.mark.parametrize("tensor", [torch.from_numpy, torch.as_tensor, torch.Tensor])
@pytest.mark.parametrize("kind", [None, list, dict])
def test_weights_in_arrays_are_said(tensor: Any, kind: Any) -> None:
    weight = np.zeros((5, 20), np.float32)
    model = Function(lambda x, w: x @ w @ tensor(weight) @ tensor(weight).T, zeros(4, 5))
    model.held = weight if kind is None else kind([(0, weight)]) if kind is dict else [weight]
    name = "held" if kind is None else r"held\[0\]"
    text = rf"\Acount: params may be too low for {name}, by which products multiplied, and which ar"
    with pytest.warns(CountWarning, match=text):
        found = count(model, zeros(1, 4))
    assert (found.params, found.macs) == (20, 4 * 5 + 5 * 20 + 20 * 5)


def test_other_arrays_are_no_weights() -> None:
    """Not the example input, what is computed of it, numbers and masks, or what is only added."""

    def function(x: Any, w: torch.Tensor) -> torch.Tensor:
        y = torch.as_tensor(x) @ torch.as_tensor(np.eye(4, dtype=np.float32))
        y = y * torch.tensor([[1.0] * 4] * 3) + torch.from_numpy(model.places)
        return torch.from_numpy(y.numpy() * 2) @ w * torch.from_numpy(model.mask)

    model = Function(function, zeros(4, 4))
    model.places, model.mask = np.zeros((3, 4), np.float32), np.ones((3, 4), np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CountWarning)
        assert count(model, np.zeros((3, 4), np.float32)).macs == 3 * 4 * 4 + 3 * 4 * 4


@pytest.mark.parametrize("kind", [nn.Embedding, nn.EmbeddingBag])
def test_a_table_in_a_plain_list_is_said(kind: Any) -> None:
    tables = [kind(50, 4)]
    model = Function(lambda ids, w: tables[0](ids) @ w, zeros(4, 4))
    model.tables = tables
    with pytest.warns(CountWarning, match=r"may be too low for tables\[0\]\.weight, by which prod"):
        count(model, torch.zeros(1, 3, dtype=torch.int64))


def test_what_is_given_or_made_is_no_weight() -> None:
    """In objects of any class, from numbers of Python, or with what cannot be saved beside it."""

    def function(given: Any, w: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = torch.tensor([[1.0] * 4] * 5) @ given.nodes @ w
        return y

    given = SimpleNamespace(nodes=zeros(4, 4), name="a graph")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert count(Function(function, zeros(4, 4)), given).macs == 80 + 80
        given.later = lambda: None
        assert count(Function(function, zeros(4, 4)), given).macs == 80 + 80


def test_modules_that_run_in_other_threads_are_refused() -> None:
    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = nn.ModuleList(nn.Conv1d(1, 1, 3) for _ in range(2))

        def forward(self, x: torch.Tensor) -> Any:
            with ThreadPoolExecutor() as pool:
                return [*pool.map(lambda part: part(x), self.parts)]

    message = (
        r"\Acount: the forward pass runs modules in threads of its own, which the counter does"
    )
    with pytest.raises(ValueError, match=message):
        count(Branches(), zeros(1, 1, 9))


def test_many_weights_elsewhere_are_three_names_and_a_number() -> None:
    model = nn.Sequential(*(Holding("buffer", torch.int32) for _ in range(5)))
    for part in model:
        part.layer = nn.Linear(20, 16)
    with pytest.warns(CountWarning, match=r"for 0\.weight, 1\.weight, 2\.weight and 2 more, whose"):
        count(model, torch.zeros(1, 16))


def test_what_a_pass_writes_or_nothing_saves_is_no_weight() -> None:
    class Cache(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(16, 16, bias=False)
            self.register_buffer("keys", torch.zeros(32, 16))
            self.register_buffer("places", torch.eye(32), persistent=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.keys[0] = x
            y: torch.Tensor = self.layer(x) @ self.keys.T @ self.places
            return y

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert count(Cache(), torch.zeros(1, 16)).macs == 256 + 512 + 1024


# Which parameters


def test_states_among_the_parameters_of_keras_are_none() -> None:
    class Variable(NamedTuple):
        value: nn.Parameter

        @property
        def shape(self) -> torch.Size:
            return self.value.shape

    class Layer(nn.Module):
        """A layer as Keras has it on torch: all its variables are parameters."""

        def __init__(self) -> None:
            super().__init__()
            sizes = {"kernel": (4, 3), "bias": (3,), "mean": (3,), "quantised": (3, 3)}
            made = {name: nn.Parameter(zeros(*size), False) for name, size in sizes.items()}
            self.tensors = nn.ParameterDict(made)
            self.variables = [Variable(each) for each in made.values()]
            self._trainable_variables = self.variables[:2]  # if they were not frozen

        def _flatten_layers(self) -> list[Layer]:
            return [self]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = x @ self.tensors["kernel"] @ self.tensors["quantised"]
            return y

    found = count(nn.Sequential(Layer(), nn.Linear(3, 2)), zeros(1, 4))
    assert (found.params, found.trainable_params) == (12 + 3 + 9 + 8, 8)


def test_a_tied_table_counts_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(100, 16)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.table(x) @ self.table.weight.T

    found = count(Tied(), torch.zeros((1, 7), dtype=torch.int64))
    assert (found.params, found.embedding_params, found.active_params) == (1600, 1600, 1600)
    assert found.products == (("Tied", "mm", ((7, 16), (16, 100)), 7 * 1600),)


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize("first", ["table", "last"])
def test_parameters_on_one_storage_count_once(first: str, device: str) -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            parts: Any = {"table": nn.Embedding(10, 6), "last": nn.Linear(6, 10, bias=False)}
            for name in sorted(parts, key=lambda name: name != first):
                setattr(self, name, parts[name].to(device))
            self.last.weight.data = self.table.weight.data

        def forward(self, x: torch.Tensor) -> Any:
            return self.last(self.table(x))

    found = count(Tied(), torch.zeros((1, 7), dtype=torch.int64))
    assert (found.params, found.trainable_params, found.embedding_params) == (60, 60, 60)
    assert found.macs == 7 * 60


@pytest.mark.filterwarnings("ignore:Sparse:UserWarning")
def test_views_of_one_storage_are_several_parameters() -> None:
    whole = zeros(8, 4)
    model = Function(lambda x, v, w: x @ v @ w, *(nn.Parameter(part) for part in whole.chunk(2)))
    assert count(model, zeros(1, 4)).params == 32
    sparse = Function(
        lambda x, w: torch.sparse.mm(w, x), nn.Parameter(torch.eye(4).to_sparse_csr())
    )
    assert quiet(sparse, zeros(4, 1)).params == 16


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
def test_a_table_may_be_looked_up_by_places() -> None:
    table = torch.randn(100, 16)
    model = Function(lambda ids, table, w: table[ids] @ w, table, zeros(16, 4))
    found = count(model, torch.zeros((1, 7), dtype=torch.int64))
    assert (found.macs, found.embedding_params) == (7 * 64, 1600)


@pytest.mark.filterwarnings("error::netscore.counting.CountWarning")
@pytest.mark.parametrize(
    ("shape", "look_up", "embeddings"),
    [
        # A place among others, the bias of a pair of places for each head, and its other way round.
        ((1, 9, 8), lambda w, i: w[:, i], 72),
        ((9, 8), lambda w, i: w[i.view(-1)].view(1, 2, 8), 72),
        ((8, 9), lambda w, i: w.index_select(1, i).T, 72),
        # A vector of each of 9 books of 8, by two indices and one book after the other.
        ((9, 8, 8), lambda w, i: w[i, i], 576),
        ((9, 8, 8), lambda w, i: torch.nn.functional.embedding(i, w[1]), 576),
        ((8, 9), lambda w, i: torch.nn.functional.embedding(i, w.T), 72),
        ((9, 8), lambda w, i: torch.nn.functional.embedding_bag(i[:, None], w), 72),
        # The weights of an expert.
        ((9, 8, 8), lambda w, i: w[i][:, 0], 0),
        ((9, 8, 8), lambda w, i: w.index_select(0, i)[:, 0], 0),
    ],
)
def test_what_is_chosen_by_place_is_a_table_of_vectors(
    shape: tuple[int, ...], look_up: Any, embeddings: int
) -> None:
    model = Function(
        lambda i, w, v: look_up(w, i) @ v, nn.Parameter(torch.ones(shape)), zeros(8, 5)
    )
    found = count(model, torch.tensor([3, 4]))
    assert (found.params, found.embedding_params) == (np.prod(shape) + 40, embeddings)
    assert found.macs == 2 * 40


@pytest.mark.filterwarnings("ignore")  # of what torch will take away
def test_a_quantised_table_is_looked_up() -> None:
    from torch.ao.nn import quantized

    found = quiet(quantized.Embedding(10, 4), torch.tensor([1, 2]))
    assert (found.params, found.macs) == (40, 0)


class Mixture(nn.Module):
    """A router and four experts, of which a token meets two."""

    def __init__(self, experts: nn.Module, **routed: int) -> None:
        super().__init__()
        self.router = nn.Linear(8, 4, bias=False)
        self.experts = experts
        for name, number in routed.items():
            setattr(self, name, number)

    def forward(self, x: torch.Tensor) -> Any:
        return self.router(x)


@pytest.mark.parametrize(
    ("routed", "active"), [({"top_k": 2}, 32 + 128), ({"num_experts_per_tok": 1}, 96), ({}, None)]
)
def test_experts_that_a_token_does_not_meet_are_not_active(
    routed: dict[str, int], active: int | None
) -> None:
    experts = nn.ModuleList(nn.Linear(8, 8, bias=False) for _ in range(4))
    found = quiet(Mixture(experts, **routed), torch.zeros(1, 8))
    assert (found.params, found.active_params) == (32 + 256, active)
    model: Any = Mixture(nn.Module())
    model.experts.num_experts, model.config = 4, ModuleType("config")
    model.experts.weight = nn.Parameter(torch.zeros(4, 8, 8))
    for name, number in routed.items():
        setattr(model.config, name, number)
    assert quiet(model, torch.zeros(1, 8)).active_params == active
    del model.experts
    model.experts = 4  # a number of them, and no experts
    assert quiet(model, torch.zeros(1, 8)).active_params == 32


@pytest.mark.parametrize(("chosen", "active"), [(1, 32 + 64), (2, 32 + 128), (4, 32 + 256)])
def test_a_router_says_how_many_experts_a_token_meets(chosen: int, active: int) -> None:
    model: Any = Mixture(nn.ModuleList(nn.Linear(8, 8, bias=False) for _ in range(4)))
    model.router.top_k = chosen
    assert quiet(model, torch.zeros(1, 8)).active_params == active
    # Of the words of a text that is written.
    model.top_k = 50
    assert quiet(model, torch.zeros(1, 8)).active_params == active


def test_no_token_is_routed_to_more_experts_than_there_are() -> None:
    experts = nn.ModuleList(nn.Linear(8, 8, bias=False) for _ in range(4))
    assert quiet(Mixture(experts, top_k=8), torch.zeros(1, 8)).active_params is None


def test_what_routes_to_no_expert_makes_none_idle() -> None:
    class Ensemble(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.experts = nn.ModuleList(nn.Linear(8, 8, bias=False) for _ in range(4))
            self.best = nn.Softmax(-1)
            self.best.top_k = 1

        def forward(self, x: torch.Tensor) -> Any:
            return self.best(sum(expert(x) for expert in self.experts))

    found = count(Ensemble(), torch.zeros(1, 8))
    assert (found.params, found.active_params) == (256, None)


# Gradients within the pass


@pytest.mark.parametrize("inside", [True, False])
def test_the_gradients_of_a_force_field_are_counted(inside: bool) -> None:
    class Force(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with torch.enable_grad() if inside else contextlib.nullcontext():
                x.requires_grad_(True)
                return torch.autograd.grad(self.layers(x).sum(), x)[0]

    model = Force()
    model.layers[0].weight.grad = gradient = torch.ones(8, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert count(model, torch.zeros(1, 4)).macs == 2 * (32 + 8)
    assert model.layers[0].weight.grad is gradient
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("leaves", [True, False])
def test_gradients_that_forward_makes_are_not_left(leaves: bool) -> None:
    class Learner(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4, bias=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with torch.enable_grad():
                self.layer(x).sum().backward()
            y: torch.Tensor = self.layer(x)
            return y

    model = Learner()
    model.layer.weight.grad = gradient = torch.ones(4, 4) if leaves else None
    # Forward, the gradient of the weights, and forward again.
    assert quiet(model, torch.zeros(1, 4)).macs == 3 * 16
    assert model.layer.weight.grad is gradient
    assert gradient is None or torch.equal(gradient, torch.ones(4, 4))


# One sentence


def forward_of_values(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return x @ weight if x.sum() > 0 else x


def steps(x: torch.Tensor, weight: torch.Tensor) -> Iterator[torch.Tensor]:
    yield x @ weight


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
@pytest.mark.parametrize(
    ("function", "device", "message"),
    [
        (forward_of_values, "meta", "the forward pass looks at the values of its tensors, which"),
        (lambda x, w: x[x.nonzero()] @ w, "meta", "the forward pass looks at the values of its t"),
        (lambda x, w: x.numpy() @ w, "meta", "the forward pass looks at the values of its tensors"),
        (lambda x, w: x.to_sparse() @ w, "meta", "the forward pass looks at the values of its te"),
        (lambda x, w: torch.cat([x @ w, zeros(1, 4)]), "meta", "the module is in part on the meta"),
        (steps, "cpu", "forward is a generator, of which nothing has run: count a module whose f"),
        (
            lambda x, w: torch.nested.as_nested_tensor([x, x]) @ w,
            "cpu",
            r"nested \(jagged\) tensors cannot be counted: pad them, or count one sequence",
        ),
        pytest.param(
            lambda x, w: flex_attention(x[None, None], x[None, None], x[None, None]) @ w,
            "cpu",
            "flex_attention cannot be counted: choose another attention, as with attn_impl",
            marks=pytest.mark.skipif(NEW, reason="this torch lets it be counted"),
        ),
        (
            lambda x, w: scan(lambda y, each: (y + each @ w, y), x[0], x),
            "cpu",
            "this torch cannot count a branch or loop of its own, as torch.cond and scan: write",
        ),
        (
            lambda x, w: scaled_dot_product_attention(x, x, x, causal_lower_right(3, 3)) @ w,
            "cpu",
            "the forward pass makes a tensor of a class of its own, as torch.nn.attention.bias d",
        ),
        (
            lambda x, w: torch.autograd.grad((x @ w).sum(), x)[0],
            "cpu",
            "the forward pass asks for gradients with respect to what requires none",
        ),
    ],
)
def test_what_cannot_be_counted_is_said(function: Any, device: str, message: str) -> None:
    model = Function(function, torch.zeros(4, 4)).to(device)
    with pytest.raises(ValueError, match=rf"\Acount: {message}"):
        count(model, torch.zeros(3, 4))


@pytest.mark.parametrize(
    "error",
    [
        AttributeError("'SimpleNamespace' object has no attribute 'meta'"),
        AttributeError("'Settings' object has no attribute 'nested_head'"),
        TypeError("expected a deeply nested list of boxes"),
        AssertionError("backbone requires grad scaling config"),
        RuntimeError("the device of metadata must be given"),
        RuntimeError("depends on data: data dependent"),
        RuntimeError("choose flex_attention or none"),
    ],
)
def test_errors_of_the_module_are_its_own(error: Exception) -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        raise error

    with pytest.raises(type(error), match=rf"\A{error}\Z"):
        count(Function(function), zeros(1, 4))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
@pytest.mark.parametrize("layout", [torch.jagged, torch.strided])
def test_nested_inputs_are_refused(layout: torch.layout) -> None:
    ragged = torch.nested.nested_tensor([zeros(2, 4), zeros(3, 4)], layout=layout)
    with pytest.raises(ValueError, match=r"\Acount: nested \(jagged\) tensors cannot be counted"):
        count(nn.Linear(4, 4), ragged)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_frozen_torchscript_has_no_parameters() -> None:
    frozen = torch.jit.freeze(torch.jit.script(nn.Sequential(nn.Linear(4, 4)).eval()))
    with pytest.raises(ValueError, match=r"\Acount: the module is frozen TorchScript, whose weigh"):
        count(frozen, torch.zeros(1, 4))


# What the command line names


def test_a_function_may_be_the_first_to_import_torch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def make() -> nn.Module:
        monkeypatch.setitem(sys.modules, "torch", torch)
        return nn.Linear(3, 4)

    models: Any = ModuleType("some_models")
    models.make = make
    monkeypatch.setitem(sys.modules, "some_models", models)
    monkeypatch.delitem(sys.modules, "torch")
    assert isinstance(build_model("some_models:make"), nn.Linear)


def test_a_reference_to_a_function_a_class_or_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    models: Any = ModuleType("some_models")
    models.Net = Restless
    models.make = lambda: models.net
    models.net = nn.Linear(3, 4)
    models.family = ModuleType("family")
    models.family.net = models.net
    monkeypatch.setitem(sys.modules, "some_models", models)
    assert isinstance(build_model("some_models:Net"), Restless)
    for name in ("make", "net", "family.net"):
        assert build_model(f"some_models:{name}") is models.net


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_example_inputs_for_a_module(device: str) -> None:
    model = nn.Linear(3, 4, device=device)
    image = example_input(model, "1,3,224,224")
    assert isinstance(image, torch.Tensor)
    assert (image.shape, image.dtype) == ((1, 3, 224, 224), torch.float32)
    assert image.device.type == device
    tokens = example_input(model, "1,128:int64")
    assert (tuple(tokens.shape), tokens.dtype) == ((1, 128), torch.int64)
    assert isinstance(example_input(nn.ReLU(), "2"), torch.Tensor)
    # Without a dtype it is that of the parameters.
    assert example_input(model.half(), "1,3").dtype == torch.float16
    assert example_input(model.bfloat16(), "1,3").dtype == torch.bfloat16
    assert example_input(model, "1,3:float32").dtype == torch.float32
    integers = nn.Module()
    integers.tokens = nn.Parameter(torch.zeros(3, dtype=torch.int64), requires_grad=False)
    assert example_input(integers, "1,3").dtype == torch.float32
    with pytest.raises(ValueError, match="got '1,3:longdouble'"):
        example_input(model, "1,3:longdouble")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("layer", [nn.LSTM(3, 4), nn.MultiheadAttention(8, 2)])
def test_a_gpu_counts_as_the_meta_device_does(layer: nn.Module) -> None:
    shapes = [(7, 1, 3)] if isinstance(layer, nn.LSTM) else [(5, 1, 8)] * 3
    inputs = [torch.zeros(shape, device="cuda") for shape in shapes]
    random = torch.cuda.get_rng_state()
    on_gpu = quiet(copy.deepcopy(layer).to("cuda"), *inputs)
    on_meta = quiet(copy.deepcopy(layer).to("meta"), *inputs)
    assert (on_gpu.params, on_gpu.macs) == (on_meta.params, on_meta.macs)
    assert torch.equal(torch.cuda.get_rng_state(), random)
