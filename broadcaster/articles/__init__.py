"""Articles on their way from a unit to approval: entered, found, endorsed, looked through, kept in every version."""
