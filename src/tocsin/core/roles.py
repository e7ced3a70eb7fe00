"""What a member's role allows: the same for pages and API. Roles are owner, manager, admin, member and billing."""

# Integrations, keys, and every project's alert rules.
MAY_MANAGE = frozenset({"owner", "manager", "admin"})
# Issues, events and messages; billing is about invoices and sees none of them.
MAY_READ = MAY_MANAGE | {"member"}
# What was told and what was not, in all projects.
MAY_SEE_BOOKS = frozenset({"owner", "manager"})
# Who is let in, and as what.
MAY_INVITE = frozenset({"owner", "manager"})
