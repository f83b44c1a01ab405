"""Why a pool cannot hold what is asked of it: images, or the data of images as an erasure-coded data pool. Pure.

Images keep names and metadata in a replicated pool, because an erasure-coded pool has no such objects. Their data is
written in place, which an erasure-coded pool allows only with `allow_ec_overwrites`. Nobody can take that back, so it
is never set on a pool of somebody else's.
"""

from __future__ import annotations

from providers.reach.answers.pool_row import ERASURE_CODED, PoolRow


def why_unfit(pool: PoolRow, profile: str | None, *, ours: bool) -> str:
    """Return why a pool that is there cannot be used, with what to do; empty when it can.

    Args:
        pool: The pool.
        profile: The erasure code profile that a data pool is asked to have; none for a pool of images.
        ours: Whether the stack made the pool, so that a run that was cut off may still have to allow overwrites.
    """
    name, found = pool.pool_name, pool.erasure_code_profile
    if profile is None:
        if pool.type != ERASURE_CODED:
            return ""
        return (
            f"pool {name} is erasure coded, and images keep their names there only in a replicated pool; name a"
            f" replicated pool, and this one as its data_pool: {{name: {name}, erasure_code_profile: {found}}}"
        )
    if pool.type != ERASURE_CODED:
        return f"pool {name} is replicated, and the settings ask for an erasure-coded data pool; name another one"
    if found != profile:
        return (
            f"pool {name} was made with the erasure code profile {found}, not {profile}, and keeps it; write"
            f" erasure_code_profile: {found}, or name another pool"
        )
    if not pool.overwrites and not ours:
        return (
            f"pool {name} is erasure coded without overwrites, so no image could be written; run `ceph osd pool set"
            f" {name} allow_ec_overwrites true`, which needs BlueStore and cannot be taken back, or name another pool"
        )
    return ""
