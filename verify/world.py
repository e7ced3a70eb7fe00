"""The instance that every round starts from a copy of: a project whose rules tell each event in two channels."""

from bench.kit import world

from verify.load import CHANNELS, channel_id

PROJECT, KEY = 1, "b" * 32


def found() -> None:
    """Founds it where the environment says; in a process of its own, as the harness keeps clear of Django."""
    world.set_up()
    organization, team = world.an_organization(members=1)
    workspace = world.a_slack(organization)
    project = world.a_project(organization, team, "shop", KEY, id=PROJECT)
    for number in range(CHANNELS):
        actions = [_slack(workspace, channel_id(which, number)) for which in ("first", "second")]
        filters = [world.tagged("channel", "eq", f"c{number}")]
        world.a_rule(project, f"Channel {number}", world.rule([world.NEW], filters, actions))


def _slack(workspace: int, channel: str) -> dict[str, object]:
    return {**world.slack(workspace, channel.lower()), "channel_id": channel}


if __name__ == "__main__":
    found()
