"""Keeps `mkdocs serve` live where Seamline is installed. Written by `seamline render`: change nothing."""

try:
    from seamline.site.hook import on_build_error, on_post_build, on_pre_build, on_serve, on_startup  # noqa: F401
except ImportError:  # a builder without Seamline reads what is in generated/
    pass
