// Suite `metadata`: metadata.yaml field by field, and beside the connector it describes.
import type {Check} from '../check-kit/check.ts';
import {fieldChecks} from './fields.ts';
import {checkFile} from './file.ts';
import {ruleChecks} from './rules.ts';

export const metadataChecks: readonly Check[] = [
  {
    suite: 'metadata',
    name: 'test_metadata_file',
    about: 'There is a metadata.yaml beside acceptance-test-config.yml, and it can be read.',
    run: checkFile,
  },
  ...fieldChecks,
  ...ruleChecks,
];
