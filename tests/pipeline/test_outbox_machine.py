"""The outbox under everything that can happen to it, in any order: what must hold after every step."""

import uuid
from collections import Counter, defaultdict
from datetime import timedelta

import hypothesis.strategies as st
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.builders import NOW, a_world
from tests.examples import examples
from tocsin.core import books
from tocsin.core.backoff import MESSAGES, RetryAt, next_step
from tocsin.core.delivery import FINAL, TRANSITIONS, State
from tocsin.core.sending import Delivered, Gone, Refused, Retry, Unknown
from tocsin.pipeline import deliver
from tocsin.pipeline.deliver import LEASE, Tried
from tocsin.store.models import Delivery, Integration, Lane, Notification
from tocsin.store.writes import breakers, integrations, notifications, outbox
from tocsin.store.writes.integrations import Columns
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow
from tocsin.transport.drive import Driven

WAITING = (State.QUEUED, State.RETRYING, State.UNKNOWN)
PLACES = st.sampled_from([(0, "C1"), (0, "C1"), (0, "C2"), (1, "C1")])  # an integration and a channel
OUTCOMES = st.sampled_from(
    [
        Delivered({"ts": "1.1"}),
        Delivered(),
        Retry("down"),
        Retry("down"),
        Retry("asked to wait", 45.0),
        Refused("never"),
        Refused("never again"),
        Gone("no such channel"),
        Gone("token revoked", account=True),
        Unknown("line lost"),
    ]
)


