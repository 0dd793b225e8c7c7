"""NetScore and information density: how efficient a neural network is.

>>> from netscore import netscore
>>> round(netscore(72.0, params=3.4e6, macs=300e6), 1)  # MobileNetV2
74.2
"""

import sys
from types import ModuleType

__version__ = "0.2.0.dev0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netscore.checks import UnitWarning as UnitWarning
    from netscore.comparison import compare as compare
    from netscore.counting import count as count
    from netscore.diagnosis import diagnose as diagnose
    from netscore.formula import information_density as information_density
    from netscore.formula import netscore as netscore
    from netscore.intervals import netscore_interval as netscore_interval
    from netscore.metrics import Cost as Cost
    from netscore.metrics import Metric as Metric
    from netscore.metrics import signature as signature
    from netscore.metrics import solve as solve
    from netscore.networks import Network as Network
    from netscore.networks import find_network as find_network
    from netscore.networks import load_networks as load_networks
    from netscore.order import rank as rank
    from netscore.order import top as top
    from netscore.pareto import pareto_front as pareto_front
    from netscore.smaa import sensitivity as sensitivity
    from netscore.tables import rank_table as rank_table

# Where each public name is; loaded on first use.
_MODULES = {
    "checks": ("UnitWarning",),
    "comparison": ("compare",),
    "counting": ("count",),
    "diagnosis": ("diagnose",),
    "formula": ("information_density", "netscore"),
    "intervals": ("netscore_interval",),
    "metrics": ("Cost", "Metric", "signature", "solve"),
    "networks": ("Network", "find_network", "load_networks"),
    "order": ("rank", "top"),
    "pareto": ("pareto_front",),
    "plots": (),
    "smaa": ("sensitivity",),
    "tables": ("rank_table",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}
__all__ = sorted([*_MODULE_OF, "__version__"])


class _Package(ModuleType):
    """The package; whoever calls it meant the function."""

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError("netscore is the package: write  from netscore import netscore")


sys.modules[__name__].__class__ = _Package

# Hidden from type checkers, to which any name would otherwise seem to exist.
if not TYPE_CHECKING:  # pragma: no branch

    def __getattr__(name: str) -> object:
        """Load a public name, or a module of the package, on first use."""
        from importlib import import_module

        if name in _MODULE_OF:
            value: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
            globals()[name] = value
            return value
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
