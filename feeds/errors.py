"""What can go wrong when a feed is built."""


class InvalidValue(ValueError):
    """A value that no feed can carry truthfully.

    Trying again cannot help; the data has to be mended first, so `retryable` is false. The message is Vietnamese
    and names the field.
    """

    retryable = False

    def __init__(self, field: str, fault: str) -> None:
        self.field = field
        self.fault = fault
        super().__init__(f"{field}: {fault}")
