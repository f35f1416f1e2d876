"""Airbyte's own docker suite, for the connector in pytest's working directory."""

from pathlib import Path

from airbyte_cdk.test.standard_tests.docker_base import DockerConnectorTestSuite


class TestImage(DockerConnectorTestSuite):
    @classmethod
    def get_connector_root_dir(cls) -> Path:
        # By default it uses the next folder above this file that has a metadata.yaml.
        return Path.cwd()
