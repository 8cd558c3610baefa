"""The names of the categories that can be switched off, in each language. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from services.notifications.domain.model import Category
from shared.languages import Language

CATEGORY_NAMES: Mapping[Language, Mapping[Category, str]] = {
    "en": {category: category.value for category in Category},
    "de": {
        Category.BOOKINGS: "Buchungen",
        Category.REMINDERS: "Erinnerungen",
        Category.PAYMENTS: "Zahlungen",
        Category.MESSAGES: "Nachrichten",
        Category.RATINGS: "Bewertungen",
    },
    "ar": {
        Category.BOOKINGS: "الحجوزات",
        Category.REMINDERS: "التذكيرات",
        Category.PAYMENTS: "المدفوعات",
        Category.MESSAGES: "الرسائل الجديدة",
        Category.RATINGS: "التقييمات",
    },
}
