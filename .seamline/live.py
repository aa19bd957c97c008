"""Keeps `mkdocs serve` live where Seamline is installed. Written by `seamline render`: change nothing."""

try:
    from seamline.site.hook import (  # noqa: F401
        on_build_error,
        on_nav,
        on_post_build,
        on_pre_build,
        on_serve,
        on_startup,
    )
except ImportError:  # a builder without Seamline reads what is in generated/
    pass
