"""Files are written beside their place and moved into it; what cannot be written is refused in a sentence."""

import os
import stat
import threading
import time

import pytest

import algebra.writing as writing
from algebra import PolynomialNetwork
from algebra.writing import WritingError, check_target, file_stem, make_folder, write_file

FULL = "/dev/full"
needs_full = pytest.mark.skipif(not os.path.exists(FULL), reason="a device of Linux")
LONG = "a" * 300


def refused(path):
    with pytest.raises(WritingError) as failure:
        check_target("--output", path)
    with pytest.raises(WritingError):
        write_file(path, "x", "--output")
    assert failure.value.argument == "--output"
    return failure.value.allowed


def test_what_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for path in ("", tmp_path, tmp_path / "no" / "x.csv", tmp_path / "file" / "x.json", tmp_path / LONG / "x"):
        assert "a folder that exists" in refused(path) or "too long" in refused(path)
    assert "too long" in refused(tmp_path / LONG)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    refused(loop)
    if os.path.exists("/proc/self"):
        refused("/proc/z.json")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "loop"]


@pytest.mark.parametrize("way", ["unnamed", "named"])
def test_an_old_file_gives_way_to_a_whole_one(tmp_path, monkeypatch, way):
    if way == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    target = tmp_path / ("n" * 255)  # the temporary one's name is short
    check_target("--output", target)
    assert list(tmp_path.iterdir()) == []
    write_file(target, "ä\r\n")
    assert target.read_bytes() == "ä\r\n".encode()
    target.chmod(0o600)
    write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("way", ["unnamed", "named"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, way):
    if way == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)

    def full(file, data, place):
        file.write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_fill", full)
    target = tmp_path / "old.json"
    target.write_text("old")
    with pytest.raises(WritingError, match="No space left"):
        write_file(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays(tmp_path):
    link, real = tmp_path / "link.json", tmp_path / "real.json"
    link.symlink_to("real.json")
    for text in ("first", "second"):
        write_file(link, text)
        assert link.is_symlink()
        assert real.read_text() == text


@needs_full
def test_devices_are_written_as_they_stand(tmp_path):
    check_target("--output", os.devnull)
    write_file(os.devnull, "x" * 100)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    link = tmp_path / "full.json"
    link.symlink_to(FULL)
    with pytest.raises(WritingError, match="No space left"):
        write_file(link, "x")
    assert link.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(WritingError):
        write_file(pipe, "x")
    found = []
    thread = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    thread.start()
    for _ in range(200):  # until the reader has opened it
        try:
            write_file(pipe, "x" * 200_000)
            break
        except WritingError:
            time.sleep(0.05)
    thread.join(10)
    assert len(found[0]) == 200_000


def test_folders(tmp_path):
    assert make_folder("--certificates", tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(WritingError, match="--certificates"):
        make_folder("--certificates", tmp_path / "file")


def test_names_of_files_stay_different():
    one, two = (file_stem("x" * 400 + end) for end in "ab")
    assert one != two
    assert len(one) == len(two) == 200
    assert file_stem("filling:2:1/é") == "filling_2_1__"


@needs_full
@pytest.mark.parametrize("as_json", [False, True])
def test_the_answer_is_printed_though_its_file_cannot_be_written(call, tmp_path, as_json):
    target = tmp_path / "full.json"
    target.symlink_to(FULL)
    (tmp_path / "data.json").write_text('{"points": [[0], [1]], "labels": [0, 1]}')
    for words in (
        ("dimension", 2, 3, 1, "--degree", 2, "--certificate", target),
        ("memorize", "build", tmp_path / "data.json", "--output", target),
    ):
        answer = call(*words, *(["--json"] if as_json else []))
        assert answer.status == 2
        assert "No space left" in answer.stderr
        assert words[-2] in answer.stderr
        if as_json:
            assert answer.results[0]["network" if words[0] == "memorize" else "certificate"] is None
        else:
            assert "seed 0" in answer.stdout


@needs_full
def test_a_table_is_printed_though_its_file_cannot_be_written(call, tmp_path):
    target = tmp_path / "full.csv"
    target.symlink_to(FULL)
    answer = call("table", "dimensions", 2, 3, 1, "--degree", 2, "--output", target)
    assert answer.status == 2
    assert "2, 3, 1" in answer.stdout
    assert "No space left" in answer.stderr


def test_certificates_are_written_in_one_step(tmp_path):
    target = tmp_path / "c.json"
    target.write_text("old")
    certificate = PolynomialNetwork((2, 3, 1), degree=2).dimension().certificate()
    certificate.write(target)
    assert type(certificate).read(target).check().valid
    with pytest.raises(WritingError):
        certificate.write(tmp_path / "no" / "c.json")
