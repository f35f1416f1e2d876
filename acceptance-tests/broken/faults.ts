// Every broken connector: the fault, and the check that catches it.
import {beyondFaults} from './faults/beyond.ts';
import {clientFaults} from './faults/clients.ts';
import {connectionFaults} from './faults/connection.ts';
import {discoveryFaults} from './faults/discovery.ts';
import {outputFaults} from './faults/output.ts';
import {readFaults} from './faults/read.ts';
import {resumeFaults} from './faults/resume.ts';
import {specFaults} from './faults/spec.ts';
import type {BrokenConnector} from './hooks.ts';

export const FAULTS: Readonly<Record<string, BrokenConnector>> = {
  ...specFaults,
  ...connectionFaults,
  ...discoveryFaults,
  ...readFaults,
  ...resumeFaults,
  ...outputFaults,
  ...clientFaults,
  ...beyondFaults,
};
