"""What stands on a shelf? Modules of the packages that entry points name, imported only when asked for."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from seriatim.errors import Misuse

GROUP = "seriatim.shelves"


def names_on(shelf: str) -> dict[str, str]:
    """Every name on a shelf with the dotted path of its module; no module is imported.

    Names that begin with an underscore are parts shared by the modules of one package, not things on the shelf.

    >>> names_on("analyses")["incidence"]
    'seriatim.analyses.incidence'
    """
    found: dict[str, str] = {}
    for package in _packages(shelf):
        for name in _module_names(package):
            path = f"{package}.{name}"
            if name in found:
                raise Misuse(
                    f"two modules are called {name} on the shelf {shelf}: {found[name]} and {path}; rename one"
                )
            found[name] = path
    return dict(sorted(found.items()))


def take(shelf: str, name: str) -> ModuleType:
    """Import one thing from a shelf."""
    known = names_on(shelf)
    if name not in known:
        raise Misuse(f"nothing on the shelf {shelf} is called {name!r}; it has {', '.join(known)}")
    return importlib.import_module(known[name])


def _packages(shelf: str) -> list[str]:
    return sorted({point.value for point in _points(entry_points) if point.name == shelf})


@cache
def _points(look: Callable[..., Iterable[EntryPoint]]) -> tuple[EntryPoint, ...]:
    """What is installed, looked up once in a process: each look reads a file of every installed package."""
    return tuple(look(group=GROUP))


def _module_names(package: str) -> list[str]:
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:  # the package that it is in is gone
        spec = None
    if spec is None or spec.submodule_search_locations is None:
        raise Misuse(f"an entry point names the package {package}, which cannot be found; install or remove it")
    modules = pkgutil.iter_modules(spec.submodule_search_locations)
    return [module.name for module in modules if not module.name.startswith("_") and not module.ispkg]
