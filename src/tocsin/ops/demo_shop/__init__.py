"""A small shop whose mistakes are real: `tocsin demo` visits it, and the Sentry SDK reports what goes wrong."""
