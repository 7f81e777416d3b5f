"""The outcomes of requests as models, read from the JSON of the records."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

RecordedTime = Annotated[AwareDatetime, Field(strict=False)]
"""A time that PostgreSQL wrote into JSON, which knows no times."""


class RecordedOutcome(BaseModel):
    """The outcome of a request, as far as the program reads it.

    Of a chat that was forgotten, the records keep their form only: lists are empty, numbers zero,
    flags false, and texts and times None.

    Raises:
        pydantic.ValidationError: the JSON has another form. Its message holds nothing that people
            typed.
    """

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)
