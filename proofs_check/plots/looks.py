"""How a picture looks: title, size, letters, resolution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from algebra import InputError
from proofs_check.plots.canvas import NOTED, check_matplotlib

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS = 150
ROOM = 0.98  # part of the picture's width that a legend or a title may take
SMALLEST = 4.0  # points; smaller letters cannot be read in print
MOST_PIXELS = 400_000_000  # a png of that size takes 1.6 GB while it is made


@dataclass(frozen=True)
class Looks:
    """What is chosen of a picture's looks; None leaves it as it is.

    Parameters
    ----------
    title : str, optional
    size : (float, float), optional
        Width and height in inches.
    font : str, optional
        A family of letters.
    font_size : float, optional
        In points.
    dpi : int, optional
        Dots an inch.

    Raises
    ------
    InputError
        If the picture would have too many dots.
    """

    title: str | None = None
    size: tuple[float, float] | None = None
    font: str | None = None
    font_size: float | None = None
    dpi: int | None = None

    def __post_init__(self) -> None:
        width, height = self.size or (14.2, 10.6)  # the largest that we draw by ourselves
        if width * height * self.dots**2 > MOST_PIXELS:
            raise InputError("--dpi", self.dots, f"such that the picture has at most {MOST_PIXELS:,} dots")

    @property
    def dots(self) -> int:
        """Dots an inch."""
        return DOTS if self.dpi is None else self.dpi

    @contextmanager
    def letters(self) -> Iterator[None]:
        """Draw in the chosen letters.

        Raises
        ------
        InputError
            If there is no such font, or no matplotlib.
        """
        check_matplotlib()
        import matplotlib as mpl

        settings: dict[str, Any] = {}
        if self.font_size is not None:
            settings["font.size"] = self.font_size
        if self.font is not None:
            _check_font(self.font)
            settings["font.family"] = self.font
        within: Any = mpl.rc_context  # its types name every setting
        with within(settings):
            yield

    def apply(self, figure: Figure) -> None:
        """Give a finished picture its size and title."""
        if self.size is not None:
            figure.set_size_inches(*self.size)
        if self.title is not None:
            self._entitle(figure, self.title)
        fit(figure)

    def _entitle(self, figure: Figure, words: str) -> None:
        from matplotlib.text import Annotation

        titled = [axes for axes in figure.axes if axes.get_title()]
        if len(titled) == 1 and not figure.get_suptitle():
            is_noted = any(isinstance(text, Annotation) for text in titled[0].texts)  # between picture and title
            titled[0].set_title(words, pad=NOTED if is_noted else None)
        else:
            figure.suptitle(words)


def fit(figure: Figure) -> None:
    """Make legends and titles that are wider than the picture narrower: fewer columns, more lines, smaller letters.

    Parameters
    ----------
    figure : Figure
        Whole; its size is final.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    room = figure.bbox.width * ROOM
    titles = [axes.title for axes in figure.axes if axes.get_title()]
    for title in titles:
        title.set_wrap(True)
        size = float(title.get_fontsize())
        while title.get_window_extent(renderer).width > room and size > SMALLEST:
            size -= 0.5
            title.set_fontsize(size)
    for legend in figure.legends:
        for columns in range(min(len(legend.get_texts()), 4), 0, -1):
            if legend.get_window_extent(renderer).width <= room:
                break
            legend.set_ncols(columns)
        texts, size = legend.get_texts(), min((float(text.get_fontsize()) for text in legend.get_texts()), default=0.0)
        while legend.get_window_extent(renderer).width > room and size > SMALLEST:
            size -= 0.5
            for text in texts:
                text.set_fontsize(size)


def _check_font(name: str) -> None:
    from matplotlib.font_manager import FontProperties, findfont

    try:
        findfont(FontProperties(family=name), fallback_to_default=False)
    except ValueError:
        raise InputError("--font", name, "a family that matplotlib finds, such as serif or DejaVu Sans") from None
