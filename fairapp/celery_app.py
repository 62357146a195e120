"""Celery bound to the Flask application; finds tasks by package name, imports none."""

from typing import Any

from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import worker_process_init
from flask import Flask

from config import Settings
from fairapp.foundation.database import db

FEATURES = (
    "outbox",
    "messages",
    "files",
    "accounts",
    "imports",
    "registrations",
    "selection",
    "decisions",
    "mailings",
    "stands",
    "badges",
    "statistics",
)
VISIBILITY_TIMEOUT_S = 300
SEND_WAITING_EVERY_S = 1.0
EVERY_MINUTE_S = 60.0
SOFT_SHUTDOWN_S = 5


def make_celery(app: Flask, settings: Settings) -> Celery:
    """Return the Celery of this application, with the settings of promises B11."""

    class AppTask(Task):  # type: ignore[misc] # celery has no types
        """A task inside the application's context."""

        abstract = True

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=AppTask, broker=settings.broker)
    celery.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_soft_time_limit=100,
        task_time_limit=120,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_publish_retry=False,
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 10,
            "socket_connect_timeout": 2,
            "health_check_interval": 25,
            "global_keyprefix": "fairapp:",
        },
        result_backend_transport_options={"visibility_timeout": VISIBILITY_TIMEOUT_S},
        visibility_timeout=VISIBILITY_TIMEOUT_S,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=SOFT_SHUTDOWN_S,
        worker_enable_soft_shutdown_on_idle=False,
        beat_schedule_filename=str(settings.var / "beat-schedule"),
        beat_schedule={
            "outbox.send_waiting": {
                "task": "outbox.send_waiting",
                "schedule": SEND_WAITING_EVERY_S,
                "options": {"expires": 5},
            },
            "decisions.expire_offers": {
                "task": "decisions.expire_offers",
                "schedule": EVERY_MINUTE_S,
                "options": {"expires": 50},
            },
            "registrations.find_old_drafts": {
                "task": "registrations.find_old_drafts",
                "schedule": crontab(hour=2, minute=20),
            },
            "registrations.find_details_to_ask": {
                "task": "registrations.find_details_to_ask",
                "schedule": crontab(hour=8, minute=30),
            },
            "registrations.erase_files": {
                "task": "registrations.erase_files",
                "schedule": crontab(hour=2, minute=10),
            },
            "files.sweep": {"task": "files.sweep", "schedule": crontab(hour=2, minute=40)},
        },
        timezone="UTC",
    )
    celery.autodiscover_tasks([f"fairapp.{feature}" for feature in FEATURES], force=True)
    celery.set_default()
    celery.flask_app = app
    app.extensions["celery"] = celery

    def drop_inherited_connections(**_: object) -> None:
        # Connections opened before the fork must not be shared with children (promises C.2).
        with app.app_context():
            db.engine.dispose(close=False)

    worker_process_init.connect(drop_inherited_connections, weak=False)
    return celery
