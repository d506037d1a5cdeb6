#!/usr/bin/env python3
"""Judges the FAL stand-in: the official Python client must get through all that it can do.

    fal_judge.py URL KEY

Exit code 0 and a line per check if the stand-in passes; 1 at the first that fails. Start one with
`cargo run -p standins --example fal_standin`, which prints both arguments.
"""

import asyncio
import base64
import hashlib
import http.server
import io
import json
import queue
import struct
import sys
import threading
import time
import urllib.request
import zipfile
import zlib

import httpx
from fal_client import client as fal
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

TRAINER = "fal-ai/flux-lora-portrait-trainer"
PATIENCE = 30.0


def check(name, passed, seen=None):
    print(f"{'ok' if passed else 'FAILED'}  {name}" + ("" if passed else f": {seen!r}"), flush=True)
    if not passed:
        raise SystemExit(1)


def point_client_at(url):
    """The client has its hosts as constants, with https in front."""
    fal.QUEUE_URL_FORMAT = url + "/"
    fal.RUN_URL_FORMAT = url + "/"
    fal.REST_URL = url
    fal.CDN_URL = url


def png(shade):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([shade, 0, 255 - shade]) * 16 for _ in range(16))
    head = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def photos(count):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:02}.png", png(number))
    return packed.getvalue()


