"""The papers whose theorems are checked: a page each, from the registry of claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from proofs_check.claim import AnyClaim, Kind, shown
from proofs_check.papers import claims_of, papers
from proofs_check.show.reference import markdown_table, prose
from proofs_check.show.report import Row
from proofs_check.verify import run

SHOWN_INSTANCES = 6
SHOWN_COUNTEREXAMPLES = 3
LONGEST = 160  # characters of an instance

WORDS = {
    Kind.THEOREM: "theorem",
    Kind.PROPOSITION: "proposition",
    Kind.CONJECTURE: "conjecture, open",
    Kind.FALSE_CONJECTURE: "refuted",
}


def write(folder: Path) -> None:
    """Write the page of each paper, and the list of all."""
    for paper in papers():
        (folder / f"{paper}.md").write_text(page(paper), encoding="utf-8")
    (folder / "index.md").write_text(_index(papers()), encoding="utf-8")


def title(claims: Sequence[AnyClaim]) -> str:
    """Return authors, title and year of a paper."""
    return claims[0].source.reference


def page(paper: str) -> str:
    """Return the page of one paper."""
    claims = claims_of(paper)
    head = [f"# {paper}", f"{prose(title(claims))}. {_arxiv(claims)}".rstrip()]
    command = f"```sh\nrankcert verify {paper}\n```"
    return "\n\n".join([*head, command, *(part for claim in claims for part in section(claim))]) + "\n"


def _arxiv(claims: Sequence[AnyClaim]) -> str:
    numbers = sorted({claim.source.arxiv for claim in claims} - {""})
    return " ".join(f"[arXiv:{number}](https://arxiv.org/abs/{number})" for number in numbers)


def section(claim: AnyClaim) -> Iterator[str]:
    """Yield the paragraphs about one claim, and the counterexamples of a refuted one."""
    yield from described(claim)
    if claim.kind is Kind.FALSE_CONJECTURE:
        yield from counterexamples(run(claim))


def described(claim: AnyClaim) -> Iterator[str]:
    """Yield what a claim declares: statement, hypotheses, what is checked."""
    yield f"## {claim.id.partition('.')[2]}"
    where = f", {claim.source.item}" if claim.source.item else ""
    yield f"*{WORDS[claim.kind]}*{prose(where)} · `{claim.id}`"
    yield f"```{{math}}\n{claim.statement}\n```"

    names = [f"`{hypothesis.name}`" for hypothesis in claim.hypotheses]
    if names:
        yield f"**Hypotheses**, checked on every instance: {', '.join(names)}."
    instances = claim.instances()
    some = ", ".join(f"`{_short(shown(instance))}`" for instance in instances[:SHOWN_INSTANCES])
    more = ", …" if len(instances) > SHOWN_INSTANCES else ""
    yield f"**Checked** on {len(instances)} instance{'s' * (len(instances) != 1)}: {some}{more}"
    if claim.note:
        yield prose(claim.note)


def _short(text: str) -> str:
    one_line = " ".join(text.split()).replace("`", "'")
    return one_line if len(one_line) <= LONGEST else f"{one_line[:LONGEST]} …"


def counterexamples(row: Row) -> Iterator[str]:
    """Yield the first counterexamples that a run of the claim found."""
    found = row.counterexamples[:SHOWN_COUNTEREXAMPLES]
    count = len(row.counterexamples)
    yield f"**Counterexamples**: {count} of {row.instances} instances{', the first ones' * (count > len(found))}."
    yield markdown_table(["instance", "why", "grade"], ([_code(f.instance), _code(f.reason), f.grade] for f in found))


def _code(text: str) -> str:
    return f"`{_short(text)}`" if text else ""


def _index(names: Sequence[str]) -> str:
    rows: list[list[str]] = []
    total = 0
    for name in names:
        claims = claims_of(name)
        total += len(claims)
        refuted = sum(claim.kind is Kind.FALSE_CONJECTURE for claim in claims)
        rows.append([f"[{name}]({name}.md)", title(claims), str(len(claims)), str(refuted or "")])
    table = markdown_table(["paper", "reference", "claims", "of them refuted"], rows)
    listed = "\n".join(names)
    return f"""# Papers

{total} statements of {len(names)} papers and notes are checked on instances, each with its hypotheses. `rankcert verify
PAPER` runs those of a paper. An instance that holds says nothing of other instances; a counterexample is proved. Claims
that are listed as *refuted* were asserted somewhere, or are natural guesses, and are false: the check passes only if a
counterexample is found.

{table}

```{{toctree}}
:hidden:

{listed}
```
"""
