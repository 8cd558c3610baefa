"""What notifications does when others tell: it keeps who there is, and tells whom it concerns."""

from __future__ import annotations

from shared.inbox import Reactions

REACTIONS: Reactions = ()
