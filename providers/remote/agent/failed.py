"""What a host answers when it cannot do what it was asked."""


class Failed(Exception):
    """A step said no; `name` is an errno name or empty, `step` the number of the step in its call."""

    def __init__(self, name, text, step=None):
        Exception.__init__(self, text)
        self.name = name
        self.step = step
