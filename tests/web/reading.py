"""Pages as a person reads them: headings, text, links, and forms with what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "meta", "link", "br", "path", "circle", "rect", "hr"}


@dataclass(slots=True)
class Form:
    """A form with the values a browser would send, and its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and words of each."""
    choices: dict[str, list[str]] = field(default_factory=dict)
    """What each radio, checkbox or list offers."""

    def value(self, name: str) -> str:
        """Return the value that stands in a field; empty when there is none."""
        return dict(self.fields).get(name, "")

    def filled(self, values: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
        """Return what is sent when somebody fills in `values`; the other fields stay as they are."""
        kept = [(k, v) for k, v in self.fields if k not in values]
        return kept + [(k, one) for k, v in values.items() for one in ([v] if isinstance(v, str) else v)]


class Read(HTMLParser):
    """A page taken apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.title = ""
        self.text = ""
        self.headings: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self._select = ""
        self._area = ""
        self._button: tuple[str, str] | None = None
        self._link = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.tags.append((tag, given))
        match tag:
            case "form":
                self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
            case "input":
                self._input(given)
            case "select" | "datalist":  # what is suggested is no choice of a field
                self._select = given.get("name", "")
                self.forms[-1].choices[self._select] = []
            case "option" if self._select:
                self.forms[-1].choices[self._select].append(given.get("value", ""))
                if "selected" in given or len(self.forms[-1].choices[self._select]) == 1:
                    self.forms[-1].fields = [(k, v) for k, v in self.forms[-1].fields if k != self._select]
                    self.forms[-1].fields.append((self._select, given.get("value", "")))
            case "textarea":
                self._area = given.get("name", "")
            case "button":
                self._button = (given.get("name", ""), given.get("value", ""))
            case "a":
                self._link = given.get("href", "")
        if tag not in VOID:
            self._open.append((tag, []))

    def _input(self, given: dict[str, str]) -> None:
        if not self.forms or "name" not in given:
            return
        form, name = self.forms[-1], given["name"]
        if given.get("type") in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(given.get("value", ""))
            if "checked" not in given:
                return
        if given.get("type") != "file":
            form.fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self.title += data
        else:
            self.text += data
        for _tag, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, words = self._open.pop()
            said = " ".join("".join(words).split())
            if opened == "textarea":
                # Browsers drop one line end after the tag.
                self.forms[-1].fields.append((self._area, "".join(words).removeprefix("\n")))
            elif opened == "button" and self._button is not None:
                if self.forms:
                    self.forms[-1].buttons.append((*self._button, said))
                self._button = None
            elif opened == "a":
                self.links.append((self._link, said))
            elif opened in {"h1", "h2", "h3"}:
                self.headings.append(said)
            if opened == tag:
                return

    def link(self, words: str) -> str:
        """Return where the link with these words leads."""
        found = [to for to, said in self.links if words in said]
        assert found, f"no link {words!r} among {self.links}"
        return found[0]

    def form(self, button: str) -> Form:
        """Return the form that has a button with these words."""
        found = [f for f in self.forms if any(button in words for _name, _value, words in f.buttons)]
        assert found, f"no button {button!r} on {self.title!r}: {[f.buttons for f in self.forms]}"
        return found[0]