class Outbox(RuleBasedStateMachine):
    """Three lanes of two integrations, two conversations: few, so that all gets in each other's way."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.world = a_world(f"w{uuid.uuid4().hex[:12]}", email=f"{uuid.uuid4().hex}@example.com")
        self.integrations = [self._connected(name) for name in ("One", "Two")]
        self.now = NOW
        self.flying: list[deliver.Job] = []
        self.stranded: list[deliver.Job] = []
        self.known: dict[int, State] = {}

    def teardown(self):
        try:
            self._everything_ends()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What can happen

    @rule(conversation=st.integers(0, 1), place=PLACES, messages=st.integers(1, 3))
    def something_is_decided(self, conversation, place, messages):
        at, channel = place
        integration = Integration.objects.filter(pk=self.integrations[at]).first()
        for _ in range(messages if integration else 0):
            held = bool(integration.broken)
            self._queue(integration.pk, f"issue:{conversation}", channel, held=held)

    @rule(limit=st.integers(1, 4))
    def a_sender_claims(self, limit):
        self._claim(limit)

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 50), outcome=OUTCOMES, chance=st.floats(0, 1))
    def an_answer_is_recorded(self, which, outcome, chance):
        self._record(self.flying.pop(which % len(self.flying)), outcome, chance)

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 50), lease_ends=st.booleans())
    def a_sender_dies(self, which, lease_ends):
        self.stranded.append(self.flying.pop(which % len(self.flying)))
        if lease_ends:
            self.now += LEASE + timedelta(seconds=1)

    @precondition(lambda self: self.stranded)
    @rule(which=st.integers(0, 50), outcome=OUTCOMES)
    def a_sender_thought_dead_records_after_all(self, which, outcome):
        self._record(self.stranded.pop(which % len(self.stranded)), outcome, 0.5)

    @rule()
    def lost_leases_are_taken_back(self):
        outbox.reclaim(self.now, MESSAGES.tries)

    @rule(seconds=st.sampled_from([1, 7, 31, 91, 600, 3600]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def someone_replays_what_ended_badly(self):
        ended = self._rows().filter(state__in=["failed", "dead"]).values_list("pk", flat=True)
        outbox.requeue(self.world.organization.pk, list(ended), self.now)

    @rule(at=st.integers(0, 1))
    def someone_mends_an_integration(self, at):
        breakers.mended(self.integrations[at], self.now)

    @rule(at=st.integers(0, 1), chosen=st.booleans())
    def someone_chooses_at_most_once(self, at, chosen):
        Integration.objects.filter(pk=self.integrations[at]).update(at_most_once=chosen)

    @rule()
    def someone_removes_an_integration(self):
        integrations.removed(self.world.organization.pk, self.integrations[1], actor_id=None, now=self.now)

    # What must hold

    @invariant()
    def the_books_balance(self):
        intents = Notification.objects.filter(organization=self.world.organization).aggregate(n=Sum("intents"))["n"]
        counted = self._rows().values_list("state").annotate(n=Count("pk"))
        states = {State(state): n for state, n in counted}
        assert not books.balance(books.Ledger(intents or 0, states), self.now).problems

    @invariant()
    def deliveries_move_only_as_they_may(self):
        states = {pk: State(state) for pk, state in self._rows().values_list("pk", "state")}
        for pk, state in states.items():
            before = self.known.get(pk, state)
            assert state is before or state in TRANSITIONS[before], f"{before} → {state}"
        assert states.keys() >= self.known.keys()
        self.known = states

    @invariant()
    def one_of_a_lane_is_on_its_way_at_a_time(self):
        on_its_way = Counter(self._rows().filter(state="sending").values_list("lane_id", flat=True))
        assert all(count == 1 for count in on_its_way.values())

    @invariant()
    def no_lane_is_stuck(self):
        assert not self._rows().filter(state__in=WAITING, lane=None).exists()
        until = dict(Integration.objects.values_list("pk", "breaker_until"))
        for lane in Lane.objects.filter(deliveries__in=self._rows().filter(state__in=WAITING)).distinct():
            if lane.busy_until:
                assert Delivery.objects.filter(lane=lane, state="sending", lease_by=lane.busy_by).exists()
                continue
            dues = lane.deliveries.filter(state__in=WAITING).values_list("due", flat=True)
            latest = max(filter(None, [min(dues), lane.not_before, until.get(lane.integration_id)]))
            assert lane.ready_at is not None
            assert lane.ready_at <= max(latest, self.now)

    # How it is done

    def _connected(self, name: str) -> int:
        columns = Columns(provider="slack", name=name, external_id="", settings={"token": "xoxb-1"})
        organization = self.world.organization.pk
        return integrations.saved(organization, columns, integration_id=None, actor_id=None, now=NOW).id

    def _rows(self):
        return Delivery.objects.filter(organization=self.world.organization)

    def _queue(self, integration: int, conversation: str, channel: str, *, held: bool) -> None:
        organization, name = self.world.organization.pk, uuid.uuid4().hex
        notification = NotificationRow(
            organization, self.world.project.pk, None, name, "issue_alert", "alerts", "", "{}", "[]", self.now
        )
        row = DeliveryRow(
            organization,
            "slack",
            integration,
            None,
            '{"channel": "#ops", "channel_id": "C1"}',
            "#ops",
            "{}",
            conversation,
            uuid.uuid4().hex,
            "held" if held else "queued",
            "",
            None if held else self.now,
            self.now,
            f"slack:{integration}:{channel}",
        )
        notifications.queue([(notifications.record([notification], {name: 1})[name], row)])

    def _claim(self, limit: int) -> int:
        waits = self._waits()
        may_go = dict(Lane.objects.values_list("pk", "not_before"))
        claimed = [ready.job for ready in deliver.turn([], limit, self.now)]
        for job in claimed:
            assert waits[job.lane_id, job.conversation][0] == job.id, "an earlier one of the conversation waits"
            assert (may_go[job.lane_id] or self.now) <= self.now, "the lane was to wait"
        self.flying += claimed
        return len(claimed)

    def _waits(self) -> dict[tuple[int, str], list[int]]:
        """What is not over of each conversation in each lane, oldest first."""
        found = defaultdict(list)
        unfinished = self._rows().filter(state__in=[*WAITING, State.SENDING]).order_by("pk")
        for pk, lane, conversation in unfinished.values_list("pk", "lane_id", "conversation"):
            found[lane, conversation].append(pk)
        return found

    def _record(self, job: deliver.Job, outcome, chance: float) -> None:
        step = next_step(outcome, job.attempts, MESSAGES, self.now, chance, repeat=not job.at_most_once)
        due = step.when if isinstance(step, RetryAt) else None
        deliver.record([Tried(job, Driven(outcome), self.now, 1, step.state.value, step.reason, due)], self.now)

    def _everything_ends(self) -> None:
        """Once services answer and somebody mends what is broken, all that waits arrives."""
        for integration in self.integrations:
            breakers.mended(integration, self.now)
        for job in self.flying:
            self._record(job, Delivered(), 0)
        for _ in range(200):
            self.flying = []
            outbox.reclaim(self.now, MESSAGES.tries)
            self._claim(10)
            for job in self.flying:
                self._record(job, Delivered(), 0)
            self.now += timedelta(minutes=10) if not self.flying else timedelta(seconds=2)
            if not self._rows().exclude(state__in=FINAL).exists():
                return
        left = list(self._rows().exclude(state__in=FINAL).values_list("state", "due", "lane__ready_at"))
        raise AssertionError(f"never sent: {left}")


def test_the_outbox_holds_its_promises_in_whatever_order_things_happen(db):
    how = settings(
        max_examples=examples(40),
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Outbox, settings=how)
