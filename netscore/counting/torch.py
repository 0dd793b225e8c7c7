"""The counter of torch modules: ``torch.utils.flop_counter``, and what keeps it honest."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from copy import copy
from dataclasses import fields, is_dataclass
from functools import partial, reduce
from math import prod
from pathlib import Path
from types import GeneratorType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from netscore.checks import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Of operators: that they move values or make room, that they do no product, or which of the
# formulas counts them that torch.utils.flop_counter has not. A number behind a name is the place
# of the first operand. All others may multiply.
_KINDS: Final = {
    kind: names.split()
    for kind, names in re.findall(
        r"(?m)^(\w+): (.*\n(?: .*\n)*)",
        Path(__file__).with_name("operators.txt").read_text("utf-8"),
    )
}
# The multiply-accumulates from the shapes of the first operand, of the weights (packed ones, or
# the second operand) and of the result.
_FORMULAS: Final[dict[str, Callable[[Any, Any, Any], int]]] = {
    # Of a group of matrices that share a wide one, each meets its own columns.
    "matrix": lambda x, w, y: prod(x) * y[-1] // (x[0] if len(x) > len(w[0]) > 1 else 1),
    "vector": lambda x, w, y: prod(x),
    "outer": lambda x, w, y: prod(x) * prod(w[0]),
    "distance": lambda x, w, y: prod(y) * x[-1],
    "attention": lambda x, w, y: (prod(x) + prod(y)) * w[0][-2],
    "convolution": lambda x, w, y: prod(y) * prod(w[0][1:]),
    "transposed": lambda x, w, y: prod(x) * prod(w[0][1:]),
    "tbc": lambda x, w, y: prod(y) * prod(w[0][:2]),
    "recurrent": lambda x, w, y: prod(x[:-1]) * sum(prod(v) for v in w if len(v) > 1),
}
# Where mixtures of experts keep how many of them a token is routed to.
_ROUTED: Final = ("top_k", "num_experts_per_tok", "moe_top_k", "moe_topk", "num_selected_experts")
_GRADIENTS: Final = "requires?[ _]grad"
_NESTED: Final = "nested (jagged) tensors cannot be counted: pad them, or count one sequence"
# What torch says of a pass that cannot be counted, and what that means.
_REASONS: Final = {
    "flex_attention": "flex_attention cannot be counted: choose another attention, as with "
    "attn_implementation='sdpa' or 'eager'",
    "(?i)meta tensor|'meta'|data.(in)?dependent": "the forward pass looks at the values of its "
    "tensors, which the meta device has not: leave out a mask, or build the module on the CPU",
    "(?i)nested|jagged|sym_is_contiguous": _NESTED,
    _GRADIENTS: "the forward pass asks for gradients with respect to what requires none",
}


def count_module(
    model: Any, inputs: tuple[Any, ...], named: dict[str, Any]
) -> tuple[dict[str, Any], int, list[str], list[str], Callable[[], int | None]]:
    """Count a module with torch.utils.flop_counter.

    Returns the fields of a `Count`, the number of weights outside embeddings, the operators that
    may multiply and for which the counter has no formula, other doubts, and what counts the
    first example of a batch alone.
    """
    import torch

    module = getattr(model, "_orig_mod", model)  # of torch.compile
    given = _inputs_of(torch, module, (inputs, named))
    seen = _counted(torch, module, given)

    def alone() -> int | None:
        first = _mapped(given, lambda leaf: leaf[:1] if leaf.shape else leaf)
        try:
            return int(_counted(torch, module, first).macs)
        except Exception:  # of the module, which takes no single example
            return None

    parameters = {id(p): p for p in module.parameters()}
    packed = _packed(torch, [value for part in module.modules() for value in vars(part).values()])
    params = sum(tensor.numel() for tensor in (*parameters.values(), *packed))
    kinds = (torch.nn.Embedding, torch.nn.EmbeddingBag)
    tables = seen.tables | {id(part.weight) for part in module.modules() if isinstance(part, kinds)}
    idle = _idle(torch, module)
    counted = {product[1] for product in seen.products}
    others = seen.operators.keys() - counted
    # A vector may have further dimensions of 1.
    weights = (p for key, p in seen.ran.items() if key not in tables and _is_matrix(p))
    found = {
        "params": params,
        "trainable_params": sum(p.numel() for p in parameters.values() if p.requires_grad),
        "embedding_params": sum(parameters[key].numel() for key in tables & parameters.keys()),
        "active_params": None if idle is None else params - idle,
        "macs": seen.macs,
        "counter": f"torch.utils.flop_counter of torch {torch.__version__}",
        "counts": tuple(sorted(counted)),
        "leaves_out": tuple(sorted(name for name in others if _root(name) not in _KINDS["moves"])),
        "input_shapes": tuple(tuple(leaf.shape) for leaf in _leaves(given)),
        "products": tuple((*product, flops // 2) for product, flops in seen.products.items()),
    }
    return (
        found,
        sum(p.numel() for p in weights) - (idle or 0),
        sorted(name for name in others if seen.operators[name]),
        _strangers(torch, module, seen, params, unpacked=seen.packed and not packed),
        alone,
    )


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return an input with its tensors and arrays changed."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return change(value)
    if isinstance(value, (list, tuple)):
        items = [_mapped(item, change) for item in value]
        return getattr(type(value), "_make", type(value))(items)
    if hasattr(value, "keys") and hasattr(value, "__setitem__"):  # a dict, tokens, a graph
        same = copy(value)
        # A graph has the names of its tensors in a set, of no order.
        for key in [*value] if isinstance(value, Mapping) else sorted(value.keys()):
            same[key] = _mapped(value[key], change)
        return same
    if is_dataclass(value) and not isinstance(value, type):
        same = copy(value)
        for entry in fields(value):
            object.__setattr__(same, entry.name, _mapped(getattr(value, entry.name), change))
        return same
    return value


def _leaves(value: Any) -> list[Any]:
    leaves: list[Any] = []

    def keep(leaf: Any) -> Any:
        leaves.append(leaf)
        return leaf  # as a copy of a graph may share what holds its tensors

    _mapped(value, keep)
    return leaves


def _inputs_of(torch: Any, module: Any, given: Any) -> Any:
    """Return the checked inputs, on the device of the module."""
    if isinstance(module, torch.jit.ScriptModule) and not hasattr(module, "training"):
        raise ValueError(
            "count: the module is frozen TorchScript, whose weights are constants of its graph: "
            "count it before torch.jit.freeze"
        )
    tensors = [*module.parameters(), *module.buffers()]
    if any(map(torch.nn.parameter.is_lazy, tensors)):
        raise ValueError(
            "count: the module is lazy and has no shapes yet: call it once on an example input"
        )
    devices = {tensor.device for tensor in tensors}
    if devices == {torch.device("meta")}:
        return _mapped(given, lambda leaf: torch.as_tensor(leaf).to("meta"))
    for leaf in _leaves(given):
        if getattr(leaf, "is_nested", False):
            raise ValueError(f"count: {_NESTED}")
        if isinstance(leaf, torch.Tensor) and len(devices) == 1 and leaf.device not in devices:
            raise ValueError(
                f"count: example inputs must be on {tensors[0].device}, the device of the module, "
                f"got one on {leaf.device}"
            )
    return given


def _counted(torch: Any, module: Any, given: Any, gradients: bool = False) -> SimpleNamespace:
    """Run the module and return what was seen, or say why it cannot be counted."""
    try:
        return _pass(torch, module, given, gradients)
    except (AttributeError, RuntimeError, TypeError) as error:
        text, leaves = str(error), _leaves(given)
        if not gradients and re.search(_GRADIENTS, text):
            return _counted(torch, module, given, gradients=True)
        if any(not isinstance(leaf, torch.Tensor) for leaf in leaves):
            return _counted(torch, module, _mapped(given, torch.as_tensor))
        for said, reason in _REASONS.items():
            if re.search(said, text):
                raise ValueError(f"count: {reason}") from error
        if leaves:
            raise
        raise TypeError(
            "count: example inputs must be torch tensors, as in count(model, "
            f"torch.zeros(1, 3, 224, 224)), got {shown(given[0][0]) if given[0] else 'none'}"
        ) from error


def _pass(torch: Any, module: Any, given: Any, gradients: bool) -> SimpleNamespace:
    """Run the module once and return what was seen."""
    from torch.nn.modules import module as hooks
    from torch.utils.flop_counter import FlopCounterMode

    seen = SimpleNamespace(
        operators={}, products=Counter(), tables=set(), ran={}, places=set(), packed=False
    )
    names = {id(part): name for name, part in module.named_modules()}
    inside = [module]

    def enter(part: Any, _: Any) -> None:
        inside.append(part)
        seen.ran.update({id(p): p for p in part.parameters(recurse=False)})

    def leave(*_: Any) -> None:
        inside.pop()

    def flops(packet: Any, formula: Any, *args: Any, out_val: Any, **kwargs: Any) -> int:
        found: int = formula(*args, out_val=out_val, **kwargs)
        packed = _packed(torch, args)
        operands = _leaves([args, kwargs]) + packed
        for operand in operands:
            if "sparse" in str(operand.layout):
                found = found * operand._nnz() // operand.numel()
            seen.places.add(_place(operand))
            seen.packed |= bool(packed)
        # torch makes a complex convolution of three real ones.
        found *= 3 if any(operand.is_complex() for operand in operands) else 1
        part = names.get(id(inside[-1])) or type(inside[-1]).__name__
        seen.products[part, _name(packet), tuple(tuple(t.shape) for t in operands)] += found
        return found

    counter: Any = FlopCounterMode(display=False)
    counter.flop_registry = {
        packet: partial(flops, packet, formula)
        for packet, formula in (_formulas(torch) | counter.flop_registry).items()
    }
    # Its own follows gradients as well, which views of parameters do not have here.
    counter.mod_tracker = nullcontext()
    counter.mod_tracker.parents = {"Global"}
    with ExitStack() as stack:
        stack.enter_context(_unchanged(torch, module, _leaves(given), gradients))
        outside = [(name, tensor, _version(tensor)) for name, tensor in _outside(torch, module)]
        stack.enter_context(_countable(torch, module))
        stack.callback(hooks.register_module_forward_pre_hook(enter).remove)
        stack.callback(hooks.register_module_forward_hook(leave, always_call=True).remove)
        stack.enter_context(_recorder(torch, seen))
        stack.enter_context(counter)
        result = module(*given[0], **given[1])
        if isinstance(result, GeneratorType):
            raise ValueError(
                "count: forward is a generator, of which nothing has run: count a module whose "
                "forward returns what it yields"
            )
        # What the pass wrote to is a state and no weight.
        seen.outside = {name: tensor for name, tensor, was in outside if _version(tensor) == was}
    seen.macs = counter.get_total_flops() // 2
    return seen


def _formulas(torch: Any) -> dict[Any, Any]:
    """Return the formulas of the operators that operators.txt names and torch knows."""

    def flops(formula: Any, place: int, *args: Any, out_val: Any, **_: Any) -> int:
        weights = _packed(torch, args) or _leaves(args[place + 1 : place + 2])
        result = out_val[0] if isinstance(out_val, tuple) else out_val
        return 2 * int(formula(args[place].shape, [w.shape for w in weights], result.shape))

    return {
        reduce(lambda space, part: getattr(space, part, None), name.split("."), torch.ops): partial(
            flops, formula, int(place or 0)
        )
        for kind, formula in _FORMULAS.items()
        for name, _, place in (entry.partition(":") for entry in _KINDS[kind])
    }


def _packed(torch: Any, value: Any) -> list[Any]:
    """Return the weights and biases that torch has packed into parameters of quantised layers."""
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _packed(torch, item)]
    if not (isinstance(value, torch.ScriptObject) and value._has_method("__getstate__")):
        return []
    state = value.__getstate__()
    # A recurrent cell repeats the biases of its layers.
    tensors = [leaf for leaf in _leaves(state) if leaf.is_quantized or leaf.is_floating_point()]
    return _packed(torch, state) or tensors


def _outside(torch: Any, module: Any) -> Iterator[tuple[str, Any]]:
    """Name the tensors of a module that are no parameters of it, nor left out when it is saved."""
    for name, part in module.named_modules():
        unsaved = getattr(part, "_non_persistent_buffers_set", ())
        for key, value in (vars(part) | dict(part.named_buffers(recurse=False))).items():
            if isinstance(value, torch.Tensor) and key not in unsaved:
                yield f"{name}.{key}".lstrip("."), value


def _strangers(
    torch: Any, module: Any, seen: SimpleNamespace, params: int, unpacked: bool
) -> list[str]:
    """Say what may be weights and is not in params, or not as many as it holds."""
    plain = (torch.bool, torch.int64)
    held = {
        "by which products multiplied, and which are no parameters": [
            (name, tensor.numel())
            for name, tensor in seen.outside.items()
            if _is_number(tensor) and _is_matrix(tensor) and _place(tensor) in seen.places
        ],
        "whose integers may be weights, or several in one": [
            (name, tensor.numel())
            for name, tensor in {**dict(module.named_parameters()), **seen.outside}.items()
            if not _is_number(tensor) and tensor.dtype not in plain and _is_matrix(tensor)
            if tensor.dtype != torch.int8 or name in seen.outside
        ],
    }
    said = ["params leaves out the weights that TorchScript has packed"] if unpacked else []
    return said + [
        f"params may be too low for {', '.join(name for name, _ in sizes[:3])}"
        f"{f' and {len(sizes) - 3} more' if len(sizes) > 3 else ''}, {what}"
        for what, sizes in held.items()
        # Less than a hundredth is in no digit of a score that papers print.
        if 100 * sum(size for _, size in sizes) > params
    ]


def _is_number(tensor: Any) -> bool:
    """Whether each element is one floating-point number, and not two in a byte."""
    return (tensor.is_floating_point() or tensor.is_complex()) and "x2" not in str(tensor.dtype)


def _is_matrix(tensor: Any) -> bool:
    return bool(tensor.numel() > max(tensor.shape, default=0))


def _place(tensor: Any) -> int:
    """Return what the views of a tensor share with it, on the meta device too."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except RuntimeError:  # of layouts without a storage
        return id(tensor)


