"""Somebody at a real browser, who opens pages and follows, fills in and presses only what can be seen there."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

WAIT = 30_000
REFUSED = "main section.summary"
MARK = "document.querySelector('main').dataset.old = 'yes'"
FIELDS = "(all) => Object.fromEntries(all.map((one) => [one.name, one.type]))"


@dataclass(frozen=True, slots=True)
class Clicker:
    """Somebody who has logged in, and the page before them."""

    page: Page

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def said(self) -> str:
        return self.page.inner_text("main")

    def get(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, words: str) -> None:
        """Click the first link with these words."""
        self._click("main a", words)

    def press(self, button: str, values: Mapping[str, str | list[str]] | None = None) -> None:
        """Fill in the fields with these names from the top of the page down, and click the button with these words."""
        kinds: dict[str, str] = self.page.eval_on_selector_all("main [name]", FIELDS)
        answers = dict(values or {})
        for name in [name for name in kinds if name in answers]:
            given = answers.pop(name)
            for value in [given] if isinstance(given, str) else given:
                self._answer(name, kinds[name], value)
        assert not answers, f"{self.path} does not ask for {sorted(answers)}"
        self._click("main button:not(.visually-hidden)", button)
        assert self.page.locator(REFUSED).count() == 0, self.said

    def _answer(self, name: str, kind: str, value: str) -> None:
        field = self.page.locator(f'main [name="{name}"]:visible')
        match kind:
            case "radio" | "checkbox":
                field.and_(self.page.locator(f'[value="{value}"]')).first.check()
            case "select-one":
                field.first.select_option(value)
            case _:
                field.first.fill(value)

    def _click(self, selector: str, words: str) -> None:
        """Click and wait for what comes instead of the present content, be it a new page or a part that was swapped."""
        self.page.evaluate(MARK)
        self.page.locator(f"{selector}:visible", has_text=words).first.click()
        self.page.wait_for_selector("main:not([data-old])")
        self.page.wait_for_load_state()