class Receiver:
    """A webhook address that keeps what it gets."""

    def __init__(self):
        self.letters = queue.Queue()
        letters = self.letters

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                letters.put((self.path, dict(self.headers), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, tail):
        return f"http://127.0.0.1:{self.server.server_port}{tail}"

    def next(self):
        return self.letters.get(timeout=PATIENCE)


def header(headers, name):
    return {key.lower(): value for key, value in headers.items()}[name.lower()]


def verified(url, headers, body):
    """As FAL's documentation verifies a webhook."""
    message = "\n".join(
        [
            header(headers, "X-Fal-Webhook-Request-Id"),
            header(headers, "X-Fal-Webhook-User-Id"),
            header(headers, "X-Fal-Webhook-Timestamp"),
            hashlib.sha256(body).hexdigest(),
        ]
    ).encode()
    signature = bytes.fromhex(header(headers, "X-Fal-Webhook-Signature"))
    with urllib.request.urlopen(f"{url}/.well-known/jwks.json") as response:
        keys = json.load(response)["keys"]
    for key in keys:
        padded = key["x"] + "=" * (-len(key["x"]) % 4)
        try:
            VerifyKey(base64.urlsafe_b64decode(padded)).verify(message, signature)
            return True
        except BadSignatureError:
            continue
    return False


def failure(action):
    """The status and the body with which the client gives up."""
    try:
        value = action()
    except fal.FalClientHTTPError as error:
        return error.status_code, error.response.json()
    return 200, value


def judge_upload(client):
    archive = photos(10)
    url = client.upload(archive, "application/zip", "photos.zip", repository="fal_v3")
    check("upload with a token", httpx.get(url).content == archive, url)
    url = client.upload(archive, "application/zip", "photos.zip", repository="fal")
    check("upload to the URL of an initiation", httpx.get(url).content == archive, url)
    whole = bytes(range(256)) * 1024
    url = fal.MultipartUpload.save(
        client=client._get_cdn_client(),
        token_manager=client._token_manager,
        file_name="large.bin",
        data=whole,
        chunk_size=100_000,
    )
    check("upload in parts", httpx.get(url).content == whole, url)
    settings = fal.StorageSettings(expires_in="1h")
    url = client.upload(archive, "application/zip", "photos.zip", lifecycle=settings)
    check("upload with a lifetime", httpx.get(url).status_code == 200, url)
    return url


def judge_training(client, receiver, url, archive_url):
    handle = client.submit(
        TRAINER,
        {"images_data_url": archive_url, "trigger_phrase": "ohwx", "steps": 1000, "unknown": 1},
        webhook_url=receiver.url("/hook?token=a%20b&x=1"),
    )
    short = f"{url}/{TRAINER}/requests/{handle.request_id}"
    check("submit tells the short URLs", handle.response_url == short, handle)
    check("request ids are UUIDs of version 7", handle.request_id[14] == "7", handle.request_id)

    early, body = failure(lambda: fal._maybe_retry_request(client._client, "GET", short))
    check("the result is not there at once", early == 400, (early, body))

    seen, positions, logs = [], [], []
    for status in handle.iter_events(with_logs=True, interval=0.05):
        kind = type(status).__name__
        if kind not in seen:
            seen.append(kind)
        if kind == "Queued":
            positions.append(status.position)
        if kind == "InProgress":
            logs.append([line["message"] for line in status.logs])
    check("all three states are seen in order", seen == ["Queued", "InProgress", "Completed"], seen)
    check(
        "the place in the queue counts down",
        positions == sorted(positions, reverse=True) and positions[-1] < positions[0],
        positions,
    )
    check("logs are asked for and come", any("/1000 [" in line for line in logs[-1]), logs)
    check("logs are a window, not a history", all(len(lines) <= 8 for lines in logs), logs)
    check("logs are null unless asked for", handle.status().logs is None)
    codes = httpx.get(f"{short}/status", headers={"Authorization": f"Key {client.key}"}).status_code
    check("a completed status is 200", codes == 200, codes)

    result = handle.get()
    weights = httpx.get(result["diffusers_lora_file"]["url"]).content
    (length,) = struct.unpack("<Q", weights[:8])
    tensors = json.loads(weights[8 : 8 + length])
    ends = [entry["data_offsets"][1] for name, entry in tensors.items() if name != "__metadata__"]
    check("the weights are safetensors", max(ends) == len(weights) - 8 - length, tensors)
    config = httpx.get(result["config_file"]["url"]).json()
    check("the config is JSON", config["instance_prompt"] == "ohwx", config)

    path, headers, body = receiver.next()
    check("the webhook keeps its query", path == "/hook?token=a%20b&x=1", path)
    letter = json.loads(body)
    expected = {
        "error": None,
        "gateway_request_id": letter.get("gateway_request_id"),
        "payload": result,
        "request_id": handle.request_id,
        "status": "OK",
    }
    check("the webhook has the shape that was captured", letter == expected, letter)
    check("its bytes are those of Python's json", json.dumps(letter).encode() == body, body)
    check("its keys are in alphabetical order", list(letter) == sorted(letter), list(letter))
    age = abs(time.time() - int(header(headers, "X-Fal-Webhook-Timestamp")))
    check("its timestamp is now", age < 10, age)
    check("its signature holds", verified(url, headers, body), headers)
    check("a changed body does not verify", not verified(url, headers, body + b" "))

    status, body = failure(handle.cancel)
    check("what is over cannot be cancelled", (status, body["status"]) == (400, "ALREADY_COMPLETED"))


def judge_failures(client, receiver, url):
    few = client.upload(photos(9), "application/zip", "few.zip")
    handle = client.submit(TRAINER, {"images_data_url": few}, webhook_url=receiver.url("/few"))
    status, body = failure(handle.get)
    detail = body["detail"][0]
    check("too few photos are 422", status == 422, body)
    check("their kind is told", detail["type"] == "archive_file_count_below_minimum", detail)
    check("their count is told", detail["ctx"]["provided_count"] == 9, detail)
    path, headers, letter = receiver.next()
    told = json.loads(letter)
    check("the webhook tells the failure", (told["status"], told["payload"]) == ("ERROR", body))
    check("and why", told["error"] == "Invalid status code: 422", told)
    check("and is signed", verified(url, headers, letter))

    for name, archive, kind in [
        ("no zip", "data:application/zip;base64,bm8gemlw", "invalid_archive"),
        ("no file", f"{url}/files/b/none/none.zip", "file_download_error"),
        ("no address", "ftp://127.0.0.1/x.zip", "file_download_error"),
    ]:
        handle = client.submit(TRAINER, {"images_data_url": archive})
        status, body = failure(handle.get)
        check(f"{name} is {kind}", (status, body["detail"][0]["type"]) == (422, kind), body)

    status, body = failure(client.submit(TRAINER, {"image_data_url": few}).get)
    check("a field of a wrong name is missing", body["detail"][0]["type"] == "missing", body)

    status, body = failure(lambda: client.submit("fal-ai/no-such-model", {}))
    check("an unknown model is 404", status == 404, body)
    status, body = failure(lambda: client.status(TRAINER, "01900000-0000-7000-8000-000000000000"))
    check("an unknown job is 404", status == 404, body)

    stranger = fal.SyncClient(key="wrong:key")
    status, body = failure(lambda: stranger.submit(TRAINER, {}))
    check("a wrong key is 401", (status, body) == (401, {"detail": "invalid key credentials"}))


def judge_cancel(client, archive_url):
    handle = client.submit(TRAINER, {"images_data_url": archive_url})
    handle.cancel()
    status, body = failure(handle.get)
    check("a cancelled job is 499", (status, body["error_type"]) == (499, "client_cancelled"), body)
    handle = client.submit(TRAINER, {"images_data_url": archive_url})
    while type(handle.status()).__name__ == "Queued":
        time.sleep(0.05)
    handle.cancel()
    status, _ = failure(handle.get)
    check("a running job can be cancelled as well", status == 499, status)


def jpeg_size(data):
    """Width and height, from the first frame header."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    return width, height


def judge_generation(client, receiver, url, archive_url):
    trained = client.subscribe(TRAINER, {"images_data_url": archive_url})
    lora = trained["diffusers_lora_file"]["url"]
    arguments = {"prompt": "ohwx in the rain", "loras": [{"path": lora, "scale": 1}]}
    result = client.subscribe("fal-ai/flux-lora", arguments)
    image = httpx.get(result["images"][0]["url"])
    check("an image is made", image.content[:3] == b"\xff\xd8\xff", image.headers)
    check("seeds exceed 64 signed bits", result["seed"] > 2**63, result)
    expected = {"images", "timings", "seed", "has_nsfw_concepts", "prompt"}
    check("the output has all of its required fields", set(result) == expected, result)

    bought = {"seed": 2**64 - 1, "num_images": 4, "image_size": {"width": 864, "height": 1152}}
    for endpoint in ["fal-ai/flux-lora", "fal-ai/flux-2/klein/9b/base/lora"]:
        pictures = arguments | bought | {"output_format": "jpeg"}
        handle = client.submit(endpoint, pictures, webhook_url=receiver.url("/pictures"))
        result = handle.get()
        check("a seed is kept to its last digit", result["seed"] == 2**64 - 1, result)
        check("nothing is flagged", result["has_nsfw_concepts"] == [False] * 4, result)
        images = [httpx.get(image["url"]).content for image in result["images"]]
        check("each image is another", len(set(images)) == 4, [len(image) for image in images])
        sizes = {jpeg_size(image) for image in images}
        check("and has the size that was asked for", sizes == {(864, 1152)}, sizes)
        path, headers, letter = receiver.next()
        told = json.loads(letter)
        brought = (path, told["payload"]) == ("/pictures", result)
        check("the webhook brings the images", brought, told)
        check("and is signed", verified(url, headers, letter))

    for name, wrong, kind in [
        ("unknown weights", {"loras": [{"path": lora + "x"}]}, "file_download_error"),
        ("weights that are none", {"loras": [{"path": archive_url}]}, "file_download_error"),
        ("a fifth image", {"num_images": 5}, "less_than_equal"),
        ("a scale of five", {"loras": [{"path": lora, "scale": 5}]}, "less_than_equal"),
        ("a size in words", {"image_size": "9:16"}, "one_of"),
        ("no prompt", {"prompt": None}, "missing"),
    ]:
        status, body = failure(lambda: client.subscribe("fal-ai/flux-lora", arguments | wrong))
        check(f"{name} is {kind}", (status, body["detail"][0]["type"]) == (422, kind), body)

    handle = client.submit("fal-ai/flux-pro/v1.1-ultra", {"prompt": "rain"}, start_timeout=60)
    check("URLs drop the sub-path", "/fal-ai/flux-pro/requests/" in handle.status_url, handle)
    check("and are followed", len(handle.get()["images"]) == 1)
    again = client.result("fal-ai/flux-pro/v1.1-ultra", handle.request_id)
    check("and are found by the endpoint id", len(again["images"]) == 1, again)


async def judge_async(key, archive_url):
    client = fal.AsyncClient(key=key)
    result = await client.subscribe(TRAINER, {"images_data_url": archive_url}, with_logs=True)
    check("the async client trains, too", result["diffusers_lora_file"]["url"] is not None, result)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    url, key = sys.argv[1].rstrip("/"), sys.argv[2]
    point_client_at(url)
    client = fal.SyncClient(key=key)
    receiver = Receiver()
    archive_url = judge_upload(client)
    judge_training(client, receiver, url, archive_url)
    judge_failures(client, receiver, url)
    judge_cancel(client, archive_url)
    judge_generation(client, receiver, url, archive_url)
    asyncio.run(judge_async(key, archive_url))
    print("the stand-in passes", flush=True)


if __name__ == "__main__":
    main()
