"""Names are terms of docs/glossary.md: those that they replaced do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.stack import ROOT

# Retired names of classes, functions, parameters, attributes, variables and constants.
RETIRED = {
    "GatewayApp": {"Door"},
    "ProxyCall": {"Exchange"},
    "UpstreamConnectionLost": {"Lost"},
    "ClientDisconnected": {"ClientGone"},
    "Address, folder": {"Place", "place_of"},
    "acquire, release, closing": {"take_idle", "give", "dismissed"},
    "RequestContext": {"Trail", "trail"},
    "autocommit, Transaction, Executor": {"alone", "Run"},
    "PRODUCER, CONSUMERS, AGGREGATE_ID": {"BY", "TO"},
    "dead_letter": {"bury", "graves"},
    "gauge collectors": {"Measure", "measures"},
    "WakeSignal, wake, reschedule": {"Bell", "ring", "put_off"},
    "Booking, get_for_update, LockedRows": {"HeldBooking", "Held"},
    "apply_transition, save, TimelineEntry": {"Line", "facts_of", "know"},
    "last_sequence": {"heard", "names_heard", "payment_heard"},
    "emit, create_payout, record_capture": {"told", "Told", "is_told", "tell", "owe"},
    "split_between_parties, purge": {"divide", "forget"},
    "IdempotencyClaim, IssuedSession": {"Once", "Opened"},
    "reset_attempts, USER_COLUMNS": {"forgive", "SHOWN"},
    "consultant_prices, BookingTerms": {"Terms"},
    "ServiceHarness, StackDriver, BookingModel": {"Stage", "Theatre", "Deal"},
    "invariants, model_based": {"verdict", "proof"},
    "error, line_error …": {"fault_of", "faults_of", "judged"},
}
# Those that have no other sense, as parts of names too: `heard_by_both`, `DoorKeeper`.
RETIRED_PARTS = {"bury", "door", "forgive", "graves", "heard", "owe", "theatre", "verdict"}
# In texts, only in an unmistakable sense.
RETIRED_PHRASES = re.compile(
    r"\b(?:the clock (?:starts|does)|four beats|furnished|floor plan|bur(?:y|ies|ied) (?:a|the)"
    r"|forgive[ns]?|private dialect|held row|row is held)\b",
    re.IGNORECASE,
)
SOURCES = ("bench", "deploy", "gateway", "sandbox", "services", "shared", "tests")
# What the web app and its tests and scripts declare, without what is generated. Names of one word
# are left to their context there (a bell is a picture, `alone` is in sentences), but for these.
WEB_SOURCES = ("src", "e2e", "scripts")
WEB_DECLARED = re.compile(
    r"\b(?:const|let|var|function|class|type|interface|enum)\s+([A-Za-z_$][\w$]*)"
    r"|\b(?:const|let|var)\s*([{\[][^=;]*)="  # destructured
    r"|\(([^()]*)\)(?:\s*:\s*[\w<>\[\]|. ]+)?\s*(?:=>|\{)"  # parameters
    r"|\b([A-Za-z_$][\w$]*)\s*=>"
)
WEB_STRINGS = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
# Variables of make and of shell scripts, also those of a script within one.
ASSIGNED = re.compile(r"\b([A-Za-z_]\w*)\s*(?:[:?+]?=(?!=)| in )")
RETIRED_IN_WEB = {"tell", "told", "complained", "spoken", "mend", "Face"}
TEXTS = ("*.md", "docs/*.md", "services/**/*.md", "sandbox/**/*.md", "bench/**/*.md")


def _modules() -> Iterator[Path]:
    for folder in SOURCES:
        # Migrations describe the names of their time.
        yield from (p for p in (ROOT / folder).rglob("*.py") if "versions" not in p.parts)


def _defined(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno


def test_no_name_is_a_retired_one() -> None:
    instead = {name: term for term, names in RETIRED.items() for name in names}
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name} (say {instead[name.strip('_')]})"
        for path in _modules()
        for name, line in _defined(ast.parse(path.read_text()))
        if name.strip("_") in instead
    ]
    assert found == []


def test_no_name_contains_an_unmistakable_one() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in _modules()
        for name, line in _defined(ast.parse(path.read_text()))
        # The name of a test is a sentence.
        if not name.startswith("test_") and _parts(name) & RETIRED_PARTS
    ]
    assert found == []


def _web_modules() -> Iterator[Path]:
    for pattern in ("*.ts", "*.tsx", "*.mjs"):
        for folder in WEB_SOURCES:
            found = (ROOT / "web" / folder).rglob(pattern)
            yield from (path for path in found if ".gen." not in path.name)


def _declared(text: str) -> Iterator[tuple[str, int]]:
    """The names that a module of the web app declares, those of parameters too."""
    code = WEB_STRINGS.sub('""', text)
    for match in WEB_DECLARED.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        for name in re.findall(r"[A-Za-z_$][\w$]*", match[match.lastindex or 0]):
            yield name, line


def test_no_name_in_the_web_app_is_a_retired_one() -> None:
    modules = sorted(_web_modules())
    assert {path.relative_to(ROOT / "web").parts[0] for path in modules} == set(WEB_SOURCES)
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules
        for name, line in _declared(path.read_text())
        if name in RETIRED_IN_WEB or _parts(name) & RETIRED_PARTS
    ]
    assert found == []


def test_parameters_of_the_web_app_are_read() -> None:
    text = """
    const { a, b: [c] } = f("told");
    export function d(e: string, g = 1): Promise<void> {
      return list.map((h) => i((j, k) => j(k))).then(async l => l);
    }
    """
    names = {name for name, _ in _declared(text)}
    assert names >= {"a", "b", "c", "d", "e", "g", "h", "j", "k", "l"}
    assert "told" not in names


def test_no_variable_of_make_or_a_shell_script_is_a_retired_one() -> None:
    scripts = [ROOT / "Makefile", ROOT / ".ci" / "run", *(ROOT / "deploy").rglob("*.sh")]
    retired = {name for names in RETIRED.values() for name in names}
    found = [
        f"{path.relative_to(ROOT)}:{number}: {name}"
        for path in scripts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for name in ASSIGNED.findall(line)
        if name in retired or _parts(name) & RETIRED_PARTS
    ]
    assert found == []


def _parts(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_text_uses_a_retired_phrase() -> None:
    own = Path(__file__)
    texts = {path for pattern in TEXTS for path in ROOT.glob(pattern)}
    texts |= {*_modules(), *_web_modules()} - {own}
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in sorted(texts)
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := RETIRED_PHRASES.search(line))
    ]
    assert found == []
