// What Airbyte's own acceptance tests do not ask.
import type {Check} from './check.ts';
import {determinism} from './determinism.ts';
import {resuming} from './resume.ts';
import {steadiness} from './steadiness.ts';

export const beyond: readonly Check[] = [...resuming, determinism, ...steadiness];
