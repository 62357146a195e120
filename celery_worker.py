"""Entry point of the worker and the scheduler: `celery -A celery_worker.celery worker`."""

from config import Settings
from fairapp import create_app

celery = create_app(Settings()).extensions["celery"]
