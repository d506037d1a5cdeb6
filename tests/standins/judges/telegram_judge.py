"""Judges the Telegram stand-in with aiogram, a client that was written against the real service.

    python tests/standins/judges/telegram_judge.py target/debug/examples/telegram_standin

Starts the given server, talks to it as a bot would, and moves people by its control routes. Every
check prints one line; the exit code is 0 if all of them hold.
"""

import asyncio
import base64
import contextlib
import io
import json
import struct
import sys
import zlib

import aiohttp
from aiogram import Bot, Dispatcher, F, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReactionTypeEmoji,
)

ANNA, BORIS, STRANGER, NOBODY = 501, 502, 503, 999
checks = []


def check(function):
    """Adds a check; its name with spaces is what is printed."""
    checks.append(function)
    return function


def png(width, height):
    """A grey picture, made without a library."""
    rows = b"".join(b"\0" + bytes([y % 256]) * width for y in range(height))

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def keyboard(data="go"):
    button = InlineKeyboardButton(text="Go", callback_data=data, style="primary")
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


async def refused(kind, words, call):
    """The call must fail with exactly this class of aiogram's and these words."""
    try:
        await call
    except exceptions.TelegramAPIError as error:
        assert type(error) is kind, f"{type(error).__name__}: {error}"
        assert words.lower() in str(error).lower(), str(error)
        return error
    raise AssertionError(f"not refused, expected {kind.__name__}")


class Standin:
    """The server under judgement, and the people in it."""

    def __init__(self, url, token, http):
        self.url, self.token, self.http = url, token, http
        self.offset = None

    def bot(self, token=None):
        session = AiohttpSession(api=TelegramAPIServer.from_base(self.url))
        return Bot(token or self.token, session=session)

    async def order(self, name, /, **fields):
        async with self.http.post(f"{self.url}/_control/{name}", json=fields) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def updates(self, bot, timeout=5):
        found = await bot.get_updates(offset=self.offset, timeout=timeout)
        if found:
            self.offset = found[-1].update_id + 1
        return found

    async def drain(self, bot):
        for update in await bot.get_updates(offset=-1, timeout=0):
            self.offset = update.update_id + 1


@check
async def get_me_tells_the_bot(s, bot):
    me = await bot.get_me()
    assert me.is_bot and str(me.id) == s.token.split(":")[0] and me.username


@check
async def a_wrong_token_is_unauthorized(s, bot):
    async with s.bot("123456:" + "x" * 35) as other:
        await refused(exceptions.TelegramUnauthorizedError, "Unauthorized", other.get_me())


@check
async def a_malformed_token_is_not_found(s, bot):
    async with s.bot("123:x") as other:
        await refused(exceptions.TelegramNotFound, "Not Found", other.get_me())


@check
async def an_encoded_colon_and_any_case_of_a_method_are_taken(s, bot):
    token = s.token.replace(":", "%3A")
    address = f"{s.url}/bot{token}/GETME"
    from yarl import URL

    async with s.http.get(URL(address, encoded=True)) as answer:
        assert answer.status == 200 and (await answer.json())["ok"]


@check
async def an_unknown_method_is_not_found(s, bot):
    async with s.http.post(f"{s.url}/bot{s.token}/sendTelepathy") as answer:
        body = await answer.json()
        assert (answer.status, body["error_code"]) == (404, 404)
        assert "method not found" in body["description"]


@check
async def parameters_come_in_query_form_and_json(s, bot):
    await s.order("says", id=ANNA, text="/start")
    address = f"{s.url}/bot{s.token}/sendMessage"
    fields = {"chat_id": str(ANNA), "text": "hi"}
    for arguments in ({"params": fields}, {"data": fields}, {"json": fields}):
        async with s.http.post(address, **arguments) as answer:
            assert (await answer.json())["result"]["text"] == "hi"


@check
async def a_long_poll_wakes_at_once(s, bot):
    await s.drain(bot)
    poll = asyncio.create_task(s.updates(bot, timeout=20))
    await asyncio.sleep(0.2)
    loop = asyncio.get_running_loop()
    at = loop.time()
    await s.order("says", id=ANNA, text="/start deep-link")
    update = (await poll)[0]
    assert loop.time() - at < 0.5
    message = update.message
    assert message.text == "/start deep-link" and message.from_user.language_code == "ru"
    assert message.entities[0].type == "bot_command" and message.entities[0].length == 6


