"""The common part of every `migrations/env.py`: runs alembic on the connection, schema and version
table passed in by shared.migrate.
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
