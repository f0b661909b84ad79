"""Commands that refuse what they would otherwise drop: all but the last value of a repeated option."""

from collections import Counter
from typing import Any

from typer.core import TyperCommand

from proxyrank.common.errors import ProxyrankError


class OnceCommand(TyperCommand):
    """A command each of whose options that take one value may be given once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of the command line.

        Raises
        ------
        ProxyrankError
            If an option that takes one value is there twice.
        """
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        options: list[Any] = [word for word in order if word.param_type_name == "option"]
        for option, count in Counter(options).items():
            if count > 1 and not (option.multiple or option.is_flag):
                name = max(option.opts, key=len)
                raise ProxyrankError(f"{name} was given {count} times, and takes one value")
        return super().parse_args(ctx, args)
