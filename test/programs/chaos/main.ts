#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source whose streams its config describes, over the API that test/chaos/server.ts serves.
import {defineSource, run, type Spec} from 'headwater';
import type {ChaosResponse} from '../../chaos/api.ts';
import {type ChaosStream, chaosStreams} from '../../chaos/streams.ts';

type Config = {
  api_url: string;
  streams: ChaosStream[];
  concurrency: number;
  /** Megabytes that are kept in memory after each page. */
  hoard?: number;
};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'streams', 'concurrency'],
    properties: {
      api_url: {type: 'string'},
      streams: {type: 'array', items: {type: 'object'}},
      concurrency: {type: 'integer'},
      hoard: {type: 'integer'},
    },
  },
};

const NUMBERS_A_MEGABYTE = 131_072;
const hoarded: number[][] = [];

await run(
  defineSource({
    name: 'chaos',
    spec,
    connect: ({api_url, concurrency}) => ({
      baseUrl: api_url,
      maxConcurrentRequests: concurrency,
      retry: {attempts: 1},
    }),
    concurrency: ({concurrency}) => concurrency,
    check: async () => {},
    streams: ({config: {streams, hoard = 0}}) =>
      chaosStreams(streams, async (request, http) => {
        const {rows, next} = await http.get<ChaosResponse>('/rows', {
          query: {request: JSON.stringify(request)},
        });
        if (hoard > 0)
          hoarded.push(new Array(hoard * NUMBERS_A_MEGABYTE).fill(hoarded.length + 0.5));
        return {rows, next};
      }),
  }),
);
