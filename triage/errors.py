"""The errors that people see, apart from our bugs.

`WorldError` is the world's fault: damaged input, a full disk, a wrong passphrase. It carries one message for a person, with the
next step if there is one. `detail` goes to the log. Anything else that is raised is our bug.
"""

from __future__ import annotations

from triage.message import Message, Value


class WorldError(Exception):
    """Something outside the program is wrong.

    `message` is one sentence for a person, without personal content.

    Example: `StoreError("Can't write {path}: permission denied.", path=path)`. `str(error)` is English.
    """

    def __init__(self, message: str | Message, /, *, detail: str = "", **values: Value) -> None:
        """Takes an English template with its values, or an existing message."""
        self.message = message if isinstance(message, Message) else Message(message, **values)  # message-ok
        self.detail = detail
        super().__init__(str(self.message))


class InputError(WorldError):
    """Input that can't be read: it is set aside with this reason, and its bytes are kept."""


class PasswordNeeded(InputError):
    """A locked zip or PDF that none of the given passwords opens."""


class DecoderError(WorldError):
    """No decoder worker can be started.

    It says nothing about any file.
    """


class StoreError(WorldError):
    """The store can't be opened or written: damaged, too new, in use, or the disk is full."""


class MemoryUsedUp(WorldError):
    """A job needs more memory than it may use. What it acknowledged stays."""


class StoreBusy(StoreError):
    """Another program, window or job writes into the store and holds it for long.

    The call can be repeated.
    """


class DiskFull(StoreError):
    """The disk has no room left."""


class DamagedPart(StoreError):
    """A part of a backup is cut, changed, missing, or not the one that the backup names."""


class StepStored(StoreError):
    """The disk refused something behind the commit of a step. The step is stored, and the next one makes up for it."""


class WrongPassphrase(StoreError):
    """No key slot opens with this name and passphrase.

    The message never says which of the two was wrong.
    """


class Refused(WorldError):
    """The user's roles, or the policy, do not allow this."""


class SessionEnded(Refused):
    """The user was disabled, got another passphrase or lost a role since they unlocked the store: they have to unlock it anew."""


class NotFound(WorldError):
    """There is no such report, file, list or user."""


class Cancelled(WorldError):
    """The person stopped a long job. What was acknowledged stays."""
