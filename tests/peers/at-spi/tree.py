# Owns what a screen reader is told: the accessibility tree of the running app, or its news, as JSON.
"""Usage: tree.py tree NAME | news. `news` writes one line for each new part of a live region until its input ends."""

import json
import sys
import threading

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  (the version has to be chosen first)

STATES = ("FOCUSABLE", "FOCUSED", "SHOWING", "SELECTED", "SELECTABLE", "MODAL")
DEEPEST = 60


def described(node):
    """One node without its children. A node that goes while it is asked is told as what is known of it."""
    told = {"role": "", "name": "", "description": "", "text": "", "attributes": {}, "states": []}
    try:
        told["role"] = node.get_role_name()
        told["name"] = node.get_name() or ""
        told["description"] = node.get_description() or ""
        told["attributes"] = node.get_attributes() or {}
        if "Text" in Atspi.Accessible.get_interfaces(node):
            told["text"] = Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node)) or ""
        states = node.get_state_set()
        told["states"] = [name.lower() for name in STATES if states.contains(getattr(Atspi.StateType, name))]
    except GLib.Error:
        pass
    return told


def tree(node, depth=0):
    told = described(node)
    told["children"] = []
    if depth < DEEPEST:
        try:
            for index in range(node.get_child_count()):
                child = node.get_child_at_index(index)
                if child is not None:
                    told["children"].append(tree(child, depth + 1))
        except GLib.Error:
            pass
    return told


def app(name):
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None and child.get_name() == name:
            return child
    return None


def live(node):
    """Whether a live region is at or around this node."""
    try:
        attributes = node.get_attributes() or {}
        return attributes.get("live", attributes.get("container-live", ""))
    except GLib.Error:
        return ""


def on_event(event):
    part = event.any_data if isinstance(event.any_data, Atspi.Accessible) else None
    if live(event.source) or (part is not None and live(part)):
        told = {"event": event.type, "children": [] if part is None else [tree(part)]}
        told["text"] = event.any_data if isinstance(event.any_data, str) else ""
        print(json.dumps(told), flush=True)


def main():
    if sys.argv[1] == "tree":
        root = app(sys.argv[2])
        print(json.dumps(tree(root) if root is not None else None))
        return
    loop = GLib.MainLoop()
    listener = Atspi.EventListener.new(on_event)
    for kind in ("object:children-changed:add", "object:text-changed:insert", "object:announcement"):
        listener.register(kind)
    print(json.dumps({"event": "listening"}), flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), GLib.idle_add(loop.quit)), daemon=True).start()
    loop.run()


main()
