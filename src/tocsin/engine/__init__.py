"""Who runs the stages, and what they wait on."""
