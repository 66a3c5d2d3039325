"""Reads event files with TensorBoard's own reader: python check_events.py FOLDER

Prints every series of each run in the folder, as `go run ./experiments/runs -tensorboard FOLDER` writes them; without a
folder, the head that TensorBoard's own writer makes for the time 0.5. Needs tensorboard==2.20.0.
"""
import sys
import tempfile
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.record_writer import RecordWriter

if len(sys.argv) < 2:
    with tempfile.NamedTemporaryFile() as file:
        RecordWriter(file).write(Event(wall_time=0.5, file_version="brain.Event:2").SerializeToString())
        file.flush()
        print(Path(file.name).read_bytes().hex())
for file in [f for folder in sys.argv[1:] for f in sorted(Path(folder).rglob("events.out.tfevents.*"))]:
    events = EventAccumulator(str(file))
    events.Reload()
    for tag in events.Tags()["scalars"]:
        series = events.Scalars(tag)
        print(file.parent.name, tag, len(series), series[0].step, series[-1].step, round(series[-1].value, 6))
