# SPDX-License-Identifier: GPL-2.0
"""Why a module does not load or unload: the causes, what the file tells, and what a log tells."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hi import base
from hi.module import Module, file_name
from hi.target import Kernel, Machine

REBUILD = "Build the module with this kernel's headers: make -C /lib/modules/{release}/build M=DIRECTORY modules"
OTHER_FILE = "Take the .ko file that the build of the module made, whole and for this kernel."
SIGN = ("Sign it with a key that this kernel trusts: headers/scripts/sign-file sha256 KEY CERTIFICATE FILE; with Secure Boot "
        "the key gets there by mokutil --import. Or boot without enforcement.")

# Each cause, and its remedy.
CAUSES = {
    "loads": "Nothing has to be done.",
    "unknown": "Give the messages of the kernel and of insmod: insmod FILE 2>&1 | cat - <(dmesg) | why FILE --log -",
    # The file
    "not-elf": OTHER_FILE,
    "truncated": "Copy or build the file again: it is not whole.",
    "architecture": "Build the module for this kernel's architecture.",
    "not-relocatable": OTHER_FILE,
    "no-module": "Build it with kbuild (make -C /lib/modules/{release}/build M=DIRECTORY modules), and load the .ko file.",
    "packed": "Unpack the file first (xz -d, gzip -d, zstd -d), or load it by a modprobe that can.",
    # The file and the kernel
    "vermagic": REBUILD,
    "version": REBUILD,
    "size": REBUILD,
    "layout": REBUILD,
    "unsigned": SIGN,
    "key": SIGN,
    "bad-signature": "Sign the file again: it was changed after it was signed.",
    "lockdown": SIGN,
    "unknown-symbol": "Load the module that exports the symbol first; modprobe does so by itself.",
    "gpl-only": "Only a module with a licence that is compatible with the GPL can use the symbol.",
    "namespace": "Add MODULE_IMPORT_NS() with this namespace to the module's source, and build it again.",
    "duplicate-symbol": "Unload the other module, or rename the symbol.",
    # The machine
    "loaded": "Unload it first, if the new file shall run: rmmod {name}",
    "builtin": "The kernel has the driver built in: nothing has to be loaded.",
    "blacklisted": "Take the module out of the blacklist that is named above.",
    "alias": "Load it by its file name, or change the alias that is named above.",
    "no-permission": "Load it as root, outside of a container.",
    "modules-disabled": "Reboot: kernel.modules_disabled cannot be taken back.",
    "no-modules": "This kernel cannot load modules: CONFIG_MODULES is off.",
    # Its init function
    "init-error": "Look for the reason in what the driver said, and in the driver's init function.",
    "parameter": "Give the parameter a value of its type: modinfo -p {name}",
    # Unloading
    "in-use": "End the users first: close its devices, unload the modules above it.",
    "permanent": "Reboot: the module has an init function and no exit function, and this kernel cannot force it out.",
    "force-needed": "rmmod -f {name} unloads it by force, and taints the kernel; a reboot is safer.",
    "no-unloading": "Reboot: this kernel never unloads a module (CONFIG_MODULE_UNLOAD is off).",
    "not-loaded": "Nothing has to be unloaded.",
}


@dataclass(frozen=True)
class Finding:
    cause: str              # a key of CAUSES
    text: str               # what is the case
    known_from: str


@dataclass
class Question:
    """All that is known."""
    path: Path
    name: str
    module: Module | None
    kernel: Kernel
    machine: Machine | None             # of the kernel that runs
    log: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


# --- the file and the kernel -----------------------------------------------------

def check_vermagic(module: Module, own: Module, kernel: Kernel) -> Finding | None:
    """same_magic() in kernel/module/version.c: with checksums of symbols the release may differ."""
    words, wanted = module.vermagic.split(), own.vermagic.split()
    pairs = [(number, word, other) for number, (word, other) in enumerate(zip([*words, *[""] * len(wanted)], wanted), 1) if word != other]
    extra = words[len(wanted):]
    if module.versions and kernel.config.get("MODVERSIONS"):
        pairs = [pair for pair in pairs if pair[0] > 1]
    if not pairs and not extra:
        return None
    number, word, other = pairs[0] if pairs else (len(wanted) + 1, extra[0], "")
    return Finding("vermagic", f"word {number} of its vermagic is '{word}', this kernel's is '{other}' "
                               f"(the file: '{module.vermagic}', the kernel: '{own.vermagic}')",
                   f"the vermagic of the file and of {own.name}, a module of this kernel")


def check_size(module: Module, own: Module, kernel: Kernel) -> Finding | None:
    if module.struct_size == own.struct_size:
        return None
    text = f"its struct module has {module.struct_size} bytes, this kernel's has {own.struct_size}; it was built for {module.release}"
    if not kernel.is_since("6.4"):
        text += "; this kernel does not compare them, and would look for init and exit in wrong places"
    return Finding("size", text, f"the file and {own.name}, a module of this kernel")


def check_signature(module: Module, own: Module | None, enforced: str) -> Finding | None:
    if not module.is_signed:
        return Finding("unsigned", f"the file has no signature, and {enforced}", "the end of the file")
    if own and module.key and own.key and module.key != own.key:
        return Finding("key", f"the key {module.key} signed it, the kernel's own modules are signed by {own.key}, and {enforced}",
                       "modinfo of both files; a key that was enrolled by mokutil is not seen")
    return None


def check_symbols(module: Module, kernel: Kernel) -> Iterator[Finding]:
    exports, source = kernel.exports, f"{kernel.headers}/Module.symvers"
    for name in module.needed:
        export = exports.get(name)
        if not export:
            yield Finding("unknown-symbol", f"it needs the symbol {name}, which neither this kernel nor a module of it exports", source)
        elif export.gpl_only and not module.is_gpl:
            yield Finding("gpl-only", f"it needs the symbol {name}, which is for modules under the GPL, and its licence is "
                                      f"'{(module.info('license') or ['none'])[0]}'", f"{source}, .modinfo of the file")
        elif export.namespace and export.namespace not in module.info("import_ns") and \
                not is_for(export.namespace, module.name) and not kernel.config.get("MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS"):
            yield Finding("namespace", f"it needs the symbol {name} of the namespace {export.namespace} and does not import it", source)
        elif kernel.config.get("MODVERSIONS") and module.versions.get(name, export.crc) != export.crc:
            yield Finding("version", f"the symbol {name} has the version {module.versions[name]:#010x} in the file and {export.crc:#010x} "
                                     f"in this kernel; the file was built for {module.release}, the kernel is {kernel.release}",
                          f"__versions of the file, {source}")


def is_for(namespace: str, name: str) -> bool:
    """A namespace of certain modules only, module:a,b-* (verify_module_namespace(), since 6.16)."""
    return namespace.startswith("module:") and any(
        re.fullmatch(pattern.replace("-", "_").replace("*", ".*"), name) for pattern in namespace[7:].split(","))


# How the inspector's reasons begin.
INSPECTOR_SAYS = {"vermagic is": "vermagic", "struct module has": "size", "disagrees about version": "version"}


def check_layout(question: Question) -> Finding | None:
    """By the inspector: where struct module has init and exit."""
    if not question.kernel.btf:
        return None
    done = base.run([base.SCRIPTS / "sections", "--json", "--kernel", question.kernel.btf, question.path], stderr=None)
    if done.status > 1:
        question.unchecked.append("where the kernel looks for init and exit (the inspector failed)")
        return None
    row = json.loads(done.output)["modules"][0]
    if row["verdict"] == "good":
        return None
    cause = next((cause for text, cause in INSPECTOR_SAYS.items() if row["why"].startswith(text)), "layout")
    return Finding(cause, f"{row['verdict']}: {row['why']}", f"the inspector, by {question.kernel.btf}")


def by_file(question: Question) -> Iterator[Finding]:
    """What is wrong, in the order in which the kernel looks."""
    module, kernel, machine = question.module, question.kernel, question.machine
    assert module
    own = kernel.own
    if machine:
        yield from by_machine(question, machine)
    if kernel.config and not kernel.config.get("MODULES"):
        yield Finding("no-modules", "CONFIG_MODULES is off", "its configuration")
    if own and module.machine != own.machine:
        yield Finding("architecture", f"the file is for {module.machine}, this kernel is for {own.machine}", f"the file and {own.name}")
        return
    forced = "CONFIG_MODULE_SIG_FORCE is on" if kernel.config.get("MODULE_SIG_FORCE") else ""
    if machine and machine.enforces_signatures:
        forced = "this kernel takes signed modules only (/sys/module/module/parameters/sig_enforce)"
    if machine and machine.lockdown not in ("", "none"):
        forced = f"this kernel is locked down ({machine.lockdown})"
    wrong = check_signature(module, own, forced) if forced else None
    if wrong:
        yield wrong
    if own:
        yield from filter(None, (check_size(module, own, kernel), check_vermagic(module, own, kernel)))
    else:
        question.unchecked.append("vermagic and size (no module of this kernel is here to compare with)")
    if question.name in kernel.builtin and not (machine and machine.is_builtin(question.name)):
        yield Finding("builtin", "this kernel has the module built in", f"{kernel.modules}/modules.builtin")
    if kernel.exports:
        yield from check_symbols(module, kernel)
    else:
        question.unchecked.append("the symbols that it needs (no Module.symvers is here: install the kernel's headers)")
    wrong = check_layout(question)
    if wrong:
        yield wrong


def by_machine(question: Question, machine: Machine) -> Iterator[Finding]:
    name = question.name
    if not machine.may_load:
        yield Finding("no-permission", "this process may not load modules (it lacks CAP_SYS_MODULE)" +
                      (", because it runs in a container" if machine.in_container else ""), "/proc/self/status")
    if machine.no_more_modules:
        yield Finding("modules-disabled", "kernel.modules_disabled is 1", "/proc/sys/kernel/modules_disabled")
    words = machine.loaded(name)
    if words:
        references, users = int(words[2]) if words[2].isdigit() else 0, words[3]
        text = "it is loaded"
        if "[permanent]" in users:
            text += ", and it is permanent: it has no exit function"
        elif users != "-":
            text += f", and it is in use by the modules {users.rstrip(',')}"
        elif references > 0:
            text += f", and it is in use by {', '.join(machine.users(name)) or f'{references} references of processes or of the kernel'}"
        yield Finding("loaded", text, "/proc/modules")
    elif machine.is_builtin(name):
        yield Finding("builtin", "this kernel has the module built in", f"/sys/module/{name}")
    where = machine.is_refused(name)
    if where:
        yield Finding("blacklisted", f"it is in {where}", "/proc/cmdline")
    yield from by_modprobe(name, machine)


def by_modprobe(name: str, machine: Machine) -> Iterator[Finding]:
    for words in machine.modprobe:
        subject = words[1].replace("-", "_") if len(words) > 1 else ""
        if subject != name:
            continue
        if words[0] == "blacklist":
            yield Finding("blacklisted", f"modprobe's configuration says 'blacklist {name}': its aliases do not load it, its name does", "modprobe -c")
        elif words[0] == "install":
            yield Finding("blacklisted", f"modprobe's configuration runs '{' '.join(words[2:])}' instead of loading it", "modprobe -c")
        elif words[0] == "alias" and words[2:] != [name]:
            yield Finding("alias", f"modprobe's configuration says 'alias {name} {' '.join(words[2:])}'", "modprobe -c")


# --- a log -----------------------------------------------------------------------

# Messages of the kernel (kernel/module/, security/lockdown/) on 6.1, 6.12 and 7.3. NAME is the module.
KERNEL_SAYS = (
    ("vermagic", r"\bNAME: version magic '.*' should be '.*'"),
    ("version", r"\bNAME: disagrees about version of symbol (?P<symbol>\S+)"),
    ("size", r"section size must match the kernel's built struct module size"),
    ("unsigned", r"Loading of unsigned module is rejected"),
    ("key", r"Loading of module with (?:unavailable key|unsupported crypto) is rejected"),
    ("lockdown", r"Lockdown: .*: unsigned module loading is restricted"),
    ("namespace", r"\bNAME: module uses symbol \(?(?P<symbol>[^\s)]+)\)? from namespace (?P<namespace>[^\s,]+), but does not import it"),
    ("unknown-symbol", r"\bNAME: Unknown symbol (?P<symbol>\S+) \(err -?[02]\)"),
    ("gpl-only", r"\bNAME: module using GPL-only symbols uses symbols (?P<symbol>\S+) from proprietary module"),
    ("duplicate-symbol", r"\bNAME: exports duplicate symbol (?P<symbol>\S+)"),
    ("blacklisted", r"Module NAME is blacklisted"),
    ("architecture", r"Invalid (?:module )?architecture in ELF header"),
    ("not-elf", r"Invalid ELF header (?:magic|len|type)"),
    ("builtin", r"\bNAME: module is already loaded"),
    ("parameter", r"\bNAME: `(?P<value>.*)' invalid for parameter `(?P<parameter>.*)'"),
)

# How kmod and busybox report that they could not load or unload NAME. The group error is the text of an errno.
PROGRAM_SAYS = (
    ("load", r"(?:could not insert|can't insert)(?: module)? *'?[^':]*\bNAME(?:\.ko\S*?)?'?: (?P<error>.+)"),
    ("unload", r"(?:could not remove|can't unload)(?: module)? *'?NAME'?: (?P<error>.+)"),
    ("in-use", r"Module NAME is in use(?: by: *(?P<users>.*))?"),
    ("builtin", r"Module NAME is builtin"),
    ("not-loaded", r"Module NAME is not currently loaded"),
    ("no-unloading", r"Module unloading is not supported"),
    ("install", r"Error running install command '(?P<value>.*)' for module NAME"),
)

PROGRAMS = {cause for cause, _ in PROGRAM_SAYS}

ERRNO_OF_TEXT = {os.strerror(number).lower(): number for number in errno.errorcode}
# busybox has texts of its own for these (libbb, moderror()).
ERRNO_OF_TEXT |= {"invalid module format": errno.ENOEXEC, "unknown symbol in module": errno.ENOENT,
                  "module has wrong symbol version": errno.ESRCH, "unknown symbol in module or invalid parameter": errno.ENOENT,
                  "unknown symbol in module, or unknown parameter (see dmesg)": errno.ENOENT, "invalid parameters": errno.EINVAL}

# What the loader itself can return: any other number is from init.
OF_LOADER = {errno.EPERM, errno.ENOENT, errno.ENOEXEC, errno.EINVAL, errno.EEXIST, errno.EBUSY, errno.ENOMEM, errno.EKEYREJECTED,
             errno.ENOKEY, errno.EBADMSG, errno.EFAULT, errno.EINTR, errno.ENOSYS, errno.ESRCH, errno.ENOPKG, errno.EAGAIN}

# What of a file fits to a number.
BY_ERRNO = {
    errno.ENOEXEC: ("vermagic", "size", "version", "architecture"),
    errno.EINVAL: ("version", "namespace", "builtin", "builtin"),
    errno.ENOENT: ("unknown-symbol", "gpl-only"),
    errno.EKEYREJECTED: ("unsigned", "key"),
    errno.ENOKEY: ("unsigned", "key"),
}


# The numbers with which a load ends for these causes. A message that does not fit is about another load.
ENDS_WITH = {
    errno.EPERM: ("lockdown", "blacklisted"),
    errno.ENOENT: ("unknown-symbol", "gpl-only", "parameter"),
    errno.ENOEXEC: ("vermagic", "version", "size", "architecture", "not-elf", "duplicate-symbol"),
    errno.EINVAL: ("version", "namespace", "builtin", "parameter", "gpl-only"),
    errno.EKEYREJECTED: ("unsigned", "key"),
    errno.ERANGE: ("parameter",),
}


@dataclass(frozen=True)
class Event:
    """A line of the log about the module."""
    cause: str
    line: str
    words: dict[str, str]
    error: int = 0


def error_of(text: str) -> int:
    """The errno of its text; 0 for a text that nobody knows."""
    return ERRNO_OF_TEXT.get(text.strip().lower(), 0)


def events(names: Sequence[str], lines: Sequence[str]) -> list[Event]:
    """What programs and the kernel said, in order. A program names the module by its file."""
    pattern = f"(?:{'|'.join('[_-]'.join(map(re.escape, re.split('[_-]', name))) for name in names)})"
    found = []
    for line in lines:
        for cause, text in (*KERNEL_SAYS, *PROGRAM_SAYS):
            match = re.search(text.replace("NAME", pattern), line)
            if match:
                words = {key: value or "" for key, value in match.groupdict().items()}
                found.append(Event(cause, line.strip(), words, error_of(words.get("error", ""))))
                break
    return found


# What the kernel says of any module, and no driver.
OF_KERNEL = r"loading out-of-tree|module verification failed|module license|loading test module|module_layout|no symbol version|Unknown symbol"


def said(name: str, lines: Sequence[str]) -> str:
    """The last line that the driver itself wrote."""
    own = [line.strip() for line in lines
           if re.search(rf"(?:^|\] |> ?){re.escape(name)}: ", line) and not re.search(OF_KERNEL, line)]
    return own[-1] if own else ""


def by_log(question: Question) -> Finding | None:
    """By the last thing that a program or the kernel said of the module."""
    found = events([question.name, file_name(question.path)], question.log)
    if not found:
        return None
    tried = [event for event in found if event.cause in PROGRAMS]
    if not tried:
        return of_message(question, found[-1])
    last = tried[-1]
    if last.cause == "unload":
        return of_unloading(question, last)
    if last.cause != "load":
        return of_message(question, last)
    # The messages of the kernel stand before this one or, where dmesg was added, behind it.
    messages = [event for event in found if event.cause not in PROGRAMS and (not last.error or event.cause in ENDS_WITH.get(last.error, ()))]
    return of_message(question, messages[-1]) if messages else of_errno(question, last)


def of_message(question: Question, event: Event) -> Finding:
    """A message that names the cause. The file and the kernel add what the message leaves out."""
    cause, text, source = event.cause, event.line, "the log"
    symbol = event.words.get("symbol", "")
    if question.module:
        export = question.kernel.exports.get(symbol)
        if cause == "unknown-symbol" and export and export.gpl_only and not question.module.is_gpl:
            cause, text = "gpl-only", f"{text}; the symbol is for modules under the GPL, its licence is not"
        elif cause == "unknown-symbol" and export and export.owner != "vmlinux":
            text += f"; the module {export.owner} exports it, and is not loaded"
        elif cause == "unknown-symbol" and question.kernel.exports:
            text += "; " + ("this kernel exports it, and the log is another kernel's" if export
                            else "neither this kernel nor a module of it exports the symbol")
        elif cause in ("vermagic", "version"):
            same = next((finding for finding in by_file(question) if finding.cause == cause), None)
            text, source = (f"{text}; {same.text}", f"the log, {same.known_from}") if same else (text, source)
        elif cause == "not-elf" and question.module.packer:
            cause, text = "packed", f"{text}; the file is packed by {question.module.packer}, and was given to the kernel as it is"
    if cause == "install":
        cause = "blacklisted"
    if cause == "in-use":
        users = event.words.get("users") or ", ".join(question.machine.users(question.name) if question.machine else [])
        text += f"; its users: {users}" if users else ""
    return Finding(cause, text, source)


def of_unloading(question: Question, event: Event) -> Finding:
    text = event.line
    if event.error in (errno.EAGAIN, errno.EWOULDBLOCK):
        users = question.machine.users(question.name) if question.machine else []
        return Finding("in-use", text + (f"; its users: {', '.join(users)}" if users else ""), "the log")
    module = question.module
    if event.error == errno.EBUSY and module and module.elf.defines("init_module") and not module.elf.defines("cleanup_module"):
        config = question.kernel.config
        if not config:
            return Finding("permanent", f"{text}; the module has no exit function", "the log, the file")
        forced = "MODULE_FORCE_UNLOAD" in config
        return Finding("force-needed" if forced else "permanent", f"{text}; the module has no exit function", "the log, the file, its configuration")
    by_error = {errno.ENOSYS: "no-unloading", errno.EPERM: "no-permission", errno.ENOENT: "not-loaded"}
    return Finding(by_error.get(event.error, "unknown"), text, "the log")


def of_errno(question: Question, event: Event) -> Finding:
    """A program's message with an errno, and no message of the kernel's that says more."""
    error, text = event.error, event.line
    if question.module:
        for finding in by_file(question):
            if finding.cause in BY_ERRNO.get(error, ()):
                return Finding(finding.cause, f"{text}; {finding.text}", f"the log, {finding.known_from}")
        if error in (errno.EKEYREJECTED, errno.ENOKEY):
            wrong = check_signature(question.module, question.kernel.own, "this kernel takes signed modules only")
            return Finding(wrong.cause if wrong else "bad-signature", f"{text}; {wrong.text if wrong else 'the signature does not fit the file'}",
                           f"the log, {wrong.known_from if wrong else 'modinfo of the file'}")
    if error == errno.EBADMSG:
        return Finding("bad-signature", text, "the log")
    if error == errno.ENOSYS:
        return Finding("no-modules", text, "the log")
    refused = next((finding for finding in (by_machine(question, question.machine) if question.machine and error == errno.EPERM else ())
                    if finding.cause in ("no-permission", "modules-disabled")), None)
    if refused:
        return Finding(refused.cause, f"{text}; {refused.text}", f"the log, {refused.known_from}")
    driver = said(question.name, question.log)
    name = errno.errorcode.get(error, "")
    if error and (error not in OF_LOADER or (driver and error not in (errno.ENOEXEC, errno.EEXIST))):
        reason = f"; the driver said: {driver}" if driver else "; the driver said nothing"
        also = " or EEXIST" if error == errno.EBUSY and question.kernel.is_since("7.1") else ""
        return Finding("init-error", f"its init function returned {name}{also}: {text}{reason}", "the log")
    if error == errno.EEXIST:
        return Finding("loaded", text, "the log")
    return Finding("unknown", text, "the log")


def find(question: Question) -> Finding:
    """The first that is wrong. A log tells more than the file does."""
    if question.log:
        finding = by_log(question)
        if finding:
            return finding
        question.unchecked.append(f"the log has no message about {question.name} that why knows")
    finding = next(by_file(question), None)
    if finding:
        return finding
    if question.unchecked:
        return Finding("unknown", "nothing speaks against it, but not all could be checked", "the file")
    return Finding("loads", f"it fits {question.kernel.release}", "vermagic, size, symbols and their versions, layout of struct module")

