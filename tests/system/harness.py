"""Starts the real server and runs the real command line. Nothing of it outlives the test.

    server = Server(bin_dir, data_dir)      # returns once the server listens
    result = run_cli(bin_dir, ["memory", "list"], server=server.address)
    server.stop()                            # SIGTERM; returns the exit code
"""
import atexit
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading

_running = set()
_state = tempfile.TemporaryDirectory(prefix="reprise_state_")


def _kill_all():
    for process in list(_running):
        _kill(process)


def _kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    _running.discard(process)


atexit.register(_kill_all)


def clean_environment(**more):
    """The environment without what would steer the programs; what they keep for later runs is the test's."""
    env = {key: value for key, value in os.environ.items() if key != "REPRISE_SERVER"}
    env["XDG_STATE_HOME"] = _state.name
    env.update(more)
    return env


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def run(argv, stdin=b"", timeout=120, **more_env):
    """Runs a program to its end in a process group of its own, which is gone afterwards."""
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=clean_environment(**more_env), start_new_session=True)
    _running.add(process)
    try:
        out, err = process.communicate(stdin, timeout=timeout)
        return Result(process.returncode, out.decode("utf-8"), err.decode("utf-8"))
    finally:
        _kill(process)


def run_on_terminal(argv, timeout=120):
    """Runs a program whose stdin, stdout and stderr are one terminal; what it writes there is `out`."""
    master, slave = pty.openpty()
    process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=clean_environment(TERM="xterm"),
                               start_new_session=True)
    _running.add(process)
    os.close(slave)
    chunks = []

    def read():
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # how Linux says that the other side is closed
                return
            if not chunk:
                return
            chunks.append(chunk)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        code = process.wait(timeout)
    finally:
        _kill(process)
    reader.join(timeout)
    os.close(master)
    return Result(code, b"".join(chunks).decode("utf-8", "replace"), "")


class Server:
    """reprised on a free port of loopback. The constructor returns when it listens."""

    def __init__(self, bin_dir, data_dir, timeout=60, options=()):
        self.process = subprocess.Popen(
            [os.path.join(bin_dir, "reprised"), "--listen", "127.0.0.1:0", "--data-dir", data_dir, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_environment(),
            start_new_session=True)
        _running.add(self.process)
        self.log = []
        self.address = None
        self._listening = threading.Event()
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._listening.wait(timeout)
        if self.address is None:
            _kill(self.process)
            raise AssertionError("reprised does not listen:\n" + "".join(self.log))

    def _read(self):
        for line in self.process.stdout:
            text = line.decode("utf-8", "replace")
            with self._changed:
                self.log.append(text)
                self._changed.notify_all()
            found = re.search(r"listening on (\S*:\d+)", text)
            if found and self.address is None:
                self.address = found.group(1)
                self._listening.set()
        self._listening.set()  # it ended

    def ask_to_stop(self, timeout=60):
        """Sends SIGTERM and returns once the server says that it is stopping; wait_stopped() comes after it."""
        self.process.send_signal(signal.SIGTERM)
        with self._changed:
            if not self._changed.wait_for(lambda: any("stopping" in line for line in self.log), timeout):
                raise AssertionError("reprised does not stop:\n" + "".join(self.log))

    def stop(self, timeout=60):
        """Asks it to end, as an administrator does. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_stopped(timeout)

    def wait_stopped(self, timeout=60):
        try:
            code = self.process.wait(timeout)
        finally:
            _kill(self.process)
        self._reader.join(timeout)
        self.process.stdout.close()
        return code

    def kill(self):
        _kill(self.process)
        self._reader.join(10)
        self.process.stdout.close()


def generate_stubs(source_dir, out_dir):
    """Python messages and stubs of the public API, importable afterwards."""
    proto_dir = os.path.join(source_dir, "proto")
    files = [os.path.relpath(os.path.join(folder, name), proto_dir)
             for folder, _, names in os.walk(proto_dir) for name in names if name.endswith(".proto")]
    result = run(["protoc", "-I", proto_dir, "--python_out=" + out_dir, "--grpc_python_out=" + out_dir,
                  "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin"] + sorted(files))
    if result.code != 0:
        raise AssertionError(f"protoc failed: {result}")
    # google.rpc is generated beside an installed google package: both must be found.
    import google
    google.__path__.append(os.path.join(out_dir, "google"))
    sys.path.insert(0, out_dir)


def temporary_directory():
    return tempfile.TemporaryDirectory(prefix="reprise_system_")
