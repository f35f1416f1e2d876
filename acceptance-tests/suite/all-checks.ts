// Every check, in the order in which they run.

import {beyond} from './beyond/all.ts';
import type {Check} from './check.ts';
import {attributes} from './checks/attributes.ts';
import {basicRead} from './checks/basic-read.ts';
import {connection} from './checks/connection.ts';
import {discovery} from './checks/discovery.ts';
import {documentation} from './checks/documentation.ts';
import {fullRefresh} from './checks/full-refresh.ts';
import {incremental} from './checks/incremental.ts';
import {spec} from './checks/spec.ts';
import {clients} from './clients/all.ts';
import {metadataChecks} from './metadata/index.ts';
import {invariants} from './observed.ts';

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
