// Checks the labels and variables that the platform reads from an image.

import type {Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {shown} from '../protocol/messages.ts';

const define = checksOf('spec', (suites) => suites.spec);

const NO_IMAGE = {skipped: 'it needs an image, and an executable was given'};

export const imageLabels = define(
  'test_image_labels',
  "the image's labels are those of metadata.yaml",
  (_entry, _runs, {connector, settings}) => {
    const {image} = connector;
    if (image === undefined) return NO_IMAGE;
    const {metadata = {}} = settings;
    const expected = {
      'io.airbyte.name': metadata['dockerRepository'],
      'io.airbyte.version': metadata['dockerImageTag'],
    };
    return Object.entries(expected).flatMap(([label, value]): readonly Fault[] => {
      const actual = image.labels[label];
      if (actual !== undefined && (value === undefined || actual === value)) return [];
      return [
        {
          reason:
            actual === undefined
              ? `the image has no label ${label}`
              : `the label ${label} is ${actual}, but metadata.yaml has ${shown(value)}`,
          advice: `Add LABEL ${label}=${shown(value ?? '…')} to the Dockerfile.`,
        },
      ];
    });
  },
);

export const imageEnvironment = define(
  'test_image_environment_variables',
  'AIRBYTE_ENTRYPOINT is the entrypoint',
  (_entry, _runs, {connector}) => {
    const {image} = connector;
    if (image === undefined) return NO_IMAGE;
    const expected = image.entrypoint.join(' ');
    const {AIRBYTE_ENTRYPOINT: actual} = image.environment;
    return actual === expected
      ? []
      : [
          {
            reason: `AIRBYTE_ENTRYPOINT is ${shown(actual ?? 'not set')}, but the entrypoint is ${shown(expected)}`,
            advice: `Add ENV AIRBYTE_ENTRYPOINT="${expected}" to the Dockerfile: on Kubernetes the platform runs this.`,
          },
        ];
  },
);
