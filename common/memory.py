"""Whether an error of torch means that the memory was not enough."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch could not allocate: a class of its own on CUDA, plain RuntimeErrors on a CPU."""
    text = str(error)
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or "can't allocate memory" in text
        or "not enough memory" in text
    )
