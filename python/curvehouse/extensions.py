"""What packages add to Curvehouse: objects that they register under a group of entry points."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Protocol, TypeVar

from curvehouse.errors import UsageError

__all__ = ["ExtensionGroup", "Named", "package_of"]


class Named(Protocol):
    """What can be registered: something that knows its own name."""

    @property
    def name(self) -> str:
        """The name under which it is registered."""


Extension = TypeVar("Extension", bound=Named)


@dataclass(frozen=True)
class ExtensionGroup(Generic[Extension]):
    """The objects of one kind that are installed.

    Attributes
    ----------
    group : str
        The group of entry points.
    kind : type
        What each of them must be.
    label : str
        What messages begin with.
    public_name : str
        Where authors of packages import ``kind`` from.
    """

    group: str
    kind: type[Extension]
    label: str
    public_name: str

    def names(self) -> list[str]:
        """Return the names that are registered, sorted, whether they load or not."""
        return sorted({point.name for point in entry_points(group=self.group)})

    def find(self, name: str) -> Extension:
        """Return the object of that name.

        Raises
        ------
        UsageError
            When there is none of that name or more than one, or it can't be loaded.
        """
        points = list(entry_points(group=self.group, name=name))
        if not points:
            known = ", ".join(self.names()) or "none: install curvehouse again"
            raise UsageError(f"{self.label}: {name!r} is unknown; choose among {known}.")
        if len(points) > 1:
            packages = " and ".join(sorted(map(package_of, points)))
            raise UsageError(
                f"{self.label}: {name!r} is registered by {packages}; uninstall one or rename it."
            )
        return self._checked(points[0], self._loaded(points[0]))

    def _loaded(self, point: EntryPoint) -> Any:
        try:
            return point.load()
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise UsageError(
                f"{self.label}: {point.name!r} of {package_of(point)} can't be loaded from "
                f"{point.value!r} ({reason}); repair or uninstall that package."
            ) from error

    def _checked(self, point: EntryPoint, found: Any) -> Extension:
        if not isinstance(found, self.kind):
            raise UsageError(
                f"{self.label}: {point.value!r} of {package_of(point)} is a "
                f"{type(found).__name__} and no {self.public_name}; correct its entry point."
            )
        if found.name != point.name:
            raise UsageError(
                f"{self.label}: {package_of(point)} registers {found.name!r} as {point.name!r}; "
                f"give the entry point the {self._noun}'s own name."
            )
        return found

    @property
    def _noun(self) -> str:
        return self.public_name.rpartition(".")[2].lower()


def package_of(point: EntryPoint) -> str:
    """Return the name of the package that registered an entry point."""
    return point.dist.name if point.dist is not None else "an unnamed package"
