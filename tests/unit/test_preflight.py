"""What tools/preflight.py makes of the validator's report; the validator itself needs Java and is run by hand."""

from tools.preflight import findings

REPORT = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<preflights count="2">
  <preflight name="st.pdf"><isValid type="PDF/A1-b">false</isValid><errors count="2">
    <error count="1"><code>1.4.7</code><details>EmbeddedFile entry is present in the Names dictionary</details></error>
    <error count="1"><code>3.1.3</code><details>FontFile entry is missing from FontDescriptor</details></error>
  </errors></preflight>
  <preflight name="ic.pdf"><exceptionThrown><message>broken</message></exceptionThrown></preflight>
</preflights>"""


def test_what_pdf_a_3_allows_is_no_fault_and_the_rest_is() -> None:
    assert list(findings(REPORT)) == [
        ("st.pdf", "3.1.3", "FontFile entry is missing from FontDescriptor"),
        ("ic.pdf", "-", "could not be read"),
    ]
