"""How each SDK is pointed at a project: one to install, a few lines to paste."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """`install` is for a shell (or a build file), `code` for the application; `where` says in which file."""

    slug: str
    name: str
    install: str
    where: str
    code: str


DSN = "%DSN%"

SNIPPETS = (
    Snippet(
        "python",
        "Python",
        "pip install sentry-sdk",
        "Where your program starts",
        f"""import sentry_sdk

sentry_sdk.init(dsn="{DSN}")
""",
    ),
    Snippet(
        "django",
        "Django",
        'pip install "sentry-sdk[django]"',
        "settings.py",
        f"""import sentry_sdk

sentry_sdk.init(
    dsn="{DSN}",
    environment="production",
)
""",
    ),
    Snippet(
        "javascript",
        "JavaScript",
        "npm install @sentry/browser",
        "Before the rest of the page's code",
        f"""import * as Sentry from "@sentry/browser";

Sentry.init({{ dsn: "{DSN}" }});
""",
    ),
    Snippet(
        "node",
        "Node",
        "npm install @sentry/node",
        "instrument.mjs, run as: node --import ./instrument.mjs app.mjs",
        f"""import * as Sentry from "@sentry/node";

Sentry.init({{ dsn: "{DSN}" }});
""",
    ),
    Snippet(
        "go",
        "Go",
        "go get github.com/getsentry/sentry-go",
        "main.go",
        f"""package main

import (
	"errors"
	"log"
	"time"

	"github.com/getsentry/sentry-go"
)

func main() {{
	err := sentry.Init(sentry.ClientOptions{{Dsn: "{DSN}"}})
	if err != nil {{
		log.Fatalf("sentry.Init: %s", err)
	}}
	defer sentry.Flush(2 * time.Second)

	sentry.CaptureException(errors.New("it broke"))
}}
""",
    ),
    Snippet(
        "php",
        "PHP",
        "composer require sentry/sentry",
        "Where your program starts",
        f"""<?php
require __DIR__ . '/vendor/autoload.php';

\\Sentry\\init(['dsn' => '{DSN}']);
""",
    ),
    Snippet(
        "ruby",
        "Ruby",
        "gem install sentry-ruby",
        "Where your program starts; config/initializers/sentry.rb in Rails, with the gem sentry-rails",
        f"""require "sentry-ruby"

Sentry.init do |config|
  config.dsn = "{DSN}"
end
""",
    ),
    Snippet(
        "java",
        "Java",
        'implementation("io.sentry:sentry:8.+")',
        "build.gradle takes the line above; Main.java these",
        f"""import io.sentry.Sentry;

public class Main {{
  public static void main(String[] args) {{
    Sentry.init(options -> options.setDsn("{DSN}"));
    Sentry.captureException(new IllegalStateException("it broke"));
  }}
}}
""",
    ),
)


def chosen(slug: str) -> Snippet:
    """The snippet of a slug, Python's for an unknown one."""
    return next((snippet for snippet in SNIPPETS if snippet.slug == slug), SNIPPETS[0])


def filled(snippet: Snippet, dsn: str) -> str:
    return snippet.code.replace(DSN, dsn)
