"""The questions that rules may ask, by name. A rule file can name one of these and give it an argument: nothing else runs."""

from __future__ import annotations

from triage.priority.case import Condition
from triage.priority.conditions import files, incident, people, reach

CONDITIONS: dict[str, Condition] = {
    condition.name: condition for room in (incident, people, files, reach) for condition in room.CONDITIONS
}
