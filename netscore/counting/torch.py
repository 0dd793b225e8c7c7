"""The counter of torch modules: ``torch.utils.flop_counter``, and what keeps it honest."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final

from netscore.checks import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import torch

# Operators of aten that multiply and for which torch.utils.flop_counter has no formula.
_UNCOUNTED_PRODUCTS: Final = {
    "_addmm_activation", "_cdist_forward", "_cudnn_rnn", "_fft_c2c", "_fft_c2r", "_fft_r2c",
    "_grouped_mm", "_int_mm", "_native_multi_head_attention",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_fused_attention_overrideable", "_scaled_grouped_mm", "_sparse_addmm",
    "_sparse_mm_reduce_impl", "_transformer_encoder_layer_fwd", "_trilinear",
    "_weight_int4pack_mm", "_weight_int4pack_mm_for_cpu", "_weight_int8pack_mm", "addmv",
    "addr", "dot", "miopen_rnn", "mkldnn_rnn_layer", "mv", "vdot",
}  # fmt: skip


def count_module(model: Any, inputs: tuple[Any, ...]) -> tuple[dict[str, Any], int, list[str]]:
    """Count a module with torch.utils.flop_counter.

    Returns the fields of a `Count`, the number of weights outside embeddings, and the operators
    that may multiply and for which the counter has no formula.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    module = getattr(model, "_orig_mod", model)  # of torch.compile
    inputs = _inputs_of(module, inputs)
    counter = FlopCounterMode(display=False)
    executed = _recorder()
    with _unchanged(module, inputs), _countable(module), executed, counter:
        module(*inputs)
    counted = {_name(packet) for packet in counter.get_flop_counts().get("Global", {})}
    left_out = {_name(op.overloadpacket) for op in executed.operators} - counted
    parameters = list(module.parameters())
    fields = {
        "params": sum(parameter.numel() for parameter in parameters),
        "trainable_params": sum(p.numel() for p in parameters if p.requires_grad),
        "macs": counter.get_total_flops() // 2,
        "counter": f"torch.utils.flop_counter of torch {torch.__version__}",
        "counts": tuple(sorted(counted)),
        "leaves_out": tuple(sorted(left_out)),
        "input_shapes": tuple(tuple(tensor.shape) for tensor in inputs),
    }
    embedding = (torch.nn.Embedding, torch.nn.EmbeddingBag)
    tables = {id(part.weight) for part in module.modules() if isinstance(part, embedding)}
    weights = sum(p.numel() for p in parameters if p.dim() > 1 and id(p) not in tables)
    # What an extension defines (quantised layers, hand-written attention) may well multiply.
    return fields, weights, sorted(n for n in left_out if n in _UNCOUNTED_PRODUCTS or "." in n)


def _inputs_of(module: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[torch.Tensor, ...]:
    """Return the checked inputs, on the device of the module."""
    import torch

    tensors = [*module.parameters(), *module.buffers()]
    if any(map(torch.nn.parameter.is_lazy, tensors)):
        raise ValueError(
            "count: the module is lazy and has no shapes yet: call it once on an example input"
        )
    devices = {tensor.device for tensor in tensors}
    meta = devices == {torch.device("meta")}
    for tensor in inputs:
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                "count: example inputs must be torch tensors, as in "
                f"count(model, torch.zeros(1, 3, 224, 224)), got {shown(tensor)}"
            )
        if len(devices) == 1 and not meta and tensor.device not in devices:
            raise ValueError(
                f"count: example inputs must be on {tensors[0].device}, the device of the module, "
                f"got one on {tensor.device}"
            )
    return tuple(tensor.to("meta") for tensor in inputs) if meta else inputs


def _recorder() -> Any:
    """Return a context whose `operators` are those executed in it, views aside."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recorder(TorchDispatchMode):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.operators: set[Any] = set()

        def __torch_dispatch__(self, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
            if not func.is_view:
                self.operators.add(func)
            return func(*args, **(kwargs or {}))

    return Recorder()


def _name(packet: Any) -> str:
    """Return the name of an operator, without the namespace if it is one of PyTorch's own."""
    return str(packet).removeprefix("aten.").removeprefix("prim.")


@contextmanager
def _unchanged(module: torch.nn.Module, inputs: Iterable[torch.Tensor]) -> Iterator[None]:
    """Put the module into evaluation mode, and everything back at the end."""
    import torch

    # The module works on copies of its buffers. One of TorchScript has no dict of them.
    copies = {id(tensor): tensor.clone() for tensor in module.buffers()}
    tensors = (*inputs, *module.parameters())
    gpus = {tensor.device.index for tensor in tensors if tensor.device.type == "cuda"}
    with ExitStack() as stack, torch.random.fork_rng(devices=gpus), torch.no_grad():
        for part in module.modules():
            # Not by eval(), which modules override: some keep parts of themselves in one mode.
            stack.callback(setattr, part, "training", part.training)
            part.training = False
            if isinstance(own := part._buffers, dict):
                stack.callback(own.update, dict(own))
                stack.callback(own.clear)
                own.update({name: copies.get(id(tensor)) for name, tensor in own.items()})
        yield


@contextmanager
def _countable(module: torch.nn.Module) -> Iterator[None]:
    """Keep torch from fused kernels, for which the counter has no formula."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    # Convolutions are far slower without these, and are counted with them.
    recurrent = any(isinstance(part, torch.nn.RNNBase) for part in module.modules())
    mha = torch.backends.mha
    with ExitStack() as stack:
        for library in (torch.backends.cudnn, torch.backends.mkldnn) if recurrent else ():
            stack.callback(setattr, library, "enabled", library.enabled)
            library.enabled = False
        stack.callback(mha.set_fastpath_enabled, mha.get_fastpath_enabled())
        mha.set_fastpath_enabled(False)
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        # Where nothing is compiled, the compiler need not be loaded.
        compiled = "torch._dynamo" in sys.modules
        stack.enter_context(torch.compiler.set_stance("force_eager") if compiled else nullcontext())
        yield
