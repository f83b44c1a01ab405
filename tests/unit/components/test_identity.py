"""Identities that never change, because other machines rely on them."""

from __future__ import annotations

from uuid import UUID

from components.services.secret_identity import secret_usage, secret_uuid

from .graph import FSID, built


def test_the_uuid_of_a_secret_is_pinned() -> None:
    assert secret_uuid(FSID, "client.cinder") == "50d00e58-4fea-567a-8892-dcd3eded998c"


def test_every_cluster_and_user_has_a_secret_of_its_own() -> None:
    clusters = (FSID, "00000000-0000-0000-0000-000000000001")
    pairs = [(fsid, entity) for fsid in clusters for entity in ("client.cinder", "client.cinder-g2", "client.nova")]
    assert len({secret_uuid(*pair) for pair in pairs}) == len({secret_usage(*pair) for pair in pairs}) == len(pairs)
    assert all(UUID(secret_uuid(*pair)).version == 5 for pair in pairs)


def test_a_usage_name_in_the_settings_is_the_first_generations_only() -> None:
    user = {"name": "cinder", "generation": 2, "secret_usage": "client.cinder secret"}
    declared = built(cinder__user=user)
    assert declared["cinder-secret-compute1"].inputs["usage"] == "client.cinder secret"
    assert declared["cinder-secret-g2-compute1"].inputs["usage"] == f"client.cinder-g2 of ceph {FSID}"
