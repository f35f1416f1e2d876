"""A source made with Airbyte's Python CDK, which runs the manifest.yaml beside it."""

import sys
from pathlib import Path

import yaml
from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import init_logger
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)

# `launch` does this, too, but only after the files are read: now an unreadable catalog is reported by a TRACE ERROR as well.
init_uncaught_exception_handler(init_logger("airbyte"))

args = sys.argv[1:]
manifest = yaml.safe_load((Path(__file__).parent / "manifest.yaml").read_text())


def load(extract, read):
    path = extract(args)
    return read(path) if path else None


source = ConcurrentDeclarativeSource(
    config=load(AirbyteEntrypoint.extract_config, ConcurrentDeclarativeSource.read_config),
    catalog=load(AirbyteEntrypoint.extract_catalog, ConcurrentDeclarativeSource.read_catalog),
    state=load(AirbyteEntrypoint.extract_state, ConcurrentDeclarativeSource.read_state),
    source_config=manifest,
)
launch(source, args)
