// Every check, in the order in which they run.

import {clients} from '../clients/all.ts';
import {metadataChecks} from '../metadata/index.ts';
import {invariants} from '../run/watched.ts';
import {attributes} from './attributes.ts';
import {basicRead} from './basic-read.ts';
import {beyond} from './beyond.ts';
import type {Check} from './check.ts';
import {connection} from './connection.ts';
import {discovery} from './discovery.ts';
import {documentation} from './documentation.ts';
import {fullRefresh} from './full-refresh.ts';
import {incremental} from './incremental.ts';
import {spec} from './spec.ts';

export const ALL_CHECKS: readonly Check[] = [
  ...spec,
  ...connection,
  ...discovery,
  ...basicRead,
  ...fullRefresh,
  ...incremental,
  ...attributes,
  ...documentation,
  ...metadataChecks,
  ...clients,
  ...beyond,
  // Over the runs of all others.
  ...invariants,
];
