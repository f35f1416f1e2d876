"""Airbyte's own docker suite, on the connector whose files are in the folder where pytest is started."""

from pathlib import Path

from airbyte_cdk.test.standard_tests.docker_base import DockerConnectorTestSuite


class TestImage(DockerConnectorTestSuite):
    @classmethod
    def get_connector_root_dir(cls) -> Path:
        # Left alone, it takes the next folder above this file that has a metadata.yaml.
        return Path.cwd()
