"""Photos in S3, where several replicas share them."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from services.directory.app import photo_store
from services.directory.commands.photos import (
    delete_photos_of_closed_accounts,
    delete_unnamed_photos,
)
from services.directory.settings import DirectorySettings
from services.directory.tests.conftest import publish
from services.directory.tests.pictures import closed, picture, put
from shared import clock

SETTINGS: dict[str, Any] = {"database_url": "postgresql://a:b@c/d", "amqp_url": "amqp://a:b@c/"}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT"]).create_bucket(Bucket="photos")
    yield lambda: photo_store(DirectorySettings(photo_store="s3://photos/consultants", **SETTINGS))
    server.stop()


async def test_service_keeps_photos_in_s3(bucket: Callable[[], Any], harness: Any) -> None:
    directory = await harness("directory", photo_store="s3://photos/consultants")
    user, store = await publish(directory), directory.app.state.photos
    first, second = [
        (await put(directory, user, picture(size=size))).json() for size in ((800, 400), (500, 500))
    ]
    kept = [file["path"] for files in obstore.list(bucket()) for file in files]
    paths = [path for photo in (first, second) for path in photo["sizes"].values()]
    assert sorted(f"/photos/{path}" for path in kept) == sorted(paths)
    for path in paths:
        shown = await directory.get(path)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    with clock.shifted(timedelta(days=2)):
        await delete_unnamed_photos(directory.database, store)
    assert (await directory.get(first["photo_url"])).status_code == 404
    assert (await directory.get(second["photo_url"])).status_code == 200
    await directory.deliver(closed(user))
    await delete_photos_of_closed_accounts(directory.database, store)
    assert obstore.list(bucket()).collect() == []


async def test_photos_can_be_kept_in_s3(bucket: Callable[[], Any]) -> None:
    store = bucket()
    await obstore.put_async(store, "a.webp", b"picture")
    assert bytes(await (await obstore.get_async(store, "a.webp")).bytes_async()) == b"picture"
    await obstore.delete_async(store, "a.webp")
    with pytest.raises(FileNotFoundError):
        await obstore.get_async(store, "a.webp")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT", "AWS_ALLOW_HTTP"])
def test_empty_variable_of_s3_counts_as_absent(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docker-compose.yml passes all of them on, whether .env sets them or not."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv(variable, "")
    store = photo_store(DirectorySettings(photo_store="s3://photos/consultants", **SETTINGS))
    assert isinstance(store, S3Store)
    url = obstore.sign(store, "GET", "a.webp", timedelta(minutes=1))
    assert url.startswith("https://s3.us-east-1.amazonaws.com/photos/consultants/a.webp?")
