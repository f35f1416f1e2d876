// What a read says beside its records: the status of each stream, and its states.

import {objectAt} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import type {Run} from '../connectors/connector.ts';
import {type ConfiguredStream, keyOf, shown, statesOf, tracesOf} from '../protocol/messages.ts';

const STATUS_ADVICE =
  'Say STARTED once, RUNNING with the first record, and COMPLETE after the last STATE of the stream.';

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
  const statuses = statusesIn(run);
  return streams.flatMap(({key}) => {
    const messages = statuses.get(key) ?? [];
    const said = messages.map(({status}) => status);
    const between = said.slice(1, -1);
    const fine =
      said.length >= 3 &&
      said[0] === 'STARTED' &&
      said.at(-1) === 'COMPLETE' &&
      between.every((status) => status === 'RUNNING');
    if (fine) return [];
    const list = said.length === 0 ? 'no status at all' : `the statuses ${said.join(', ')}`;
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
            reason: `the read gave ${states.length} STATE messages for ${streams.length} streams`,
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
            reason: 'a STATE is of the type LEGACY, or of none, which means the same',
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
            advice: 'Add sourceStats.recordCount: the records of the stream since its last STATE.',
          },
        ]),
  ];
};
