"""What both Django engines share: settings, and the tables of the unit of work as models; imported before Django."""

import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

address = urlsplit(sys.argv[1])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path.lstrip("/"),
            "USER": address.username,
            "PASSWORD": address.password or "",
            "HOST": address.hostname,
            "PORT": address.port,
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_fsm", "django_fsm_log"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db import models  # noqa: E402 - models can be declared only after the set-up


class Entry(models.Model):
    """A row of the audit log."""

    id = models.UUIDField(primary_key=True)
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    step = models.CharField(max_length=30)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    actor = models.UUIDField()
    entered_at = models.DateTimeField()

    class Meta:
        """Where it lies."""

        app_label = "peers"
        db_table = "engine_entry"


class Job(models.Model):
    """A row of the queue."""

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    state = models.CharField(max_length=10)
    run_at = models.DateTimeField()

    class Meta:
        """Where it lies."""

        app_label = "peers"
        db_table = "engine_job"
