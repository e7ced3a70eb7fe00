"""Slack's side of the talk: what people press, choose and type there."""