def _version(tensor: Any) -> int:
    return -1 if tensor.is_inference() else int(tensor._version)


def _idle(torch: Any, module: Any) -> int | None:
    """Return how many parameters are of experts that a token is not routed to.

    None if the module has experts and does not say to how many of them.
    """
    idle = 0
    for part in module.modules():
        experts = getattr(part, "experts", None)
        if not isinstance(experts, torch.nn.Module):
            continue
        listed = isinstance(experts, torch.nn.ModuleList)
        size = len(experts) if listed else getattr(experts, "num_experts", 0)
        owners = (part, *part.children(), *(getattr(m, "config", None) for m in (part, module)))
        routed = (getattr(owner, name, None) for name in _ROUTED for owner in owners)
        active = next((number for number in routed if isinstance(number, int)), None)
        if not size or active is None:
            return None
        own = (p.numel() for p in experts.parameters() if listed or p.shape[:1] == (size,))
        idle += sum(own) * (size - active) // size
    return idle


def _recorder(torch: Any, seen: SimpleNamespace) -> Any:
    """Return a context that keeps the operators executed in it, views aside."""
    from torch.utils._python_dispatch import TorchDispatchMode

    aten = torch.ops.aten
    none = {*_KINDS["moves"], *_KINDS["none"]}
    # What the meta device has of these operators for numbers of one kind alone.
    only = {aten.histc.default: torch.float32, aten._grouped_mm.default: torch.bfloat16}

    class Recorder(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            name = _name(func.overloadpacket)
            if not func.is_view:
                may_multiply = _root(name) not in none and torch.Tag.pointwise not in func.tags
                seen.operators[name] = seen.operators.get(name, False) or may_multiply
            if func is aten.embedding.default:
                seen.tables.add(id(args[0]))
            if func in only and args[0].is_meta:
                operands = _mapped(list(args[:2]), lambda leaf: leaf.to(only[func]))
                return func(*operands, *args[2:], **kwargs).to(args[0].dtype)
            return func(*args, **kwargs)

    return Recorder()


def _name(packet: Any) -> str:
    """Return the name of an operator, without the namespace if it is one of PyTorch's own."""
    return str(packet).removeprefix("aten.").removeprefix("prim.")


def _root(name: str) -> str:
    """Return the name of what an operator does, in place, to a list or for a gradient."""
    name = name.rpartition(".")[2]
    return re.sub(r"^_foreach_|_(backward.*|jvp)$|(_copy)?_*$", "", name)


@contextmanager
def _unchanged(torch: Any, module: Any, inputs: list[Any], gradients: bool) -> Iterator[None]:
    """Put the module into evaluation mode, and everything back at the end."""
    # The module works on copies of its buffers. One of TorchScript has no dict of them.
    copies = {id(tensor): tensor.clone() for tensor in module.buffers()}
    parameters = [*module.parameters()]
    devices = [tensor.device for tensor in (*inputs, *parameters) if hasattr(tensor, "is_cuda")]
    gpus = {device.index for device in devices if device.type == "cuda"}
    with ExitStack() as stack, torch.random.fork_rng(devices=gpus):
        stack.enter_context(torch.set_grad_enabled(gradients))
        for part in module.modules():
            # Not by eval(), which modules override: some keep parts of themselves in one mode.
            stack.callback(setattr, part, "training", part.training)
            part.training = False
            if isinstance(own := part._buffers, dict):
                stack.callback(own.update, dict(own))
                stack.callback(own.clear)
                own.update({name: copies.get(id(tensor)) for name, tensor in own.items()})
        for parameter in parameters if gradients else ():
            stack.callback(setattr, parameter, "grad", parameter.grad)
            parameter.grad = None
        yield


@contextmanager
def _countable(torch: Any, module: Any) -> Iterator[None]:
    """Keep torch from fused kernels, for which the counter has no formula, and from weights."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.utils import parametrize
    from torch.nn.utils.spectral_norm import SpectralNorm

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
        # Weights that are made of others are made once, before what is counted.
        stack.enter_context(parametrize.cached())
        for part in module.modules():
            for name in part.parametrizations if parametrize.is_parametrized(part) else ():
                getattr(part, name)
            own = part._forward_pre_hooks
            for key, hook in [*own.items()]:
                if isinstance(hook, SpectralNorm):
                    hook(part, ())
                    stack.callback(own.update, dict(own))
                    stack.callback(own.clear)
                    del own[key]
        yield
