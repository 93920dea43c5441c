"""Reads what a person is to a child from stated words, with resources/rules/roles.toml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from triage.intents.normalise import normalise_text

Relation = Literal["household", "relative", "care", "acquaintance", "peer", "remote"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)
"""The nearest first: a text that states several relations states the nearest."""
_DENIAL_REACH = 5
"""Words before a role within which a denial speaks of it."""
_DENIED_AFTER = 2
"""Words behind a role within which a denial speaks of it; Urdu denies behind the noun."""
_DETERMINERS = frozenset({"a", "an", "the", "any", "his", "her", "their", "its", "my", "our", "your", "own", "both"})
"""May stand between words that deny the next role and that role."""
_MOST_BETWEEN = 2
"""Words that may stand between a possessor and what is said of them: "baap ka purana dost"."""
_WORD = re.compile(r"[\w']+")
_COMMAS = frozenset(",،/(")
_TOKEN = re.compile(r"[\w']+|[,،/(]")
_POSSESSED = re.compile(r"(?:the )?(?:child|victim|minor|girl|boy|son|daughter)'s ")
_OUTSIDE: frozenset[Relation] = frozenset({"care", "acquaintance", "peer", "remote"})
"""Whose own people are not the child's: a neighbour's son is no brother, and a teacher's driver nobody's driver here."""
_OF_SOMEBODY = re.compile(r" of (?:a|an|the|his|her|their|my|one) (?!child|victim|minor|girl|boy)")
_CLAUSE_END = re.compile(r"[.;،۔\n]| but ")


class WordGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The words of one role, by language."""

    english: tuple[str, ...]
    urdu: tuple[str, ...]
    roman_urdu: tuple[str, ...]
    sindhi: tuple[str, ...]
    pashto: tuple[str, ...]
    punjabi: tuple[str, ...]

    def list_words(self) -> tuple[str, ...]:
        """Returns the words of all languages."""
        return (*self.english, *self.urdu, *self.roman_urdu, *self.sindhi, *self.pashto, *self.punjabi)


GROUPS = (*RELATIONS, "children_work", "denials", "not_children")
"""The groups that the table must hold."""
QUALIFYING_GROUPS = (
    *("denies_next", "denies_previous", "owns_next", "owned_by_next", "honorifics", "no_possession", "partners"),
    *("next_phrase", "child_roles"),
)
"""Groups that older rules lack: the first two before 2026.12, the next five before 2026.13, the last two before 2026.14."""