@check
async def updates_are_numbered_and_kept_until_confirmed(s, bot):
    await s.drain(bot)
    for text in "abc":
        await s.order("says", id=ANNA, text=text)
    first = await bot.get_updates(offset=s.offset, timeout=0)
    await asyncio.sleep(0.6)
    again = await bot.get_updates(offset=s.offset, timeout=0)
    assert [u.message.text for u in first] == [u.message.text for u in again] == ["a", "b", "c"]
    assert [u.update_id - first[0].update_id for u in first] == [0, 1, 2]
    last = await bot.get_updates(offset=-1, timeout=0)
    assert [u.message.text for u in last] == ["c"]
    assert not await bot.get_updates(offset=first[-1].update_id + 1, timeout=0)


@check
async def two_pollers_conflict_and_the_older_one_loses(s, bot):
    await s.drain(bot)
    async with s.bot() as rival:
        older = asyncio.create_task(bot.get_updates(offset=s.offset, timeout=10))
        await asyncio.sleep(0.2)
        newer = asyncio.create_task(rival.get_updates(offset=s.offset, timeout=10))
        await refused(exceptions.TelegramConflictError, "other getUpdates request", older)
        await s.order("says", id=ANNA, text="x")
        assert (await newer)[0].message.text == "x"


@check
async def an_update_of_the_future_does_not_stop_the_batch(s, bot):
    await s.drain(bot)
    await s.order("update", telepathy={"thought": 1})
    await s.order("says", id=ANNA, text="after")
    batch = await bot.get_updates(offset=s.offset, timeout=1)
    assert len(batch) == 2 and batch[1].message.text == "after"


@check
async def html_is_parsed_with_utf16_offsets(s, bot):
    sent = await bot.send_message(
        ANNA, "😀 <b>жир</b> <a href='https://a.b/'>x</a> &lt;", parse_mode="HTML"
    )
    assert sent.text == "😀 жир x <"
    entities = [(e.type, e.offset, e.length) for e in sent.entities]
    assert entities == [("bold", 3, 3), ("text_link", 7, 1)]
    assert sent.html_text == '😀 <b>жир</b> <a href="https://a.b/">x</a> &lt;'


@check
async def broken_html_is_refused_with_the_byte_offset(s, bot):
    for text, words in (
        ("яя <x>", 'Unsupported start tag "x" at byte offset 5'),
        ("<b>a", "can't find end tag corresponding to start tag \"b\""),
        ("a</b>", "Unexpected end tag at byte offset 1"),
    ):
        call = bot.send_message(ANNA, text, parse_mode="HTML")
        await refused(exceptions.TelegramBadRequest, "can't parse entities: " + words, call)


@check
async def limits_of_text_and_buttons_hold(s, bot):
    bad = exceptions.TelegramBadRequest
    assert len((await bot.send_message(ANNA, "<b>" + "я" * 4096 + "</b>", parse_mode="HTML")).text)
    await refused(bad, "message is too long", bot.send_message(ANNA, "😀" * 2049))
    await refused(bad, "message text is empty", bot.send_message(ANNA, " \n "))
    call = bot.send_message(ANNA, "x", reply_markup=keyboard("я" * 33))
    await refused(bad, "BUTTON_DATA_INVALID", call)


@check
async def a_message_is_edited_but_not_to_the_same(s, bot):
    bad = exceptions.TelegramBadRequest
    sent = await bot.send_message(ANNA, "<i>a</i>", parse_mode="HTML", reply_markup=keyboard())
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "go"
    same = {"parse_mode": "HTML", "reply_markup": keyboard()}
    await refused(bad, "message is not modified", sent.edit_text("<i>a</i>", **same))
    edited = await sent.edit_text("b", reply_markup=keyboard())
    assert edited.text == "b" and edited.edit_date and edited.reply_markup
    bare = await sent.edit_reply_markup(reply_markup=None)
    assert bare.reply_markup is None
    await refused(bad, "MESSAGE_TOO_LONG", sent.edit_text("x" * 4097))
    gone = bot.edit_message_text("x", chat_id=ANNA, message_id=10**6)
    await refused(bad, "message to edit not found", gone)


@check
async def a_message_is_deleted_once(s, bot):
    sent = await bot.send_message(ANNA, "x")
    assert await sent.delete()
    bad = exceptions.TelegramBadRequest
    await refused(bad, "message to delete not found", sent.delete())
    await refused(bad, "message to edit not found", sent.edit_text("y"))


