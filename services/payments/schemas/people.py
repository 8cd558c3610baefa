"""The two parties in responses."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.payments.domain.read_models import Person as DomainPerson


class Person(msgspec.Struct, frozen=True):
    """One of the two parties."""

    id: UUID
    first_name: str
    last_name: str


def person_schema(person: DomainPerson) -> Person:
    """A party as a response."""
    return Person(person.id, person.first_name, person.last_name)
