"""The options of gnocchi.conf, one row each. Source: Gnocchi's manual, "Ceph requirements"."""

from __future__ import annotations

from components.services.option import Option, always
from docs.examples.gnocchi.settings import GnocchiSettings

OPTIONS: tuple[Option[GnocchiSettings], ...] = (
    Option("storage", "driver", setting="gnocchi", value=always("ceph")),
    Option("storage", "ceph_pool", setting="gnocchi.pool.name", value=lambda at: at.mine.pool.name),
    Option("storage", "ceph_username", setting="gnocchi.user.name", value=lambda at: at.mine.user.login),
    Option("storage", "ceph_conffile", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option("storage", "ceph_timeout", value=always("30"), override="always"),  # seconds
)
