"""A disk whose power can be cut: an ext4 file system of its own, in a file. The cut is ext4's
shutdown request: from then on nothing reaches the disk any more, and what was not synced before is
lost as in a power cut. Needs root and loop devices.

Everything is mounted in a mount namespace of this process: however it ends, nothing stays behind.
"""

import ctypes
import fcntl
import functools
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

from support.case import wait_until

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32)
WITHOUT_FLUSH = struct.pack("I", 2)  # EXT4_GOING_FLAGS_NOLOGFLUSH
NEW_MOUNT_NAMESPACE = 0x00020000

# Twice what the log and the read models want to see free; the file has holes.
SIZE_MIB = 512


@functools.cache
def why_not():
    """Why there can be no such disk here; None when there can. To be asked first, and by the main
    thread: from then on mounts are this process's own."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNT_NAMESPACE) != 0:
        return f"no mounts of its own: {os.strerror(ctypes.get_errno())}"
    try:
        _run("mount", "--make-rprivate", "/")
        disk = Disk()
        try:
            disk.make()
            disk.cut()
        finally:
            disk.discard()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no power can be cut: {getattr(error, 'stderr', None) or error}".strip()
    return None


def _try(*command):
    return subprocess.run(command, check=False, capture_output=True,
                          stdin=subprocess.DEVNULL).returncode == 0


def _run(*command):
    subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)


class Disk:
    """Between make() and discard(), a file system at `path`. `journals`: what ext4 writes to its
    journal, "ordered" when nobody says otherwise, or "journal", or "writeback"."""

    def __init__(self, journals="ordered"):
        self.options = f"loop,data={journals}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="boxoffice-power-"))
        self.image = self.folder / "image"
        self.path = self.folder / "disk"
        self.path.mkdir()

    def make(self):
        """A new, empty one."""
        self._unmount()
        self.image.unlink(missing_ok=True)
        with open(self.image, "wb") as image:
            image.truncate(SIZE_MIB << 20)
        _run("mkfs.ext4", "-q", self.image)
        self._mount()

    def cut(self, commit=False):
        """The power is gone when this returns. `commit`: it comes just after ext4 has committed its
        journal, as it does every few seconds: files may then have sizes without the data."""
        if commit:
            with open(self.path / "commit", "wb") as file:
                os.fsync(file.fileno())
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, SHUTDOWN, WITHOUT_FLUSH)
        finally:
            os.close(directory)

    def restore(self):
        """The power is back: ext4 replays its journal. REQUIRES: nobody uses the disk."""
        # A process that another thread of the test is just starting may hold, for a moment, a copy
        # of what this one has open.
        wait_until(lambda: _try("umount", self.path), "the disk is not in use")
        self._mount()

    def discard(self):
        self._unmount()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _mount(self):
        _run("mount", "-o", self.options, self.image, self.path)

    def _unmount(self):
        if os.path.ismount(self.path):
            _run("umount", "--lazy", self.path)
