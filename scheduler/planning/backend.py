"""The inner loops, as they stand or compiled: the same functions, the same results.

Compiling needs the optional package ``numba`` (extra ``fast``). The machine code is kept on disk, in a folder named
after the digest of all kernel sources, so that no change to any of them ever meets old code.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scheduler.planning import kernel_fill, kernel_polish, kernel_score, kernel_search, kernel_state
from scheduler.planning.tables import REAL_COLUMNS, State, Tables

#: In the order in which they call each other: those that are called first.
KERNELS = (kernel_score, kernel_state, kernel_fill, kernel_search, kernel_polish)
#: Called from outside; all others are inlined, for passing the tables on costs more than the work done with them.
ENTRIES = frozenset({"put_in_time", "fill_all", "search", "polish"})

#: Without its memory manager (``_nrt``), for which nothing here has any use: counting references to each of forty
#: arrays at each call took nine tenths of the time (0.18 against 2.7 million moves a second).
OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


@dataclass(frozen=True, slots=True)
class Backend:
    """The entry points of the inner loops, and whether they take arrays (compiled) or lists."""

    compiled: bool
    put_in_time: Callable[..., int]
    fill_all: Callable[..., int]
    search: Callable[..., float]
    polish: Callable[..., float]

    def numbers(self, values: list[int]) -> Any:
        """Whole numbers as this backend wants them."""
        return _array(values, "int64") if self.compiled else values

    def reals(self, values: list[float]) -> Any:
        """Real numbers as this backend wants them."""
        return _array(values, "float64") if self.compiled else values

    def tables(self, tables: Tables) -> Tables:
        """The tables as this backend wants them."""
        return Tables(*(self._column(name, values) for name, values in tables._asdict().items()))

    def state(self, state: State) -> State:
        """A copy of the state, to be changed."""
        return State(*(_array(values, "int64") if self.compiled else list(values) for values in state))

    def _column(self, name: str, values: Any) -> Any:
        return self.reals(values) if name in REAL_COLUMNS else self.numbers(values)


def _array(values: Any, kind: str) -> Any:
    import numpy as np

    return np.array(values, dtype=kind)


@lru_cache(maxsize=1)
def plain() -> Backend:
    """The functions as they stand."""
    return _backend({name: value for kernel in KERNELS for name, value in vars(kernel).items()}, compiled=False)


@lru_cache(maxsize=1)
def compiled() -> Backend | None:
    """The compiled functions; None where numba is not installed or told not to compile."""
    try:
        import numba
    except ImportError:
        return None
    settings: Any = numba.config
    if settings.DISABLE_JIT:
        return None
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(_cache_folder())
    try:
        return _backend(_compiled_functions(numba.njit), compiled=True)
    finally:
        settings.CACHE_DIR = before


def is_loaded() -> bool:
    """Whether this process has the compiled functions at hand already."""
    return compiled.cache_info().currsize > 0


def fastest() -> Backend:
    """The compiled backend where there is one, else the plain."""
    return compiled() or plain()


def _compiled_functions(njit: Callable[..., Any]) -> dict[str, Any]:
    """Twins of the kernels' functions whose calls lead to compiled twins, too."""
    names: dict[str, Any] = {}
    for kernel in KERNELS:
        own = dict(vars(kernel))
        own.update({name: twin for name, twin in names.items() if name in own})
        for name, value in vars(kernel).items():
            if isinstance(value, types.FunctionType) and value.__module__ == kernel.__name__:
                twin = types.FunctionType(value.__code__, own, name, value.__defaults__)
                twin.__module__, twin.__qualname__ = value.__module__, value.__qualname__
                own[name] = names[name] = njit(**OPTIONS, forceinline=name not in ENTRIES)(twin)
    return names


def _backend(names: dict[str, Any], *, compiled: bool) -> Backend:
    return Backend(compiled, names["put_in_time"], names["fill_all"], names["search"], names["polish"])


def _cache_folder() -> Path:
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for source in sorted([*here.glob("kernel_*.py"), here / "tables.py", here / "backend.py"]):
        digest.update(source.read_bytes())
    name = f"compiled-{digest.hexdigest()[:16]}"
    beside = here / "__pycache__"
    if os.access(beside if beside.exists() else here, os.W_OK):
        return beside / name
    return Path(tempfile.gettempdir()) / f"scheduler-planning-{os.getuid()}" / name
