# SPDX-License-Identifier: GPL-2.0
"""What all verbs need: paths, messages, options, child processes, progress and locks.

The counterpart of lib.sh, and compatible with it: the same exit codes, the same form of
messages, the same locks.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import enum
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar, Union

T = TypeVar("T")
Word = Union[str, Path]

SCRIPTS = Path(__file__).resolve().parent.parent
TOP = SCRIPTS.parent
CACHE = Path(os.environ.get("HI_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hi").absolute()
LIB = SCRIPTS / "lib.sh"


class Exit(enum.IntEnum):
    GOOD = 0
    FAILED = 1          # a check failed
    USAGE = 2           # wrong usage or input
    MISSING = 3         # something is missing on this machine
    HUNG = 4            # the guest hung
    PANICKED = 5        # the guest panicked


class Stop(Exception):
    """Ends the run with an exit code, and with lines on standard error."""

    def __init__(self, code: int, *lines: str) -> None:
        super().__init__(*lines)
        self.code = code
        self.lines = lines


# --- messages and options ------------------------------------------------------

verb = "hi"


def say(*lines: str) -> None:
    for line in lines:
        print(f"{verb}: {line}", file=sys.stderr, flush=True)


def usage_error(*lines: str) -> Stop:
    return Stop(Exit.USAGE, *lines, f"try '{verb} --help'")


def one_of(what: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise usage_error(f"unknown {what} '{value}' (known: {' '.join(known)})")
    return value


def options(text: str, arguments: Sequence[str], values: Sequence[str] = (),
            flags: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Pairs of an option and its value, and of "" and each other argument; -- ends the options.
    values are those that take one. --help prints text from "Usage:" on."""
    rest = iter(arguments)
    for word in rest:
        if word in ("-h", "--help"):
            print(text[text.index("Usage:"):].rstrip())
            raise Stop(Exit.GOOD)
        elif word == "--":
            for word in rest:
                if not word:
                    raise usage_error("unknown argument ''")
                yield "", word
        elif word in values:
            value = next(rest, "")
            if not value:
                raise usage_error(f"{word} needs a value")
            yield word, value
        elif word in flags:
            yield word, ""
        elif not word:
            raise usage_error("unknown argument ''")
        elif word.startswith("-"):
            raise usage_error(f"unknown option '{word}'")
        else:
            yield "", word


def run_verb(name: str, main: Callable[[Sequence[str]], int]) -> NoReturn:
    """Runs a verb with the command line's arguments and exits with its code."""
    global verb
    verb = name
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        try:
            code = main(sys.argv[1:])
        except Stop as stop:
            say(*stop.lines)
            code = stop.code
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        if error.filename:
            raise
        # Nobody can read what is still in the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say(f"cannot write to standard output: {error.strerror}")
        code = Exit.MISSING
    sys.exit(code)


# --- files ---------------------------------------------------------------------

def read(path: Path) -> str:
    """A file's text; that of a missing file is empty."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def write(path: Path, text: str) -> None:
    """Writes a file of the user's. A reader sees the old text or the new one. A link is followed;
    a device or a pipe is written into."""
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as directory:
            new = Path(directory, target.name)
            new.write_text(text, encoding="utf-8")
            if target.exists():
                new.chmod(target.stat().st_mode & 0o7777)
            new.rename(target)
    except OSError as error:
        raise Stop(Exit.MISSING, f"cannot write {path}: {error.strerror}") from error


def need_writable(path: Path) -> None:
    """Fails before the work, not after it, where a file cannot be written."""
    target = path.resolve()
    try:
        if target.exists():
            target.open("a").close()
        else:
            tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise Stop(Exit.MISSING, f"cannot write {path}: {error.strerror}") from error


def stamp(*inputs: Word) -> str:
    """A hash of words and of the content of files, to name what depends on nothing else."""
    parts = (part.read_bytes() if isinstance(part, Path) else part.encode() for part in inputs)
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32]


def cache_directory(name: str) -> Path:
    directory = CACHE / name
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(Exit.MISSING, f"cannot write to the cache {CACHE} (set HI_CACHE to a directory "
                                 "that can be written)") from error
    return directory


# --- child processes -----------------------------------------------------------

@dataclass(frozen=True)
class Done:
    """What a command did."""
    status: int
    output: str
    errors: str = ""


_guard = threading.Lock()
_children: set[subprocess.Popen[str]] = set()
_ending = False
_locks: dict[str, int] = {}


def run(command: Sequence[Word], *, cwd: Word | None = None, env: Mapping[str, str] | None = None,
        stderr: int | None = subprocess.STDOUT, foreground: bool = False) -> Done:
    """Runs a command to its end. Its messages are part of the output, unless stderr says
    otherwise: PIPE keeps them apart, None passes them on. It gets a process group of its own,
    and no input; in the foreground it can ask on the terminal."""
    with _guard:
        if _ending:
            sys.exit(143)
        child = subprocess.Popen(
            [str(word) for word in command], cwd=cwd, env={**os.environ, **(env or {})}, text=True, errors="replace",
            stdin=None if foreground else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
            process_group=None if foreground else 0, pass_fds=tuple(_locks.values()))
        _children.add(child)
    try:
        output, errors = child.communicate()
    except BaseException:
        end_children()
        child.wait()
        raise
    finally:
        with _guard:
            _children.discard(child)
    return Done(child.returncode, output, errors or "")


def run_bytes(command: Sequence[Word]) -> bytes | None:
    """What a command writes, or None if it fails. Its messages are thrown away."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          stdout=subprocess.PIPE)
    return None if done.returncode else done.stdout


