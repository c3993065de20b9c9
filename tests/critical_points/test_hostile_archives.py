"""Archives whose headers promise more than there is, or more than there should be, are refused before they are read."""

import io
import zipfile

import numpy as np
import pytest

from algebra import InputError
from algebra.critical_points.files import read_npz
from algebra.reading import MOST_BYTES

SOUND = {"X": np.eye(2, dtype=int), "Y": np.eye(2, dtype=int), "W_1": np.eye(2, dtype=int)}


def packed(path, headers, data=b"", version=b"\x01\x00"):
    """Write an archive of arrays with these headers and the same data."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, header in headers.items():
            text = header.encode().ljust(117) + b"\n"
            archive.writestr(f"{name}.npy", b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + data)
    return path


def header(shape, descr="<f8"):
    return repr({"descr": descr, "fortran_order": False, "shape": shape})


def test_a_sound_archive(tmp_path):
    np.savez(tmp_path / "s.npz", **SOUND)
    assert read_npz(tmp_path / "s.npz")["X"].tolist() == [[1, 0], [0, 1]]
    np.savez_compressed(tmp_path / "s.npz", X=SOUND["X"], Y=SOUND["Y"], W=np.zeros((2, 2, 2)))
    assert len(read_npz(tmp_path / "s.npz")["W"]) == 2


@pytest.mark.parametrize(
    "text",
    [
        header((10**12,)),
        header((-1, 2)),
        header((10**12, 0)),
        header((10**12,), "<U0"),
        header((0,), "|O"),
        header((0,), [("a", "<f8")]),
        header((0,), "<M8[s]"),
        header((0,) * 40),
        header(()),
        header(("a",)),
        header((1.5,)),
        header((True,)),
        "{}",
        "(" * 117,
        "[" * 60 + "]" * 57,
        "no header",
    ],
)
def test_hostile_headers(tmp_path, text):
    path = packed(tmp_path / "h.npz", dict.fromkeys(("X", "Y", "W"), text))
    with pytest.raises(InputError):
        read_npz(path)


def test_a_bomb_is_not_unpacked(tmp_path):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": (MOST_BYTES // 8,)})
    with zipfile.ZipFile(tmp_path / "b.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("X", "Y"):
            with archive.open(f"{name}.npy", "w") as file:
                file.write(buffer.getvalue())
                for _ in range(MOST_BYTES >> 24):
                    file.write(bytes(1 << 24))
    with pytest.raises(InputError, match="256 MB when unpacked"):
        read_npz(tmp_path / "b.npz")


def test_a_header_of_gigabytes(tmp_path):
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("X.npy", b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little") + b" " * 100)
    with pytest.raises(InputError, match=r"version 2\.0"):
        read_npz(tmp_path / "v.npz")


def test_other_files_of_this_name(call, tmp_path):
    path, array = tmp_path / "x.npz", io.BytesIO()
    np.save(array, np.eye(2))
    for write in (
        lambda: path.write_bytes(array.getvalue()),
        lambda: path.write_bytes(b""),
        lambda: path.write_bytes(b"PK\x03\x04" + b"\0" * 60),
        lambda: np.savez(path, X=np.array([object()], dtype=object)),
        lambda: np.savez(path, **{**SOUND, "X": np.eye(2) * 1j}),
        lambda: np.savez(path, **{**SOUND, "X": np.array("x" * 200_000)}),
        lambda: np.savez(path, **{**SOUND, "W_1": np.zeros(0)}),
    ):
        write()
        answer = call("critical-point", path, "--json")
        assert answer.status == 2
        assert answer.error["message"]
