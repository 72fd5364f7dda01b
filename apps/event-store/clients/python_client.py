"""Appends, reads and subscribes with the client for Python: it sends and wants event ids in the structured form.

Usage: python_client.py PORT
"""

import sys
import uuid

import esdbclient
from esdbclient import EventStoreDBClient, NewEvent, StreamState


def new_event(event_type):
    return NewEvent(type=event_type, data=b'{"is": 1}', metadata=b'{"by": "python"}', id=uuid.uuid4())


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r} instead of {expected!r}")


def main():
    client = EventStoreDBClient(uri=f"esdb://127.0.0.1:{sys.argv[1]}?Tls=false")
    stream = f"python-{uuid.uuid4()}"
    events = [new_event("First"), new_event("Second")]
    commit = client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=events)
    repeated = client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=events)
    check("the position of a repetition", repeated, commit)

    read = client.get_stream(stream)
    check("ids read", [event.id for event in read], [event.id for event in events])
    check("data and metadata", (read[0].data, read[0].metadata), (events[0].data, events[0].metadata))
    check("revisions", [event.stream_position for event in read], [0, 1])
    check("ids of $all", [e.id for e in client.read_all() if e.stream_name == stream], [e.id for e in events])

    try:
        client.append_to_stream(stream, current_version=5, events=[new_event("Late")])
        sys.exit("a wrong version is taken")
    except esdbclient.exceptions.WrongCurrentVersion:
        pass

    third = new_event("Third")
    with client.subscribe_to_stream(stream) as of_stream, client.subscribe_to_all(filter_include=("Third",)) as of_all:
        check("subscribed to the stream", [next(of_stream).id, next(of_stream).id], [event.id for event in events])
        client.append_to_stream(stream, current_version=1, events=[third])
        check("live in the stream", next(of_stream).id, third.id)
        check("live in $all, by a regular expression", next(of_all).id, third.id)
    client.delete_stream(stream, current_version=2)
    client.close()
    print("The client for Python appends, reads and subscribes.")


main()
