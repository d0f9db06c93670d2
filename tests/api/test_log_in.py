"""Failed log-ins are limited by name and address; nobody is locked out from elsewhere."""

import pytest

from caseflow import crypto, edge
from caseflow.edge import BusinessClock, Edge
from caseflow.errors import BadCredentials, TooManyAttempts
from caseflow.store import users
from tests.api.calling import Api

RIGHT = "kata sandi yang benar"


@pytest.fixture
def doors(api: Api) -> Edge:
    with api.database.write() as session:
        users.set_password(session, api.filled.ids["rina"], crypto.hash_password(RIGHT))
    return Edge(api.database, BusinessClock())


def test_ten_wrong_passwords_from_one_address_are_enough(doors: Edge) -> None:
    for _attempt in range(10):
        with pytest.raises(BadCredentials):
            edge.log_in(doors, "rina", "salah", address="203.0.113.7")
    with pytest.raises(TooManyAttempts) as late:
        edge.log_in(doors, " RINA ", RIGHT, address="203.0.113.7")
    assert late.value.data["minutes"] == 15
    cookie = edge.log_in(doors, "rina", RIGHT, address="203.0.113.8")
    assert edge.web_session(doors, cookie).viewer.username == "rina"


@pytest.mark.parametrize("name", ["", "siapa", "rina\x00", "x" * 5000])
def test_a_name_nobody_has_is_a_wrong_password(doors: Edge, name: str) -> None:
    with pytest.raises(BadCredentials):
        edge.log_in(doors, name, RIGHT)
