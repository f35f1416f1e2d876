// Every check, in the order in which they run.
import type {Check} from '../check-kit/check.ts';
import {attributes} from '../checks/attributes.ts';
import {basicRead} from '../checks/basic-read.ts';
import {connection} from '../checks/connection.ts';
import {determinism} from '../checks/determinism.ts';
import {discovery} from '../checks/discovery.ts';
import {documentation} from '../checks/documentation.ts';
import {fullRefresh} from '../checks/full-refresh.ts';
import {incremental} from '../checks/future-state.ts';
import {invariants} from '../checks/invariants.ts';
import {resources} from '../checks/resources.ts';
import {resuming} from '../checks/resume.ts';
import {spec} from '../checks/spec.ts';
import {clients} from '../clients/all.ts';
import {metadataChecks} from '../metadata/index.ts';

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
  // The suite `beyond`: what Airbyte's own acceptance tests do not check.
  ...resuming,
  determinism,
  ...resources,
  // Over the runs of all others.
  ...invariants,
];