def end_children() -> None:
    """Ends all children with what they started, and starts no more."""
    global _ending
    with _guard:
        _ending = True
        for child in _children:
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(child.pid) == child.pid:
                    os.killpg(child.pid, signal.SIGTERM)
                else:
                    child.terminate()


def shell(function: str, *arguments: Word) -> list[str]:
    """The command that runs a function of lib.sh."""
    return ["bash", "-c", '. "$1"; shift; "$@"', verb, str(LIB), function, *map(str, arguments)]


def call(*command: Word) -> str:
    """The output of one of our scripts. Its messages are shown, and its failure ends this run with its exit code."""
    done = run(command, stderr=None, foreground=True)
    if done.status:
        raise Stop(done.status)
    return done.output.rstrip("\n")


def need(*groups: str, kernels: Sequence[str] = ()) -> None:
    """Has setup install groups of packages and get kernels, unless a caller has done so."""
    pairs = [*(("--packages", group) for group in groups), *(("-k", kernel) for kernel in kernels)]
    had = os.environ.get("HI_HAD", "")
    new = [pair for pair in pairs if "<{} {}>".format(*pair) not in had]
    if new:
        call(SCRIPTS / "setup", *(word for pair in new for word in pair))
    os.environ["HI_HAD"] = had + "".join("<{} {}>".format(*pair) for pair in new)


# --- progress ------------------------------------------------------------------

_terminal = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
_every = 1 if _terminal else 5


def show_progress(line: str) -> None:
    """Rewrites one line on a terminal, cut to its width: a longer one would wrap."""
    if _terminal:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        print(f"\r\033[K{line[:columns - 1]}", end="", file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr, flush=True)


def clear_progress() -> None:
    if _terminal:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def processors() -> int:
    return len(os.sched_getaffinity(0))


def in_parallel(label: str, jobs: Sequence[Callable[[], T]], at_once: int,
                progress: Callable[[], str] = lambda: "") -> list[T]:
    """Runs jobs and returns their results, in order. Prints progress: one line that is rewritten
    on a terminal, a line every five seconds elsewhere."""
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            while concurrent.futures.wait(futures, _every, concurrent.futures.FIRST_EXCEPTION).not_done:
                for future in futures:
                    if future.done():
                        future.result()     # raises what the job raised
                show_progress(f"{verb}: {label}, {time.monotonic() - start:.0f} s{progress()}")
            return [future.result() for future in futures]
        except BaseException:
            end_children()
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            clear_progress()


# --- locks ---------------------------------------------------------------------

def lock(name: str) -> None:
    """Keeps other runs out until this process and all its children are gone; lib.sh's lock
    takes the same file. The file holds the pids of the runs that took it."""
    file = cache_directory("lock") / name
    _locks[name] = descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    said = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.1)
        if time.monotonic() - said >= 5:
            said = time.monotonic()
            pids = [f" {pid}" for pid in dict.fromkeys(file.read_text().split()) if Path("/proc", pid).exists()]
            say(f"waiting for process{''.join(pids)}, which has {file}")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