@check
async def a_press_arrives_and_is_answered(s, bot):
    sent = await bot.send_message(ANNA, "x", reply_markup=keyboard("pressed"))
    await s.drain(bot)
    await s.order("presses", id=ANNA, data="pressed")
    query = (await s.updates(bot))[0].callback_query
    assert query.data == "pressed" and query.message.message_id == sent.message_id
    call = bot.answer_callback_query(query.id, text="x" * 201)
    await refused(exceptions.TelegramBadRequest, "MESSAGE_TOO_LONG", call)
    assert await bot.answer_callback_query(query.id, text="ok", show_alert=True)
    too_old = bot.answer_callback_query("1")
    await refused(exceptions.TelegramBadRequest, "query is too old", too_old)


@check
async def a_forged_press_has_an_inaccessible_message(s, bot):
    await s.drain(bot)
    await s.order("presses", id=ANNA, data="forged")
    query = (await s.updates(bot))[0].callback_query
    assert query.data == "forged" and query.message.date == 0
    assert type(query.message).__name__ == "InaccessibleMessage"
    assert await query.as_(bot).answer()


@check
async def a_photo_is_downloaded_as_it_was_sent(s, bot):
    await s.drain(bot)
    picture = png(1000, 700)
    for _ in range(2):
        await s.order("photo", id=ANNA, base64=base64.b64encode(picture).decode())
    photos = [update.message.photo for update in await s.updates(bot)]
    widths = [size.width for size in photos[0]]
    assert widths == sorted(widths) == [90, 320, 800, 1000]
    assert photos[0][-1].file_unique_id == photos[1][-1].file_unique_id
    assert photos[0][-1].file_id != photos[1][-1].file_id
    file = await bot.get_file(photos[0][-1].file_id)
    assert file.file_path.startswith("photos/") and file.file_size == len(picture)
    content = await bot.download_file(file.file_path, io.BytesIO())
    assert content.getvalue() == picture
    call = bot.get_file("nonsense")
    await refused(exceptions.TelegramBadRequest, "invalid file_id", call)


@check
async def a_file_above_20_mb_cannot_be_downloaded(s, bot):
    await s.drain(bot)
    big = base64.b64encode(bytes((20 << 20) + 1)).decode()
    await s.order("document", id=ANNA, base64=big, name="big.zip", mime="application/zip")
    document = (await s.updates(bot))[0].message.document
    assert document.file_name == "big.zip" and document.file_size == (20 << 20) + 1
    call = bot.get_file(document.file_id)
    await refused(exceptions.TelegramBadRequest, "file is too big", call)


