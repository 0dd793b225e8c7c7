from __future__ import annotations

import copy
import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from netscore.counting import Count, CountWarning, build_model, count, example_input

pytest.importorskip("torch", reason="torch is not installed (extra torch)")

import reference_models
import torch
from torch import nn
from torch.nn.functional import dropout, scaled_dot_product_attention

if TYPE_CHECKING:
    from collections.abc import Callable


def quiet(model: Any, *inputs: Any) -> Count:
    """Count a network so small that macs or batch size may look odd."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CountWarning)
        return count(model, *inputs)


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


def test_scripted_and_compiled_modules() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))

    def compile_nothing(*_: Any) -> Any:
        raise AssertionError("the module was compiled")

    compiled = torch.compile(model, backend=compile_nothing)
    assert quiet(compiled, torch.zeros(1, 3)).macs == 12
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
        libraries = enabled and not isinstance(model, nn.RNN)
        assert seen == [(libraries, libraries, False)]
        assert (cudnn.enabled, mkldnn.enabled, mha.get_fastpath_enabled()) == (enabled,) * 3
    finally:
        mha.set_fastpath_enabled(before)


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
    with pytest.warns(CountWarning, match="torch.utils.flop_counter has no formula for _trilinear"):
        count(nn.Bilinear(3, 4, 5), torch.zeros(1, 3), torch.zeros(1, 4))

    @torch.library.custom_op("netscore_test::double", mutates_args=())
    def double(x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    class Doubled(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = double(super().forward(x))
            return y

    with pytest.warns(CountWarning, match=r"no formula for netscore_test\.double, so that macs"):
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


def test_a_lazy_module_has_no_shapes() -> None:
    with pytest.raises(ValueError, match=r"\Acount: the module is lazy and has no shapes yet"):
        count(nn.LazyLinear(3), torch.zeros(1, 4))
    with pytest.raises(ValueError, match=r"\Acount: the module is lazy and has no shapes yet"):
        count(nn.Sequential(nn.LazyBatchNorm1d(affine=False)), torch.zeros(1, 4))


def test_example_inputs_are_tensors() -> None:
    with pytest.raises(TypeError, match=r"torch\.zeros\(1, 3, 224, 224\)\), got \(1, 3\)\Z"):
        count(nn.Linear(3, 4), (1, 3))


def test_inputs_are_on_the_device_of_the_module() -> None:
    with pytest.raises(
        ValueError, match=r"must be on cpu, the device of the module, got one on meta\Z"
    ):
        count(nn.Linear(3, 4), torch.zeros(1, 3, device="meta"))


def test_a_module_without_tensors_takes_any_device() -> None:
    attention = Attention()
    q = torch.zeros(1, 1, 2, 4, device="meta")
    assert count(attention, q, q, q).macs == 2 * 2 * 2 * 4


def test_a_module_on_two_devices_is_left_to_itself() -> None:
    model = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 4, device="meta"))
    with pytest.raises(RuntimeError):  # torch's own
        count(model, torch.zeros(1, 4))


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
