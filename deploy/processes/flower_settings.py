"""Flower's own variables, read without loading Flower."""

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings import Settings


class FlowerSettings(BaseSettings):
    """Flower's variables, by Flower's own names. Raises ValidationError for a wrong login."""

    model_config = SettingsConfigDict(
        env_prefix="FLOWER_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    basic_auth: str = Field("", repr=False)
    port: int = Field(5555, ge=0, le=65535)
    """0: `make run` starts without Flower."""

    @field_validator("basic_auth")
    @classmethod
    def _name_and_password(cls, value: str) -> str:
        name, _, password = value.partition(":")
        if value and not (name and password):
            raise ValueError("must be name:password")
        return value


def load_flower_settings(settings: Settings) -> FlowerSettings:
    """From where the service's settings come from. Raises ValidationError."""
    return FlowerSettings(_env_file=".env", _secrets_dir=settings.secrets_dir)  # type: ignore[call-arg]


def complaint(error: ValidationError) -> str:
    """The first wrong variable and what is wrong with it, without its value."""
    problem = error.errors(include_input=False)[0]
    return f"FLOWER_{str(problem['loc'][0]).upper()}: {problem['msg']}"
