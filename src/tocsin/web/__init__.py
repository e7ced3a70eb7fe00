"""The pages: views, templates, htmx partials; no decisions."""
