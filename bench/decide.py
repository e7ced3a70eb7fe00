"""How long it takes to decide who hears of an alert: `script/bench decide`.

An organization of 1,000 members in 50 teams, 500 ownership rules and 5,000 choices of people. One alert is for the
issue's owners: whose code it is, who they are, over which services they hear, what they declined, each step of the
trace. The directory and the rules are read once for each version of the organization; the queries of that are
counted. Beside it the same for an organization a tenth of the size: what grows with it costs more than what is
named. Times are the processor's, which no neighbour lengthens.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from bench.kit.frame import Result, finish
from tocsin.core.event import Event, ExceptionValue, Frame
from tocsin.core.ownership import Compiled, compile_ownership, owners_of
from tocsin.core.ownership_rule import Matcher, Owner, OwnershipRule
from tocsin.core.owning import told
from tocsin.core.people import Directory, Person, Preference, Scope, Team
from tocsin.core.plan import Routed, Services
from tocsin.core.route import route
from tocsin.core.rule import Action, Rule
from tocsin.core.targets import Occasion
from tocsin.pipeline.catalogue import catalogue

MEMBERS, TEAMS, RULES, CHOICES = 1000, 50, 500, 5000
PROJECT = 1
ROUNDS = 200
BATCH = 1000
LIMIT_MS = 5.0
LEAST_A_SECOND = 2000


def main(rounds: int) -> int:
    large, small = an_organization(1), an_organization(10)
    event, compiled = an_event(), ownership()
    outcome = decide(large, compiled, event)
    if len(outcome.planned) < 2:
        raise SystemExit(f"The bench decided for {len(outcome.planned)} destinations; it has to be two or more.")
    one = [milliseconds(lambda: decide(large, compiled, event)) for _ in range(rounds)]
    tenth = [milliseconds(lambda: decide(small, compiled, event)) for _ in range(rounds)]
    batch = milliseconds(lambda: [decide(large, compiled, event) for _ in range(BATCH)])
    a_second = BATCH / batch * 1000
    value = statistics.median(one)
    print(
        f"{len(outcome.planned)} destinations, {len(outcome.trace)} steps; slowest of {rounds}: {max(one):.2f} ms"
    )
    print(f"{a_second:,.0f} decisions a second in a batch (bar: {LEAST_A_SECOND:,})")
    print(f"in an organization a tenth of the size: {statistics.median(tenth):.3f} ms")
    ok = value <= LIMIT_MS and a_second >= LEAST_A_SECOND
    peers = {"decisions a second in a batch": a_second, "a tenth of the size": statistics.median(tenth)}
    return finish(Result("decide", value, "ms", LIMIT_MS, value / LIMIT_MS, ok, peers))


def decide(here: Directory, compiled: Compiled, event: Event) -> Routed:
    """An alert to the owners of an event, as the digest decides it."""
    users, teams = told(owners_of(compiled, event))
    occasion = Occasion(PROJECT, owner_user_ids=users, owner_team_ids=teams)
    return route([RULE], occasion, here, SERVICES)


def an_organization(shrunk: int) -> Directory:
    members, teams = MEMBERS // shrunk, max(TEAMS // shrunk, 5)
    people = {n: Person(n, f"Person {n}", f"p{n}@example.com") for n in range(1, members + 1)}
    seats = {n: tuple(user for user in people if user % teams == n % teams) for n in range(1, teams + 1)}
    choices: dict[int, list[Preference]] = {n: [] for n in people}
    scopes = ((Scope.USER, 0), (Scope.ORGANIZATION, 1), (Scope.PROJECT, PROJECT), (Scope.PROJECT, 2))
    for number in range(CHOICES // shrunk):
        scope, scope_id = scopes[number % 4]
        type_ = ("alerts", "workflow", "deploy")[number % 3]
        user = number % members + 1
        choices[user].append(Preference(number, user, scope, scope_id, type_, "always"))
    return Directory(
        1,
        people=people,
        teams={n: Team(n, f"team{n}", some) for n, some in seats.items()},
        project_teams={PROJECT: tuple(seats)},
        preferences={user: tuple(rows) for user, rows in choices.items()},
    )


def ownership() -> Compiled:
    """500 rules by path; the last names two persons."""
    rules = [
        OwnershipRule(Matcher("path", f"src/module{n}/*"), (Owner("team", f"team{n % 5 + 1}", n % 5 + 1),), n)
        for n in range(RULES - 1)
    ]
    last = (Owner("user", "p1@example.com", 1), Owner("user", "p2@example.com", 2))
    return compile_ownership([*rules, OwnershipRule(Matcher("path", "src/shop/*"), last, RULES)])


def an_event() -> Event:
    frames = tuple(Frame(filename=f"src/shop/file{n}.py", function="f", in_app=True) for n in range(20))
    raised = ExceptionValue("ValueError", "x", frames=frames)
    return Event("a" * 32, 0.0, exceptions=(raised,))


def milliseconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _rule() -> Rule:
    email = catalogue().providers["email"]
    if email.action is None:
        raise SystemExit("The e-mail provider has no action.")
    return Rule(
        id=1,
        project_id=PROJECT,
        label="Tell the owners",
        action_match="all",
        filter_match="all",
        frequency=timedelta(minutes=30),
        conditions=(),
        filters=(),
        actions=(Action(email, email.action, email.action.options(), ""),),
    )


RULE = _rule()
SERVICES = Services(catalogue().providers, {"email": None, "inbox": None})

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    sys.exit(main(parser.parse_args().rounds))
