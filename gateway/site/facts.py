"""What search engines are told of a page in JSON-LD, in the words of schema.org."""

from __future__ import annotations

from typing import Any

from shared.currencies import CURRENCIES

_CONTEXT = "https://schema.org"


def website_facts(name: str, url: str) -> dict[str, Any]:
    """The marketplace at `url` (without a slash at its end), and how it is searched."""
    return {
        "@context": _CONTEXT,
        "@type": "WebSite",
        "name": name,
        "url": f"{url}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{url}/find?q={{search}}",
            "query-input": "required name=search",
        },
    }


def facts_of_expert(profile: dict[str, Any], expert: dict[str, Any]) -> list[dict[str, Any]]:
    """JSON-LD: the person, and the service that they offer."""
    person = {
        "@type": "Person",
        "name": expert["name"],
        "url": expert["url"],
        "description": profile["headline"],
        "knowsAbout": profile["expertise_tags"],
        "knowsLanguage": profile["languages"],
    }
    currency = CURRENCIES[profile["currency"]]
    price = currency.text(profile["hourly_rate"]).partition(" ")[0]
    service: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Service",
        "name": profile["headline"],
        "url": expert["url"],
        "provider": person,
        "offers": {
            "@type": "Offer",
            "url": expert["url"],
            "price": price,
            "priceCurrency": currency.code.upper(),
            "availability": "https://schema.org/InStock"
            if profile["next_available_at"]
            else "https://schema.org/OutOfStock",
        },
    }
    if profile["rating_count"]:
        service["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": profile["average_rating"],
            "reviewCount": profile["rating_count"],
            "bestRating": 5,
            "worstRating": 1,
        }
    return [{"@context": _CONTEXT, **person}, service]


def item_list(cards: list[dict[str, Any]]) -> dict[str, Any]:
    """The experts of a list, in their order."""
    elements = [
        {"@type": "ListItem", "position": position, "url": card["url"], "name": card["name"]}
        for position, card in enumerate(cards, 1)
    ]
    return {"@context": _CONTEXT, "@type": "ItemList", "itemListElement": elements}
