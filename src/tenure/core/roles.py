"""Roles and what each may do. A role is a dated grant, never a flag on the user."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    LEADER = "leader", _("Leader")
    CSM = "csm", _("Success manager")
    VIEWER = "viewer", _("Viewer")


class Permission(StrEnum):
    SEE_ALL_ACCOUNTS = "see_all_accounts"
    SEE_OWN_BOOK = "see_own_book"
    WORK_ACCOUNTS = "work_accounts"
    SEE_DATA = "see_data"
    LOAD_DATA = "load_data"
    SEE_SETTINGS = "see_settings"
    EDIT_DEFINITIONS = "edit_definitions"
    MANAGE_USERS = "manage_users"
    MANAGE_KEYS = "manage_keys"
    PLAN_TEAM = "plan_team"
    ERASE = "erase"


_LEADER = {
    Permission.SEE_ALL_ACCOUNTS,
    Permission.SEE_OWN_BOOK,
    Permission.WORK_ACCOUNTS,
    Permission.SEE_DATA,
    Permission.SEE_SETTINGS,
    Permission.EDIT_DEFINITIONS,
    Permission.PLAN_TEAM,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.LEADER: frozenset(_LEADER),
    Role.CSM: frozenset({Permission.SEE_OWN_BOOK, Permission.WORK_ACCOUNTS}),
    Role.VIEWER: frozenset({Permission.SEE_ALL_ACCOUNTS}),
}
