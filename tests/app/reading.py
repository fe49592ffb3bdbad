"""What a page is like for those who read it: contrast of its text, names of its controls.

Measured on the page as the browser draws it, by what is written here: WCAG 2.2, 1.4.3, and 4.1.2.
"""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Page

LEAST = 4.5  # to one; for large text 3
LEAST_LARGE = 3.0

# Every piece of visible text, with its colour and the colours behind it, from the inside out.
# What is inactive, and what is hidden from everybody, has no contrast to hold.
_TEXTS = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || !element || element.closest('script, style, noscript, svg, canvas')) continue;
    if (element.closest(':disabled, [aria-disabled="true"], [aria-hidden="true"]')) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(element);
    const behind = [];
    let opacity = 1;
    for (let up = element; up; up = up.parentElement) {
      const look = getComputedStyle(up);
      opacity *= parseFloat(look.opacity);
      behind.push(look.backgroundColor);
    }
    const size = parseFloat(style.fontSize);
    const bold = parseInt(style.fontWeight) >= 700;
    found.push([text.slice(0, 60), style.color, opacity, behind, size, bold]);
  }
  return found;
}
"""

# Every control that can be reached and has no name of its own; hidden helpers are left out.
_NAMELESS = """
() => {
  const named = (element) => {
    const label = element.getAttribute('aria-label');
    if (label && label.trim()) return label;
    const ids = (element.getAttribute('aria-labelledby') || '').split(/\\s+/).filter(Boolean);
    const texts = ids.map((id) => document.getElementById(id)?.textContent || '');
    if (texts.join('').trim()) return texts.join(' ');
    const labels = Array.from(element.labels || []).map((l) => l.textContent || '');
    if (labels.join('').trim()) return labels.join(' ');
    if (element.title && element.title.trim()) return element.title;
    return element.tagName === 'INPUT' || element.tagName === 'TEXTAREA' ? '' : element.textContent;
  };
  const all = document.querySelectorAll(
    'button, input, textarea, select, a[href], summary, [role="button"], [role="combobox"]');
  return Array.from(all)
    .filter((e) => e.type !== 'hidden' && !e.closest('[aria-hidden="true"]'))
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.tabIndex >= 0)
    .map((e) => [(named(e) || '').trim(), e.outerHTML.slice(0, 160)]);
}
"""


class Colour(NamedTuple):
    """Red, green and blue from 0 to 255, and how far it covers what lies behind, 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, behind: Colour) -> Colour:
        """This colour on an opaque one."""
        mixed = (
            self.alpha * mine + (1 - self.alpha) * other
            for mine, other in zip(self[:3], behind[:3], strict=True)
        )
        return Colour(*mixed)

    @property
    def luminance(self) -> float:
        """Relative luminance: 0 is black, 1 is white."""
        parts = (part / 255 for part in self[:3])
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of two opaque colours, from 1 to 21."""
    low, high = sorted((one.luminance, other.luminance))
    return (high + 0.05) / (low + 0.05)


def colour_of(css: str) -> Colour:
    """``rgb(1, 2, 3)``, ``rgba(1, 2, 3, 0.5)`` or ``color(srgb 0.1 0.2 0.3 / 0.5)``."""
    kind, _, rest = css.partition("(")
    numbers = [
        float(n)
        for n in rest.rstrip(")").replace("srgb", " ").replace("/", " ").replace(",", " ").split()
    ]
    scale = 255.0 if kind == "color" else 1.0
    return Colour(*(n * scale for n in numbers[:3]), *numbers[3:4])


def hard_to_read(page: Page) -> list[str]:
    """Each text whose contrast is too low, with its ratio; none on a page that can be read."""
    found = {}
    for text, css, opacity, behind, size, bold in page.evaluate(_TEXTS):
        ground = Colour(255, 255, 255)
        for layer in reversed([colour_of(layer) for layer in behind]):
            ground = layer.over(ground)
        ink = colour_of(css)
        ratio = contrast(ink._replace(alpha=ink.alpha * opacity).over(ground), ground)
        large = size >= 24 or (bold and size >= 18.66)
        if ratio < (LEAST_LARGE if large else LEAST) - 0.005:
            found[css, tuple(behind)] = f"{ratio:.2f} : 1, {css}: {text}"
    return list(found.values())


def unnamed(page: Page) -> list[str]:
    """Each control without a name, or whose name holds signs that are meant for Markdown."""
    return [
        f"{name or 'no name'}: {html}"
        for name, html in page.evaluate(_NAMELESS)
        if not name or "\\" in name
    ]
