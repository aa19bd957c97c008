"""Seamline: answers from a closed catalog, with edits that were run and measured.

    from seamline import Project

    project = Project.open()
    project.status().states

`Project` is the public API, errors are those of `seamline.errors`; everything else is internal and may change.
"""

TYPE_CHECKING = False
"""As `typing.TYPE_CHECKING`, without loading `typing`: importing the package alone loads nothing."""

if TYPE_CHECKING:
    from seamline.project import Project

__version__ = "0.1.0"
__all__ = ["Project", "__version__"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "Project":
            from seamline.project import Project

            return Project
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
