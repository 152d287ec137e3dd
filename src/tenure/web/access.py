"""Who may open which page: every view names its permission here, or says that it needs none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.core.models import User
from tenure.core.roles import GRANTS, Permission, Role
from tenure.core.selectors import role_hold
from tenure.web.whole import LARGEST

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
SEE_ACCOUNTS = (Permission.SEE_ALL_ACCOUNTS, Permission.SEE_OWN_BOOK)
HAND_OVER = (Permission.WORK_ACCOUNTS, Permission.SEE_ALL_ACCOUNTS)


def user_of(request: HttpRequest) -> User:
    """The signed-in user."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def role(request: HttpRequest) -> Role | None:
    """The user's role, asked once per request."""
    if not hasattr(request, "tenure_role"):
        signed_in = isinstance(request.user, User)
        request.tenure_role = role_hold(user_of(request)) if signed_in else None  # type: ignore[attr-defined]
    return request.tenure_role  # type: ignore[attr-defined, no-any-return]


def allowed(request: HttpRequest, *permissions: Permission) -> bool:
    """Whether the user's role grants any of the permissions."""
    held = role(request)
    return held is not None and any(p in GRANTS[held] for p in permissions)


def allowed_all(request: HttpRequest, permissions: tuple[Permission, ...]) -> bool:
    """Whether the user's role grants every one of the permissions."""
    held = role(request)
    return held is not None and all(p in GRANTS[held] for p in permissions)


def may_open(request: HttpRequest, address: str) -> bool:
    """Whether the user may open a page of ours, given by its address."""
    view = resolve(address.partition("?")[0]).func
    any_of = getattr(view, "any_of", ())
    return (not any_of or allowed(request, *any_of)) and allowed_all(
        request, getattr(view, "every", ())
    )


def page(*permissions: Permission, every: tuple[Permission, ...] = ()) -> Callable[[View], View]:
    """Mark a view as needing any of the permissions, or every one of `every`; none: a sign-in."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            short = permissions and not allowed(request, *permissions)
            if short or not allowed_all(request, every):
                raise PermissionDenied(_("Your role does not include this page."))
            if any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
                raise Http404(_("There is nothing of so large a number."))
            return view(request, *args, **kwargs)

        guarded.permissions = permissions + every  # type: ignore[attr-defined]
        guarded.any_of, guarded.every = permissions, every  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def account_or_404(request: HttpRequest, account_id: int) -> Account:
    """An account the user may see. One in somebody else's book is as absent as one that is not."""
    found = accounts_visible(user_of(request)).filter(pk=account_id).first()
    if found is None:
        raise Http404(_("There is no such account in your book."))
    return found
