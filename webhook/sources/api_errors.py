"""What the API server's answers can be besides the one that was asked for.

ApiError
├── Refused       it answered by a status
├── Unreachable   no answer came
└── Cut           a watch that had begun was broken off
"""


class ApiError(Exception):
    """The message is one line for people."""


class Refused(ApiError):
    """`retry_after`: seconds that the API server wants to be left alone."""

    def __init__(self, status: int, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    @property
    def is_forbidden(self) -> bool:
        return self.status == 403

    @property
    def is_missing(self) -> bool:
        return self.status == 404

    @property
    def is_conflict(self) -> bool:
        """Somebody else has changed the object meanwhile, or it exists already."""
        return self.status == 409


class Unreachable(ApiError):
    pass


class Cut(ApiError):
    pass
