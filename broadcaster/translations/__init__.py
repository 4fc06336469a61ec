"""What the application says in English, and what keeps it in step with the sources; see docs/languages.md."""