@dataclass(frozen=True, slots=True, eq=False)
class RoleTable:
    """Holds the roles as word sequences, by group."""

    sequences: Mapping[str, Mapping[tuple[str, ...], None]]
    longest: int
    """In words."""

    @property
    def _outside(self) -> frozenset[Relation]:
        """Returns the relations of people who are no family; none for older rules, whose cards are computed as they were."""
        return _OUTSIDE if self.sequences["next_phrase"] else frozenset()

    def _is_child(self, words: tuple[str, ...]) -> bool:
        """Returns whether a role may be the child's own: the father of a pupil may be the father of the child."""
        return tuple(map(_strip_owner, words)) in self.sequences["child_roles"]

    def find_relation(self, text: str) -> Relation | None:
        """Returns the nearest relation that a text states and does not deny, or None."""
        stated: set[Relation] = set()
        for clause in _CLAUSE_END.split(normalise_text(text)):
            stated |= self._relations_of_clause(clause)
        if "remote" in stated and not stated & {"household", "relative", "care"}:
            return "remote"
        return next((relation for relation in RELATIONS if relation in stated), None)

    def works_with_children(self, occupation: str) -> bool:
        """Returns whether an occupation brings a person together with children."""
        words = _words(normalise_text(occupation))
        if self._find(words, "not_children"):
            return False
        return any(not self._is_denied(words, at, length) for at, length in self._find(words, "children_work"))

    def _relations_of_clause(self, clause: str) -> set[Relation]:
        """Finds relations. Of words that overlap the longest counts: "class fellow" is no "fellow", "step father" no "father"."""
        clause = _POSSESSED.sub("", clause)
        head = _head(clause)
        words = _words(head)
        roles = self._find_roles(words)
        every = [(at, at + length) for at, length, _ in roles]
        beside = [(at, stop) for at, stop in every if words[at:stop] not in self.sequences["partners"]]
        others = self._find_others(words, roles, head, _words(clause[len(head) :]))
        return {
            others.get(at, relation)
            for at, length, relation in roles
            if not self._is_denied(words, at, length)
            and not self._is_possessor(words, at, length, every if relation in self._outside else beside)
        }

    def _find_roles(self, words: tuple[str, ...]) -> list[tuple[int, int, Relation]]:
        """Returns (place, length, relation) of the roles that do not overlap a longer one, by place."""
        found = [(-length, at, relation) for relation in RELATIONS for at, length in self._find(words, relation)]
        taken: set[int] = set()
        roles: list[tuple[int, int, Relation]] = []
        for minus_length, at, relation in sorted(found, key=lambda each: each[:2]):
            places = set(range(at, at - minus_length))
            if not places & taken:
                roles.append((at, -minus_length, relation))
            taken |= places
        return sorted(roles, key=lambda each: each[0])

    def _find_others(
        self, words: tuple[str, ...], roles: Sequence[tuple[int, int, Relation]], head: str, tail: tuple[str, ...]
    ) -> dict[int, Relation]:
        """Returns place -> what a role is to the child when it is somebody's who is not of the family.

        "parosi ka beta" is a neighbour's son: known to the child at most, and no brother. `tail` stands behind the head and says
        of whom its last role is: "of a neighbour".
        """
        if not self._outside:
            return {}
        owners = sorted([*roles, *self._find_roles_that_own(words)], key=lambda each: each[0])
        ends, found = self._find_phrase_ends(head), dict[int, Relation]()
        for at, length, relation in owners:
            outside = found.get(at) or (
                relation if relation in _OUTSIDE and not self._is_child(words[at : at + length]) else None
            )
            if outside is not None:
                of_whom: Relation = "remote" if outside == "remote" else "acquaintance"
                owned = self._find_owned(words, at, length, ends)
                found |= {other: of_whom for other, _, _ in owners if other in owned}
                if words[max(0, at - 1) : at] == ("of",):
                    found |= {other: of_whom for other, size, _ in roles if other + size == at - 1}
        if tail[:1] == ("of",):
            whose = (
                at
                for at, length, each in self._find_roles(tail)
                if each in _OUTSIDE and not self._is_child(tail[at : at + length])
            )
            if next(whose, _MOST_BETWEEN + 2) <= _MOST_BETWEEN + 1:
                found |= {at: "acquaintance" for at, length, _ in roles if at + length == len(words)}
        near = {at for at, _, relation in roles if relation in ("household", "relative", "care")}
        return {at: relation for at, relation in found.items() if at in near}

    def _find_roles_that_own(self, words: tuple[str, ...]) -> list[tuple[int, int, Relation]]:
        """Returns the roles whose last word says that something is theirs: "neighbour's", "neighbours'"."""
        if not any(map(_owns, words)):
            return []
        return [role for role in self._find_roles(tuple(map(_strip_owner, words))) if _owns(words[role[0] + role[1] - 1])]

    def _find_phrase_ends(self, text: str) -> set[int]:
        """Returns the places of the words that begin another phrase: behind a comma, and words such as "and" or "her"."""
        ends, at = set[int](), 0
        for token in _TOKEN.findall(text.replace("-", " ")):
            if token in _COMMAS or (token,) in self.sequences["next_phrase"]:
                ends.add(at)
            at += token not in _COMMAS
        return ends

    def _find_owned(self, words: tuple[str, ...], at: int, length: int, ends: Collection[int]) -> range:
        """Returns the places at which what belongs to a role may begin, up to the end of the phrase."""
        end = at + length
        if not _owns(words[end - 1]) and not self._ends_at(words, at, "owned_by_next"):
            while self._stands_at(words, end, "honorifics"):
                end += 1
            if not self._stands_at(words, end, "owns_next") or self._stands_at(words, end + 1, "no_possession"):
                return range(0)
            end += 1
        last = end + 1 + _MOST_BETWEEN
        return range(end, next((place for place in range(end, last) if place in ends), last))

    def _is_possessor(self, words: tuple[str, ...], at: int, length: int, beside: Sequence[tuple[int, int]]) -> bool:
        """Returns whether a role only says whose friend or servant is meant: "baap ka dost", "friend of father".

        `beside` are the first places of the roles, and those behind their last, without partners: who is a partner of the mother
        is of the household.
        """
        end = at + length
        while self._stands_at(words, end, "honorifics"):
            end += 1
        if self._stands_at(words, end, "owns_next") and not self._stands_at(words, end + 1, "no_possession"):
            return any(end < start <= end + 1 + _MOST_BETWEEN for start, _ in beside)
        if self._ends_at(words, at, "owned_by_next"):
            return any(end <= start <= end + _MOST_BETWEEN for start, _ in beside)
        return bool(at) and words[at - 1] == "of" and any(stop == at - 1 for _, stop in beside)

    def _find(self, words: tuple[str, ...], group: str) -> list[tuple[int, int]]:
        sequences = self.sequences[group]
        return [
            (at, length)
            for length in range(1, self.longest + 1)
            for at in range(len(words) - length + 1)
            if words[at : at + length] in sequences
        ]

    def _is_denied(self, words: tuple[str, ...], at: int, length: int) -> bool:
        denials = self.sequences["denials"]
        around = (*words[max(0, at - _DENIAL_REACH) : at], *words[at + length : at + length + _DENIED_AFTER])
        if any((word,) in denials for word in around) or self._stands_at(words, at + length, "denies_previous"):
            return True
        while at and words[at - 1] in _DETERMINERS:
            at -= 1
        return self._ends_at(words, at, "denies_next")

    def _stands_at(self, words: tuple[str, ...], at: int, group: str) -> bool:
        return any(words[at : at + length] in self.sequences[group] for length in range(1, self.longest + 1))

    def _ends_at(self, words: tuple[str, ...], at: int, group: str) -> bool:
        return any(words[max(0, at - length) : at] in self.sequences[group] for length in range(1, self.longest + 1))