@check
async def photos_documents_and_albums_are_sent(s, bot):
    picture = BufferedInputFile(png(400, 300), "a.png")
    sent = await bot.send_photo(ANNA, picture, caption="<b>c</b>", parse_mode="HTML")
    assert sent.photo[-1].width == 400 and sent.caption_entities[0].type == "bold"
    again = await bot.send_photo(ANNA, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    document = await bot.send_document(ANNA, BufferedInputFile(b"x", "a.txt"))
    assert document.document.file_name == "a.txt"
    items = [InputMediaPhoto(media=BufferedInputFile(png(200, n), "a.png")) for n in (200, 210)]
    album = await bot.send_media_group(ANNA, items)
    assert len(album) == 2 and len({message.media_group_id for message in album}) == 1
    bad = exceptions.TelegramBadRequest
    await refused(bad, "album", bot.send_media_group(ANNA, items[:1]))
    broken = bot.send_photo(ANNA, BufferedInputFile(b"junk", "a.png"))
    await refused(bad, "IMAGE_PROCESS_FAILED", broken)


@check
async def albums_have_their_rules(s, bot):
    bad = exceptions.TelegramBadRequest
    upload = BufferedInputFile(png(400, 300), "a.png")
    first = await bot.send_media_group(
        ANNA,
        [
            InputMediaPhoto(media=upload, caption="<b>c</b> " + "я" * 1022, parse_mode="HTML"),
            InputMediaPhoto(media=BufferedInputFile(png(300, 400), "b.png")),
        ],
    )
    assert [len(message.caption or "") for message in first] == [1024, 0]
    assert all(message.reply_markup is None for message in first)
    assert first[1].message_id == first[0].message_id + 1
    known = [message.photo[-1].file_id for message in first]
    again = await bot.send_media_group(ANNA, [InputMediaPhoto(media=name) for name in known])
    unique = [[message.photo[-1].file_unique_id for message in album] for album in (first, again)]
    assert unique[0] == unique[1]
    mixed = [InputMediaPhoto(media=known[0]), InputMediaPhoto(media=upload)]
    assert len(await bot.send_media_group(ANNA, mixed)) == 2
    files = [
        InputMediaDocument(media=BufferedInputFile(png(20, n), f"{n}.png"), caption=f"{n}")
        for n in (20, 21)
    ]
    documents = await bot.send_media_group(ANNA, files)
    assert [message.document.file_name for message in documents] == ["20.png", "21.png"]
    photos = [InputMediaPhoto(media=known[0])]
    await refused(bad, "2-10 items", bot.send_media_group(ANNA, photos * 11))
    assert len(await bot.send_media_group(ANNA, photos * 10)) == 10
    unlike = photos + [InputMediaDocument(media=documents[0].document.file_id)]
    await refused(bad, "in the album", bot.send_media_group(ANNA, unlike))
    long = [InputMediaPhoto(media=known[0], caption="x" * 1025)] + photos
    await refused(bad, "caption is too long", bot.send_media_group(ANNA, long))
    broken = photos + [InputMediaPhoto(media=BufferedInputFile(b"junk", "a.png"))]
    await refused(bad, "IMAGE_PROCESS_FAILED", bot.send_media_group(ANNA, broken))
    lost = photos + [InputMediaPhoto(media="AgACnonsense")]
    await refused(bad, "wrong file_id", bot.send_media_group(ANNA, lost))


@check
async def a_photo_is_no_document_and_has_limits(s, bot):
    bad = exceptions.TelegramBadRequest
    photo = await bot.send_photo(ANNA, BufferedInputFile(png(400, 300), "a.png"))
    as_document = bot.send_document(ANNA, photo.photo[-1].file_id)
    await refused(bad, "type of file mismatch", as_document)
    original = png(64, 64)
    sent = await bot.send_document(ANNA, BufferedInputFile(original, "a.png"), caption="c")
    as_photo = bot.send_photo(ANNA, sent.document.file_id)
    await refused(bad, "type of file mismatch", as_photo)
    again = await bot.send_document(ANNA, sent.document.file_id)
    assert again.document.file_unique_id == sent.document.file_unique_id
    file = await bot.get_file(again.document.file_id)
    content = await bot.download_file(file.file_path, io.BytesIO())
    assert content.getvalue() == original
    heavy = original + bytes(10 << 20)
    call = bot.send_photo(ANNA, BufferedInputFile(heavy, "a.png"))
    await refused(bad, "file is too big", call)
    assert await bot.send_document(ANNA, BufferedInputFile(heavy, "a.png"))
    wide = bot.send_photo(ANNA, BufferedInputFile(png(2100, 100), "a.png"))
    await refused(bad, "PHOTO_INVALID_DIMENSIONS", wide)
    assert await bot.send_chat_action(ANNA, "upload_photo")
    await refused(bad, "wrong parameter action", bot.send_chat_action(ANNA, "dancing"))


@check
async def commands_are_kept_by_language(s, bot):
    assert await bot.set_my_commands([BotCommand(command="start", description="Go")])
    russian = [BotCommand(command="start", description="Начать")]
    assert await bot.set_my_commands(russian, language_code="ru")
    assert (await bot.get_my_commands())[0].description == "Go"
    assert (await bot.get_my_commands(language_code="ru"))[0].description == "Начать"
    illegal = bot.set_my_commands([BotCommand(command="Start!", description="x")])
    await refused(exceptions.TelegramBadRequest, "BOT_COMMAND_INVALID", illegal)


@check
async def actions_and_reactions_are_taken(s, bot):
    assert await bot.send_chat_action(ANNA, "typing")
    sent = await bot.send_message(ANNA, "x")
    reaction = [ReactionTypeEmoji(emoji="👍")]
    assert await bot.set_message_reaction(ANNA, sent.message_id, reaction)


@check
async def people_out_of_reach_are_told_apart(s, bot):
    forbidden = exceptions.TelegramForbiddenError
    await refused(exceptions.TelegramBadRequest, "chat not found", bot.send_message(NOBODY, "x"))
    await refused(forbidden, "bot can't initiate", bot.send_message(STRANGER, "x"))
    await s.order("says", id=BORIS, text="/start")
    await s.drain(bot)
    await s.order("blocks", id=BORIS)
    member = (await s.updates(bot))[0].my_chat_member
    assert member.new_chat_member.status == "kicked"
    await refused(forbidden, "bot was blocked by the user", bot.send_message(BORIS, "x"))
    await s.order("unblocks", id=BORIS)
    assert await bot.send_message(BORIS, "x")
    await s.order("deletes_account", id=BORIS)
    await refused(forbidden, "user is deactivated", bot.send_message(BORIS, "x"))


@check
async def faults_come_as_the_exceptions_of_the_client(s, bot):
    async def order(kind, seconds=1):
        await s.order("fault", method="sendMessage", kind=kind, seconds=seconds)
        return bot.send_message(ANNA, kind)

    call = await order("too_many_requests", 7)
    error = await refused(exceptions.TelegramRetryAfter, "retry after 7", call)
    assert error.retry_after == 7
    call = await order("server_error")
    await refused(exceptions.TelegramServerError, "Internal Server Error", call)
    for kind in ("drop", "swallow"):
        await refused(exceptions.TelegramNetworkError, "", await order(kind))
    said = (await s.order("transcript", id=ANNA))["transcript"]
    assert "swallow" in said and "drop" not in said and "too_many" not in said
    try:
        await (await order("bad_gateway"))
    except exceptions.ClientDecodeError:
        pass
    assert await bot.send_message(ANNA, "healthy again")


@check
async def retry_after_is_a_header_too(s, bot):
    await s.order("fault", method="getMe", kind="too_many_requests", seconds=3)
    async with s.http.get(f"{s.url}/bot{s.token}/getMe") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")


@check
async def a_webhook_delivers_and_excludes_polling(s, bot):
    from aiohttp import web

    got, statuses = asyncio.Queue(), [500]

    async def hook(request):
        await got.put((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response(status=statuses.pop() if statuses else 200)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await s.drain(bot)
    address = f"http://127.0.0.1:{port}/hook"
    assert await bot.set_webhook(address, secret_token="s3cret", drop_pending_updates=True)
    await s.order("says", id=ANNA, text="by webhook")
    for _ in range(2):  # the first is answered with 500, so it comes again
        secret, update = await asyncio.wait_for(got.get(), 5)
        assert secret == "s3cret" and update["message"]["text"] == "by webhook"
    info = await bot.get_webhook_info()
    assert info.url == address and "500" in info.last_error_message
    await refused(
        exceptions.TelegramConflictError, "webhook is active", bot.get_updates(timeout=0)
    )
    plain = bot.set_webhook("http://example.org/hook")
    await asyncio.sleep(1)
    await refused(exceptions.TelegramBadRequest, "bad webhook", plain)
    assert await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    await runner.cleanup()


@check
async def a_dispatcher_of_aiogram_runs_on_it(s, bot):
    await s.drain(bot)
    dispatcher, done = Dispatcher(), asyncio.Event()

    @dispatcher.message(F.text == "/menu")
    async def menu(message: Message):
        await message.answer("Menu", reply_markup=keyboard("menu"))
        await s.order("presses", id=ANNA, data="menu")

    @dispatcher.callback_query(F.data == "menu")
    async def pressed(query: CallbackQuery):
        await query.answer("ok")
        await query.message.edit_text("Chosen")
        done.set()

    running = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    await s.order("says", id=ANNA, text="/menu")
    await asyncio.wait_for(done.wait(), 10)
    await dispatcher.stop_polling()
    await running
    transcript = (await s.order("transcript", id=ANNA))["transcript"]
    assert "Chosen (edited 1 times)" in transcript and "bot (toast): ok" in transcript


async def judge(program):
    server = await asyncio.create_subprocess_exec(
        program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    start = json.loads(await server.stdout.readline())
    failures = 0
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        standin = Standin(start["url"], start["token"], http)
        bot = await stack.enter_async_context(standin.bot())
        for number, name in ((ANNA, "Anna"), (BORIS, "Boris"), (STRANGER, "Stranger")):
            await standin.order("person", id=number, first_name=name, language_code="ru")
        for function in checks:
            title = function.__name__.replace("_", " ")
            try:
                await asyncio.wait_for(function(standin, bot), 40)
                print(f"ok    {title}")
            except Exception as error:  # any failure is a finding, and the next check still counts
                failures += 1
                print(f"FAIL  {title}: {type(error).__name__}: {error}")
    server.stdin.close()
    code = await asyncio.wait_for(server.wait(), 10)
    print(f"{len(checks) - failures} of {len(checks)} hold")
    return 1 if failures or code else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(asyncio.run(judge(sys.argv[1])))
