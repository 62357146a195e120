"""Rules of the code that no ready-made tool checks."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from tests.guards.source import ROOT, calls, found_calls, imported, modules, text_constants


def test_commit_is_called_in_one_place() -> None:
    found = found_calls("fairapp", frozenset({"commit"}))
    assert [place.split(":")[0] for place in found] == ["fairapp/foundation/database.py"]


def test_tasks_are_sent_by_the_relay_only() -> None:
    sending = frozenset({"delay", "apply_async", "send_task", "signature", "si"})
    assert found_calls("fairapp", sending, frozenset({"fairapp/outbox/tasks.py"})) == []


def test_money_never_becomes_a_float() -> None:
    # A share of two amounts is shown as a percentage, and the body of a call is checked for
    # numbers that JSON allows and we do not.
    shares = {"fairapp/web/filters.py", "fairapp/statistics/presentation.py"}
    assert found_calls("fairapp", frozenset({"float"}), frozenset(shares | {"fairapp/web/bodies.py"})) == []


def test_the_clock_is_read_in_one_place() -> None:
    reading = frozenset({"now", "utcnow", "today"})
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules("fairapp").items()
        if path != "fairapp/foundation/clock.py"
        for name, call in calls(tree)
        if name in reading
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"datetime", "date"}
    ]
    assert found == []


def test_the_environment_is_read_by_the_settings_only() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules("fairapp").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    ]
    assert found == []


def test_migrations_import_nothing_of_the_product() -> None:
    found = {
        path: imported(tree) & {"fairapp", "config"} for path, tree in modules("migrations/versions").items()
    }
    assert {path for path, names in found.items() if names} == set()


def test_enqueued_tasks_are_registered(app: Flask) -> None:
    registered = set(app.extensions["celery"].tasks)
    unknown = []
    for path, tree in modules("fairapp").items():
        names = text_constants(tree)
        for name, call in calls(tree):
            if name == "enqueue" and len(call.args) > 1:
                task = task_name(call.args[1], names)
                if task not in registered:
                    unknown.append(f"{path}:{call.lineno} {task}")
    assert unknown == []


def task_name(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return names.get(node.id, f"unknown {node.id}") if isinstance(node, ast.Name) else "not written out"


def test_every_setting_is_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    shown = {line.removeprefix("#").partition("=")[0].strip() for line in lines if "=" in line}
    assert shown == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "base"])
def test_nothing_is_without_a_name(name: str) -> None:
    assert [str(path) for path in Path(ROOT / "fairapp").rglob(f"{name}.py")] == []


def test_messages_are_complete() -> None:
    from tools.messages import problems

    assert list(problems()) == []
