"""Where the Pulumi CLI comes from, with scripts in the place of the real programs."""

import http.server
import importlib.machinery
import importlib.util
import tarfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

INSTALL = Path(__file__).parents[3] / "tools" / "pulumi" / "install"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("pulumi_install", str(INSTALL))
    spec = importlib.util.spec_from_loader("pulumi_install", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "LINK", tmp_path / "state" / "bin")
    monkeypatch.setattr(module, "LOG", tmp_path / "state" / "install.log")
    monkeypatch.setattr(module, "VENDOR_TIMEOUT", 0.5)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    return module


def programs(install: ModuleType, folder: Path, version: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in install.PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)


def never(target: Path, version: str) -> None:
    raise AssertionError("asked for what was not needed")


@pytest.fixture
def vendor(install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder served on loopback; the archive in it is the vendor's."""
    folder = tmp_path / "vendor"
    folder.mkdir()
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/pulumi.tar.gz"
        monkeypatch.setattr(install, "archive_url", lambda version: url)
        yield folder
        server.shutdown()
        thread.join()


def archive(install: ModuleType, vendor: Path, version: str) -> None:
    programs(install, vendor / "pulumi", version)
    with tarfile.open(vendor / "pulumi.tar.gz", "w:gz") as entries:
        entries.add(vendor / "pulumi", "pulumi")


def test_a_new_enough_cli_on_path_is_used(install: ModuleType, tmp_path: Path) -> None:
    programs(install, tmp_path / "path", "v3.300.1")
    install.main()
    assert install.LINK.readlink() == tmp_path / "path"
    assert not (tmp_path / "cache").exists()


def test_an_old_cli_on_path_is_not_used(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programs(install, tmp_path / "path", "v3.258.0")
    version = install.pinned_sdk("cli")
    monkeypatch.setattr(install, "from_vendor", lambda target, _: programs(install, target, version))
    install.main()
    assert install.LINK.resolve().is_relative_to(tmp_path / "cache")
    assert "older than 3.259\n" in capsys.readouterr().out


def test_a_cli_without_its_language_host_is_not_used(install: ModuleType, tmp_path: Path) -> None:
    programs(install, tmp_path / "path", "v3.300.1")
    (tmp_path / "path" / "pulumi-language-python").unlink()
    assert install.folder_on_path() is None


def test_the_vendors_archive(
    install: ModuleType, vendor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = install.pinned_sdk("cli")
    archive(install, vendor, version)
    monkeypatch.setattr(install, "from_go", never)
    install.main()
    assert install.version_of(install.LINK / "pulumi") == version
    assert sorted(path.name for path in install.LINK.iterdir()) == sorted(install.PROGRAMS)
    assert "downloading" in capsys.readouterr().out

    monkeypatch.setattr(install, "from_vendor", never)
    install.main()
    assert capsys.readouterr().out == ""


def test_an_archive_of_another_version_leads_to_the_build(
    install: ModuleType, vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(install, vendor, "v3.1.0")
    version = install.pinned_sdk("cli")
    monkeypatch.setattr(install, "from_go", lambda target, _: programs(install, target, version))
    install.main()
    assert install.version_of(install.LINK / "pulumi") == version


def test_a_vendor_that_does_not_answer_costs_no_time(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = install.pinned_sdk("cli")
    over = threading.Event()
    monkeypatch.setattr(install.urllib.request, "urlopen", lambda *_, **__: over.wait(60))
    monkeypatch.setattr(install, "from_go", lambda target, _: programs(install, target, version))
    started = time.monotonic()
    install.main()
    over.set()
    assert time.monotonic() - started < 20
    assert "no answer within 0.5 s; building from Go modules instead" in capsys.readouterr().out


def test_what_an_earlier_run_left_half_done_goes(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = install.pinned_sdk("cli")
    folder = install.cache_folder(version)
    (folder.parent / ".partial-1").mkdir(parents=True)
    (folder.parent / ".partial-1" / "pulumi").write_text("half")
    monkeypatch.setattr(install, "from_vendor", lambda target, _: programs(install, target, version))
    install.main()
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, "lock"}


def test_no_go_is_one_line_that_says_what_to_do(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(target: Path, version: str) -> None:
        raise install.InstallError("no answer within 5 s")

    monkeypatch.setattr(install, "from_vendor", unreachable)
    monkeypatch.setattr(install.shutil, "which", lambda program: None)
    with pytest.raises(install.InstallError, match=r"^no Go on PATH .* install Go"):
        install.main()
