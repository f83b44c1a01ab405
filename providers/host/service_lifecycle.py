"""What a service's two resources do, of which one restarts on the way up and the other on the way down."""

from __future__ import annotations

from providers.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    create="With `change`, restarts the unit if its process has read something else than is on disk, or does not run,"
    " and waits until it says itself that it works; with `removal`, only records whether it runs. Refuses a unit that"
    " is not there. With `adopt` the first run only records the unit and its process.",
    read="Asks systemd for the unit's process, and reads the watched files.",
    update="As create. While `restart` is `deferred`, a restart that is due is only recorded.",
    delete="With `removal`, restarts the unit if files were taken out since its process started, or stops one that did"
    " not run before; with `change`, only forgets it, or stops an adopted one that did not run before.",
    diff="Compares the inputs. A change of `restart` alone is none, because `active` and `configuration` say whether a"
    " restart is due; while it is `deferred`, these two are not compared.",
)
