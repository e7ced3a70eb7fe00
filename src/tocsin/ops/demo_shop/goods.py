"""What the shop sells, with the mistakes that creep into code like it."""

from collections.abc import Sequence

PRICES: dict[str, object] = {"boot-41": 89.0, "boot-42": 89.0, "sandal-38": "49,90", "lace": 4.5}
STOCK = {"boot-41": 3, "boot-42": 1, "sandal-38": 12, "lace": 140}
PARENTS = {"boots": "shoes", "shoes": "outdoor", "outdoor": "boots"}
LOW_STOCK = 5


def cheapest_first() -> list[object]:
    """One price came from a spreadsheet as text, and texts do not compare with numbers."""
    return sorted(PRICES.values())  # type: ignore[type-var]


def average_rating(ratings: Sequence[int]) -> float:
    """Nobody has rated the new sandals yet."""
    return sum(ratings) / len(ratings)


def trail(category: str) -> list[str]:
    """Someone filed the outdoor department under boots, and boots are outdoor."""
    parent = PARENTS.get(category)
    return [*trail(parent), category] if parent else [category]


def imported(sheet: bytes) -> list[tuple[str, float]]:
    """The supplier's sheet is in Latin-1, whatever its header says."""
    lines = sheet.decode("utf-8").splitlines()
    return [(name, float(price)) for name, price in (line.split(";") for line in lines)]


def is_low(sku: str) -> bool:
    return STOCK[sku] < LOW_STOCK
