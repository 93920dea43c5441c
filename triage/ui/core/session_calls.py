"""Turns use cases into methods that the desktop calls with the session of the user."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from triage.jobs.session import Session

P = ParamSpec("P")
R = TypeVar("R")


class SessionCalls:
    """Holds the session of the user. `Api` and its parts are built on it."""

    _session: Session


def with_session(job: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[SessionCalls, P], R]:
    """Returns a method that calls a use case with the session of the object."""

    @wraps(job)
    def call(api: SessionCalls, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return job(api._session, *args, **kwargs)

    return call
