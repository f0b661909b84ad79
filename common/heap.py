"""Keep freed memory for the next tensor, where the C library would give it back to the system each time."""

import ctypes
import platform

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""What `mallopt` calls its options (malloc.h of glibc)."""

_LARGEST_MMAP_THRESHOLD = 32 * 2**20
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Let glibc serve blocks of up to 32 MiB, the most it allows, from a heap that does not shrink.

    Otherwise it gives them back whenever a pass ends, and the system clears their pages for the next one, a
    fault a page. It holds for the whole process, which is why only processes of our own
    ask for it: the command line and the workers. What they hold in the end is their peak.

    Returns
    -------
    bool
        Whether it is done; other C libraries are left as they are.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    options = {_MMAP_THRESHOLD: _LARGEST_MMAP_THRESHOLD, _TRIM_THRESHOLD: _NEVER, _TOP_PAD: 64 * 2**20}
    return all(mallopt(option, value) for option, value in options.items())
