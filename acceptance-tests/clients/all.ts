// The profiles of all clients.
import type {Check} from '../check-kit/check.ts';
import {airbyteServerless} from './airbyte-serverless.ts';
import {platform} from './platform.ts';
import {pyairbyte} from './pyairbyte.ts';
import {shell} from './shell.ts';
import {tapAirbyte} from './tap-airbyte.ts';

export const clients: readonly Check[] = [
  ...[...platform, ...pyairbyte],
  ...[...tapAirbyte, ...airbyteServerless, ...shell],
];
