"""What every `migrations/env.py` does: runs alembic on the connection, schema and version table
that shared.migrate hands over.
"""

from alembic import context


def run() -> None:
    """Runs the migrations of one folder in one schema, in the caller's transaction."""
    config = context.config
    context.configure(
        connection=config.attributes["connection"],
        version_table=config.attributes["version_table"],
        version_table_schema=config.attributes["schema"],
        include_schemas=False,
    )
    context.run_migrations()
