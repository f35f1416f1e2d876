// The suite `metadata`: checks each field of metadata.yaml, and compares it with the connector.
import type {Check} from '../check-kit/check.ts';
import {fieldChecks} from './fields.ts';
import {checkFile} from './file.ts';
import {ruleChecks} from './rules.ts';

export const metadataChecks: readonly Check[] = [
  {
    suite: 'metadata',
    name: 'test_metadata_file',
    about: 'a readable metadata.yaml is beside acceptance-test-config.yml',
    run: checkFile,
  },
  ...fieldChecks,
  ...ruleChecks,
];
