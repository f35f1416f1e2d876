import {expect, test} from '@jest/globals';
import {configuredCatalogProblems} from '../../cdk/testing/protocol.ts';
import {checkSelectors, configureCatalog, readCatalog, selectStreams} from './catalog.ts';

const json_schema = {type: 'object'};
const both = ['full_refresh', 'incremental'];

const keyed = {
  name: 'keyed',
  json_schema,
  supported_sync_modes: both,
  default_cursor_field: ['at'],
  source_defined_primary_key: [['id']],
};
const keyless = {
  name: 'keyless',
  json_schema,
  supported_sync_modes: both,
  source_defined_cursor: true,
};
const full = {
  name: 'full',
  namespace: 'a',
  json_schema,
  supported_sync_modes: ['full_refresh'],
  source_defined_primary_key: [['id']],
};
const undecided = {name: 'undecided', json_schema, supported_sync_modes: both};

test('each stream is read incrementally if it can be', () => {
  const {streams} = readCatalog('x', [keyed, keyless, full, undecided]);
  const catalog = configureCatalog(streams);
  expect(catalog).toEqual({
    streams: [
      {
        stream: keyed,
        sync_mode: 'incremental',
        destination_sync_mode: 'append_dedup',
        cursor_field: ['at'],
        primary_key: [['id']],
      },
      {stream: keyless, sync_mode: 'incremental', destination_sync_mode: 'append'},
      {
        stream: full,
        sync_mode: 'full_refresh',
        destination_sync_mode: 'overwrite',
        primary_key: [['id']],
      },
      {stream: undecided, sync_mode: 'full_refresh', destination_sync_mode: 'overwrite'},
    ],
  });
  expect(configuredCatalogProblems(catalog)).toEqual([]);
});

const chosen = (source: string, streams: readonly unknown[], selectors?: readonly string[]) =>
  selectStreams(readCatalog(source, streams), selectors).map(({descriptor}) => descriptor.name);

test('a name selects the stream in every source; with the name of a source before it, in that one', () => {
  const selectors = ['keyed', 'x.keyless', 'a.full'];
  expect([
    chosen('x', [keyed, keyless, full]),
    chosen('x', [keyed, keyless, full, undecided], selectors),
    chosen('y', [keyed, keyless], selectors),
  ]).toEqual([['keyed', 'keyless', 'full'], ['keyed', 'keyless', 'full'], ['keyed']]);
});

test('a name that selects no stream is an error that lists the streams', () => {
  const offers = [
    readCatalog('x', [keyed]),
    readCatalog('y', [keyless, full]),
    readCatalog('z', []),
  ];
  expect(() => checkSelectors(['keyed', 'x.full', 'nope'], offers)).toThrow(
    'There is no stream x.full, nope. The streams are: x has keyed; y has keyless, full; z has none.',
  );
});
