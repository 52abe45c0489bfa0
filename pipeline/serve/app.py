"""The page's addresses: which view each asks, and how it answers when something is wrong."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Mapping
from importlib.resources import files
from itertools import chain
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline import log
from pipeline.errors import UsageError
from pipeline.render.tables import write_table, written
from pipeline.render.terminal import one_line
from pipeline.serve.context import PageContext
from pipeline.serve.guard import App, Guard, asked_from_here
from pipeline.serve.pages import FORMS, WORKBOOK, render
from pipeline.serve.snapshot import Snapshots
from pipeline.serve.texts import locale_of
from pipeline.serve.views.article import article, considered, signs
from pipeline.serve.views.console import LONG, console
from pipeline.serve.views.feeds import feeds
from pipeline.serve.views.incident import incident
from pipeline.serve.views.incidents import incidents
from pipeline.serve.views.overview import overview
from pipeline.serve.views.story import stories, story

_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Found = Mapping[str, Any] | None
Endpoint = Callable[[Request], Response]


class Pages:
    """Answers of the page, one method a kind of address.

    Args:
        data: the rows of an output.
    """

    def __init__(self, data: Snapshots) -> None:
        """Take the rows."""
        self._data = data

    def context(self, request: Request) -> PageContext:
        """Who asks, and in which locale.

        Args:
            request: as it came.
        """
        params = dict(request.query_params)
        locale = locale_of(params.get("lang"), params.get("digits"))
        at = PageContext(self._data, locale, request.url.path, params)
        if self._data.stale:
            at.notes.append(locale.say("problem.stale", why=self._data.stale))
        return at

    def all_of(self, template: str, section: str, view: Callable[[PageContext], Found]) -> Endpoint:
        """A page of a section.

        Args:
            template: its template.
            section: of the menu.
            view: what finds what is shown.
        """

        def answer(request: Request) -> Response:
            at = self.context(request)
            found = view(at)
            return HTMLResponse(render(template, at, found or {}, section=section))

        return answer

    def one_of(
        self, template: str, section: str, view: Callable[[PageContext, str], Found]
    ) -> Endpoint:
        """A page of one thing, by its id in the address; see ``all_of``."""

        def answer(request: Request) -> Response:
            at = self.context(request)
            found = view(at, request.path_params["id"])
            if found is None:
                key = f"problem.no_{template.removesuffix('.html')}"
                return _problem(at, at.locale.say(key), 404)
            return HTMLResponse(render(template, at, found, section=section))

        return answer

    def considered(self, request: Request) -> Response:
        """What was considered in an article."""
        at = self.context(request)
        panel, words = considered(at, request.path_params["id"])
        shown = {"panel": panel, "words": words}
        return HTMLResponse(render("considered.html", at, shown, section="incidents"))

    def signs(self, request: Request) -> Response:
        """What weighed most for each event of an article, for its hovers."""
        return JSONResponse(signs(self.context(request), request.path_params["id"]))

    def console(self, request: Request) -> Response:
        """A query and its answer."""
        at = self.context(request)
        shown = console(at, run=asked_from_here(request.headers))
        return HTMLResponse(render("sql.html", at, shown, section="sql"))

    def rows(self, request: Request) -> Response:
        """The rows of a query as a file."""
        at = self.context(request)
        if not asked_from_here(request.headers):
            return _no_file(at, request, at.locale.say("sql.not_run"), 403)
        form = request.url.path.rsplit(".", 1)[1]
        headers = {"content-disposition": f'attachment; filename="rasd.{form}"'}
        query = at.params.get("q", "")[:LONG]
        try:
            if form == "xlsx":
                book = _workbook(at, query)
                return Response(book, media_type=_TYPES[form], headers=headers)
            parts = written(at.data.batches(query), form)
            first = next(parts)  # what is wrong with a query is known by now
        except UsageError as error:
            return _no_file(at, request, str(error), 400)
        return _Parts(first, parts, media_type=_TYPES[form], headers=headers)

    def wrong(self, request: Request, error: Exception) -> Response:
        """What is said when there is no answer; the cause goes to the terminal."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 500:
            said = one_line(f"{request.url.path}: {type(error).__name__}: {error}")
            log.say(said, "ERROR")
        key = "problem.missing" if status == 404 else "problem.failed"
        at = self.context(request)
        return _problem(at, at.locale.say(key), status)


def make_app(data: Snapshots, *, token: str | None = None) -> App:
    """The page over one output.

    Args:
        data: its rows.
        token: what must be known to see it; None on loopback.
    """
    pages = Pages(data)
    routes = [
        Route("/", pages.all_of("overview.html", "overview", overview)),
        Route("/incidents", pages.all_of("incidents.html", "incidents", incidents)),
        Route("/incident/{id:str}", pages.one_of("incident.html", "incidents", incident)),
        Route("/article/{id:str}", pages.one_of("article.html", "incidents", article)),
        Route("/article/{id:str}/considered", pages.considered),
        Route("/article/{id:str}/signs", pages.signs),
        Route("/stories", pages.all_of("stories.html", "stories", stories)),
        Route("/story/{id:str}", pages.one_of("story.html", "stories", story)),
        Route("/feeds", pages.all_of("feeds.html", "feeds", feeds)),
        Route("/sql", pages.console),
        *(Route(f"/rows.{form}", pages.rows) for form in FORMS),
        Mount("/static", StaticFiles(directory=str(files("pipeline.serve").joinpath("static")))),
    ]
    handlers: dict[Any, Any] = {HTTPException: pages.wrong, Exception: pages.wrong}
    app = Starlette(routes=routes, exception_handlers=handlers)
    return Guard(GZipMiddleware(app, minimum_size=2000), token=token)


class _Parts(StreamingResponse):
    """A file that is sent while it is made.

    What goes wrong after its beginning breaks the connection off, so that a browser tells that the
    download failed: a file that only seems whole would be worse.
    """

    def __init__(self, first: bytes, parts: Generator[bytes], **options: Any) -> None:
        """Take the file's first piece and what makes the others."""
        super().__init__(chain([first], parts), **options)
        self._parts = parts

    async def stream_response(self, send: Any) -> None:
        """Send it (ASGI), and let go of the rows, also when who asked went away."""
        try:
            await super().stream_response(send)
        except UsageError as error:
            log.say(f"a download was broken off: {one_line(str(error))}", "ERROR")
        finally:
            self._parts.close()


def _workbook(at: PageContext, query: str) -> bytes:
    """The rows of a query as a file of Excel's, which is made as a whole.

    Raises:
        UsageError: it is refused, or answers more than such a file is made of.
    """
    answer = at.data.ask_beside(query, rows=WORKBOOK)
    if answer.bounded.more:
        raise UsageError(at.locale.say("problem.xlsx", n=at.locale.number(WORKBOOK)))
    stream = io.BytesIO()
    write_table(answer.bounded.rows, "xlsx", stream)
    return stream.getvalue()


def _no_file(at: PageContext, request: Request, why: str, status: int) -> Response:
    """Why there is no file: a page for a browser, a line for what is none."""
    if "text/html" in request.headers.get("accept", ""):
        return _problem(at, why, status)
    return PlainTextResponse(why, status)


def _problem(at: PageContext, said: str, status: int) -> Response:
    return HTMLResponse(render("problem.html", at, {"said": said}, section=""), status_code=status)
