// Every broken connector, with the check that catches it.
import {beyondFaults} from './beyond.ts';
import {clientFaults} from './clients.ts';
import {connectionFaults} from './connection.ts';
import {discoveryFaults} from './discovery.ts';
import type {BrokenConnector} from './hooks.ts';
import {outputFaults} from './output.ts';
import {readFaults} from './read.ts';
import {resumeFaults} from './resume.ts';
import {specFaults} from './spec.ts';

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
