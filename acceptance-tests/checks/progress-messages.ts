// Checks the messages of a read besides its records: statuses and states.

import {objectAt} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import type {Run} from '../connectors/connector.ts';
import {type ConfiguredStream, keyOf, shown, statesOf, tracesOf} from '../protocol/messages.ts';

const STATUS_ADVICE =
  'Print STARTED once, RUNNING with the first record, and COMPLETE after the last STATE of the stream.';

/** The statuses of each stream, in order. */
const statusesIn = (run: Run) =>
  Map.groupBy(
    tracesOf(run, 'STREAM_STATUS').map(({payload, line}) => {
      const status = objectAt(payload['stream_status']);
      return {
        stream: keyOf(objectAt(status['stream_descriptor'])),
        status: String(status['status']),
        line,
      };
    }),
    ({stream}) => stream,
  );

export const statusFaults = (run: Run, streams: readonly ConfiguredStream[]): readonly Fault[] => {
  const byStream = statusesIn(run);
  return streams.flatMap(({key}) => {
    const messages = byStream.get(key) ?? [];
    const statuses = messages.map(({status}) => status);
    const between = statuses.slice(1, -1);
    const fine =
      statuses.length >= 3 &&
      statuses[0] === 'STARTED' &&
      statuses.at(-1) === 'COMPLETE' &&
      between.every((status) => status === 'RUNNING');
    if (fine) return [];
    const list = statuses.length === 0 ? 'no status' : `the statuses ${statuses.join(', ')}`;
    const offending = messages.at(-1)?.line.text;
    return [
      {
        reason: `${key}: it has ${list}`,
        ...(offending !== undefined && {offending: shown(offending)}),
        advice: STATUS_ADVICE,
      },
    ];
  });
};

export const stateFaults = (run: Run, streams: readonly ConfiguredStream[]): readonly Fault[] => {
  const states = statesOf(run);
  const few: readonly Fault[] =
    states.length >= streams.length
      ? []
      : [
          {
            reason: `the read printed ${states.length} STATE messages for ${streams.length} streams`,
            advice: 'Print a STATE at the end of each stream, full refresh or not.',
          },
        ];
  const legacy = states.find(({type}) => type === undefined || type === 'LEGACY');
  const uncounted = states.find(({payload}) => !isObject(payload['sourceStats']));
  return [
    ...few,
    ...(legacy === undefined
      ? []
      : [
          {
            reason: 'a STATE has the type LEGACY or no type, which means the same',
            offending: shown(legacy.line.text),
            advice: 'Print states of type STREAM: {"type": "STREAM", "stream": {…}}.',
          },
        ]),
    ...(uncounted === undefined
      ? []
      : [
          {
            reason: 'a STATE has no sourceStats',
            offending: shown(uncounted.line.text),
            advice:
              'Add sourceStats.recordCount: the number of records of the stream since its last STATE.',
          },
        ]),
  ];
};
