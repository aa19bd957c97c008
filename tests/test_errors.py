"""Errors that cross the border of a process."""

from __future__ import annotations

import pickle

import pytest

from seamline.errors import CatalogError, Problem, SeamlineError, WeightsError


@pytest.mark.parametrize(
    "error",
    [
        WeightsError("no pipeline", where="catalog/weights", hint="fetch it"),
        SeamlineError("plain"),
        CatalogError.of([Problem("a.yml", 2, "title", "missing", "write it"), Problem("b.yml", 0, "", "torn")]),
    ],
)
def test_an_error_comes_out_of_a_pickle_as_it_went_in(error: SeamlineError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error) and vars(again) == vars(error)
    assert (again.what, again.where, again.hint) == (error.what, error.where, error.hint)