def build_role_table(groups: Mapping[str, WordGroup]) -> RoleTable:
    """Builds the table from the groups of roles.toml. Raises ValueError for a group that is missing or unknown."""
    if set(groups) - set(QUALIFYING_GROUPS) != set(GROUPS):
        raise ValueError(f"the groups must be {', '.join(GROUPS)}, and may be {', '.join(QUALIFYING_GROUPS)}")
    sequences: dict[str, dict[tuple[str, ...], None]] = {name: {} for name in QUALIFYING_GROUPS}
    sequences |= {name: dict.fromkeys(_sequences(group.list_words())) for name, group in groups.items()}
    return RoleTable(sequences, max(len(each) for group in sequences.values() for each in group))


def _sequences(words: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return (_words(normalise_text(word)) for word in words)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.replace("-", " ")))


def _owns(word: str) -> bool:
    """Returns whether an English word says that something is somebody's."""
    return word.endswith(("'s", "s'"))


def _strip_owner(word: str) -> str:
    """Returns "neighbour" for "neighbour's" and "neighbours'"."""
    return word.removesuffix("'s").removesuffix("s'")


def _head(clause: str) -> str:
    """Returns what a clause says the person is: a friend of the father is a friend, the child's father is a father."""
    found = _OF_SOMEBODY.search(clause)
    return clause[: found.start()] if found and " family" not in clause[found.start() :] else clause
