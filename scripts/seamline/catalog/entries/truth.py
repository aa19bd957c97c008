"""What an instruction means, for a scene: the edit whose true picture is known."""

from __future__ import annotations

from pydantic import Field, model_validator

from seamline.catalog.entries.base import Entry, Position


class SwapTruth(Entry):
    """`person` gets another identity; attributes not named stay, accessories not named come off."""

    person: Position = Field(description="Whose face is replaced.")
    to: dict[str, str] = Field(description="Attributes of the new identity that the instruction names.")


class ExchangeTruth(Entry):
    """Two people trade identities."""

    person: Position = Field(description="One of the two.")
    other: Position = Field(description="The other.")


class AttributeTruth(Entry):
    """One attribute of one person changes."""

    person: Position = Field(description="Whose attribute.")
    attribute: str = Field(description="Which one, `hair_colour`.")
    value: str = Field(description="Its new value, `grey`.")


class ExpressionTruth(Entry):
    """One person's expression changes."""

    person: Position = Field(description="Whose expression.")
    expression: str = Field(description="The new one, `smiling`.")


class Truth(Entry):
    """What the instruction means, for a scene: gives the true picture. Exactly one."""

    swap: SwapTruth | None = Field(default=None, description="A face swap.")
    exchange: ExchangeTruth | None = Field(default=None, description="Two people trade faces.")
    attribute: AttributeTruth | None = Field(default=None, description="One attribute changes.")
    expression: ExpressionTruth | None = Field(default=None, description="One expression changes.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Truth:
        if sum(value is not None for value in (self.swap, self.exchange, self.attribute, self.expression)) != 1:
            raise ValueError("give exactly one of `swap`, `exchange`, `attribute` and `expression`")
        return self
