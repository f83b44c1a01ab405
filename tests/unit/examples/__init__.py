"""Examples of every kind: at least one of each."""

from __future__ import annotations

from tests.unit.examples.ceph_conf import CEPH_CONF
from tests.unit.examples.cluster import CLUSTER
from tests.unit.examples.config_sections import CONFIG
from tests.unit.examples.crush_rule import CRUSH_RULE
from tests.unit.examples.directory import DIRECTORY, EXISTING
from tests.unit.examples.erasure_code_profile import ERASURE_CODE_PROFILE
from tests.unit.examples.file_copy import COPY, COPY_OF_NOTHING
from tests.unit.examples.file_label import LABEL, LABEL_BY_CHCON, LABEL_NOWHERE
from tests.unit.examples.file_lines import LINES, LINES_OF_ANOTHER_FILE
from tests.unit.examples.guard import GUARD
from tests.unit.examples.image_properties import IMAGE
from tests.unit.examples.key_type import KEY_TYPE
from tests.unit.examples.keyring import KEYRING_FILE
from tests.unit.examples.pool import ERASURE_CODED, OBJECTS, POOL
from tests.unit.examples.preflight import PREFLIGHT
from tests.unit.examples.secret import SECRET
from tests.unit.examples.service import REMOVAL, SERVICE
from tests.unit.examples.user import USER
from tests.unit.examples.volume_type import VOLUME_TYPE
from tests.unit.examples.whole_file import FILE

EXAMPLES = [
    POOL,
    OBJECTS,
    ERASURE_CODE_PROFILE,
    ERASURE_CODED,
    CRUSH_RULE,
    KEY_TYPE,
    USER,
    CLUSTER,
    CEPH_CONF,
    CONFIG,
    KEYRING_FILE,
    SECRET,
    DIRECTORY,
    EXISTING,
    COPY,
    COPY_OF_NOTHING,
    LABEL,
    LABEL_BY_CHCON,
    LABEL_NOWHERE,
    LINES,
    LINES_OF_ANOTHER_FILE,
    FILE,
    SERVICE,
    REMOVAL,
    VOLUME_TYPE,
    IMAGE,
    GUARD,
    PREFLIGHT,
]
