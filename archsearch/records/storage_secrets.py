"""What may be seen of a storage: never a password, whatever form the storage is given in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote, quote_plus, unquote_plus

from archsearch.errors import InputError
from archsearch.printable import shell_command, without_url_passwords
from archsearch.records.storage_url import parsed_url, shown_unread

__all__ = [
    "has_password",
    "masked",
    "masked_command",
    "masked_words",
    "storages_in",
    "stripped",
    "without_password",
]

_OPTION = "--storage"
"""How commands are told their storage."""

_NO_SECRETS = frozenset({
    "application_name", "cache", "channel_binding", "charset", "client_encoding",
    "connect_timeout", "dbname", "host", "hostaddr", "mode", "nolock", "port", "require_auth",
    "sslmode", "target_session_attrs", "timeout", "uri", "user",
})  # fmt: skip
"""A URL's options whose values may be shown; of any other, a driver may know a secret."""


def masked(storage: str) -> str:
    """The storage for people's eyes: only what is known to be no secret; ``***`` for the rest.

    Of a text that is no URL, such as libpq's ``host=… password=…``, only a file's path
    and a URL's scheme are known.

    Example:
        >>> masked("postgresql://ann:pw@db/nets?sslmode=require&sslpassword=pw")
        'postgresql://ann:***@db/nets?sslmode=require&sslpassword=***'
        >>> masked("host=db password=pw"), masked("postgres//ann:pw@db"), masked("runs/a.db")
        ('***', 'postgres//***', 'runs/a.db')
    """
    try:
        url = parsed_url(storage)
    except InputError:
        return shown_unread(storage)
    if url.get_backend_name() == "sqlite" and not url.query:
        return storage  # a path, as it was typed
    query = {key: value if key in _NO_SECRETS else "***" for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True).replace("%2A", "*")


def has_password(storage: str) -> bool:
    """Whether the URL has a password, before its host or as an option.

    Example:
        >>> has_password("postgresql://ann:pw@db/nets"), has_password("postgresql://db/nets")
        (True, False)
    """
    url = parsed_url(storage)
    return bool(url.password or url.query.get("password"))


def stripped(storage: str) -> str:
    """The URL without a password, for programs that get it from elsewhere; see ``masked``.

    Example:
        >>> stripped("postgresql://ann:pw@db/nets?sslpassword=pw")
        'postgresql://ann@db/nets?sslpassword=***'
        >>> stripped("postgresql://db/nets?password=pw")
        'postgresql://db/nets'
    """
    from sqlalchemy.engine import URL

    url = parsed_url(storage).difference_update_query(["password"])
    bare = URL.create(  # URL.set takes None for "as it is"
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    )
    return masked(bare.render_as_string(hide_password=False))


def storages_in(words: Sequence[str]) -> list[str]:
    """The storages that the words of a command name with ``--storage``.

    Example:
        >>> storages_in(["study", "list", "--storage", "sqlite:///a.db", "--storage=b"])
        ['sqlite:///a.db', 'b']
    """
    after = [word for option, word in pairwise(words) if option == _OPTION]
    return after + [word[len(_OPTION) + 1 :] for word in words if word.startswith(f"{_OPTION}=")]


def masked_command(command: str) -> str:
    """A command line, e.g. a stored one, with its words as ``masked_words`` gives them.

    Example:
        >>> masked_command("archsearch study list --storage 'host=db password=pw'")
        "archsearch study list --storage '***'"
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return without_url_passwords(command)
    shown = masked_words(words)
    return command if shown == words else shell_command(shown)


def masked_words(words: Sequence[str]) -> list[str]:
    """The words of a command, each storage and URL in them without its password.

    Example:
        >>> masked_words(["study", "list", "--storage=host=db password=pw"])
        ['study', 'list', '--storage=***']
    """
    shown = list(words)
    for storage in filter(None, storages_in(words)):
        shown = [word.replace(storage, masked(storage)) for word in shown]
    return [without_url_passwords(word) for word in shown]


def without_password(text: str, storage: str) -> str:
    """A text, e.g. a driver's message, in which the storage's secrets became ``***``.

    Example:
        >>> without_password("no login as ann:pw", "postgresql://ann:pw@db/nets")
        'no login as ann:***'
    """
    if storage:
        text = text.replace(storage, masked(storage))
    for secret in sorted(_secrets(storage), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
    return text


def _secrets(storage: str) -> set[str]:
    """The secrets in a URL, in every way that they may be written; none of another text."""
    try:
        url = parsed_url(storage)
    except InputError:
        return set()
    options = [option.partition("=") for option in storage.partition("?")[2].split("&")]
    typed = [value for key, _, value in options if key not in _NO_SECRETS]
    plain = [url.password or "", *map(unquote_plus, typed)]
    typed += re.findall(r"//[^:/]*:([^@]*)@", storage)
    forms = {form for text in plain for form in (text, quote(text, safe=""), quote_plus(text))}
    return {*forms, *typed} - {""}
