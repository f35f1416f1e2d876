// The state of a stream whose positions are tokens, and what a run does with one that it cannot use.
import {describe, expect, test} from '@jest/globals';
import {schema, stateOf} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import {EACH, type Item, items, LAST, one, statesIn} from '../../../test/read/token-items.ts';
import {parent} from '../../author/slices.ts';
import {page, stream} from '../../author/stream.ts';
import type {CursorValue} from '../../author/types.ts';
import {SystemError, TransientError} from '../../errors.ts';
import {errorsIn, lastStates} from '../../testing/messages.ts';
import {catalogOf, NOW, runRead} from '../../testing/run-read.ts';

const BEGINNING =
  'It is read from its beginning, and all of its records count as new. Records that were deleted since the last sync are not detected: a full refresh removes them, and the source can find them with `deletes.sweep`.';

describe('the state', () => {
  test('of a list whose every page has a token moves after each page', async () => {
    const read = await runRead({
      streams: [items(EACH, () => [one(1, 'a'), one(2, 'b'), one(3, 'c')])],
    });
    expect(statesIn(read)).toEqual([
      {token: 'a', unfinished: true},
      {token: 'b', unfinished: true},
      {token: 'c', unfinished: true},
      {token: 'c'},
    ]);
  });

  test('of a list with a token at its end moves only there, wherever the token came', async () => {
    const read = await runRead({
      streams: [items(LAST, () => [one(1, 'a'), one(2), one(3)])],
    });
    expect(statesIn(read)).toEqual([{token: 'a'}]);
  });

  test('has a token for each slice, and forgets slices that are gone', async () => {
    let folders = ['x', 'y'];
    const requested: unknown[] = [];
    const {sync, state} = openSyncs(() =>
      items(LAST, (since, {folder}) => [page([], {token: `${folder}${since ?? 0}`})], {
        slices: () => folders.map((folder) => ({folder})),
        requested,
      }),
    );
    await sync();
    expect(state()).toMatchObject(
      stateOf('items', {slices: {'folder=x': {token: 'x0'}, 'folder=y': {token: 'y0'}}}),
    );
    folders = ['y', 'z'];
    await sync();
    expect(requested).toEqual([undefined, undefined, 'y0', undefined]);
    expect(state()).toMatchObject(
      stateOf('items', {slices: {'folder=y': {token: 'yy0'}, 'folder=z': {token: 'z0'}}}),
    );
  });

  test('keeps the token of a slice that fails', async () => {
    const slices = () => [{folder: 'x'}, {folder: 'y'}];
    const before = {slices: {'folder=x': {token: 1}, 'folder=y': {token: 2}}};
    const read = await runRead({
      streams: [
        items(
          LAST,
          (_since, {folder}) =>
            folder === 'x' ? [one(1, 3), new TransientError('No.')] : [one(2, 4)],
          {slices},
        ),
      ],
      state: stateOf('items', before),
    });
    expect(statesIn(read).at(-1)).toEqual({
      slices: {'folder=x': {token: 1}, 'folder=y': {token: 4}},
      unfinished: true,
    });
  });

  test.each([NOW + 1e9, '2999-01-01T00:00:00Z', '1e999', 7])(
    'is passed on as it is, also if it looks like a time or a number: %s',
    async (token) => {
      const requested: unknown[] = [];
      const read = await runRead({
        streams: [items(LAST, () => [], {requested})],
        state: stateOf('items', {token}),
      });
      expect(requested).toEqual([token]);
      expect(statesIn(read)).toEqual([{token}]);
      expect(read.messages.filter(({log}) => log?.level === 'WARN')).toEqual([]);
    },
  );

  test.each([
    ['an empty token', {token: ''}, 'a token that is neither a string nor a number'],
    ['an object as its token', {token: {a: 1}}, 'a token that is neither a string nor a number'],
    [
      'another connector',
      {updated_at: '2025-01-01T00:00:00Z'},
      "no token, only updated_at: it seems to be another connector's, or from before the stream had tokens",
    ],
    [
      "Airbyte's Python CDK",
      {states: [{partition: {folder: 'x'}, cursor: {token: 'a'}}]},
      "no token, only states: it seems to be another connector's, or from before the stream had tokens",
    ],
    [
      'slices',
      {slices: {'folder=x': {token: 'a'}}},
      'tokens of slices, but the stream has no slices now',
    ],
  ])('of %s is not used, with a warning', async (_what, blob, fault) => {
    const requested: unknown[] = [];
    const {sync} = openSyncs(
      () => items(LAST, () => [one(1, 'b')], {requested}),
      stateOf('items', blob),
    );
    const {warnings, complete} = await sync();
    expect({complete, requested, warnings}).toEqual({
      complete: true,
      requested: [undefined],
      warnings: [`WARN The state of stream items has ${fault}. ${BEGINNING}`],
    });
  });

  test.each([
    [
      {token: 'a'},
      `The state of stream items has one token for all of it, but the stream has slices now. ${BEGINNING}`,
    ],
    [
      {slices: {'folder=x': {token: ['a']}}},
      'The state of stream items has damaged keys: slices["folder=x"]. What they covered is read again from its beginning. If the state was edited, restore the old one to avoid that.',
    ],
  ])('of slices is not guessed from %j', async (blob, warning) => {
    const requested: unknown[] = [];
    const {sync} = openSyncs(
      () => items(LAST, () => [one(1, 'b')], {requested, slices: () => [{folder: 'x'}]}),
      stateOf('items', blob),
    );
    expect((await sync()).warnings).toEqual([`WARN ${warning}`]);
    expect(requested).toEqual([undefined]);
  });

  test('of a stream that was interrupted before its first token has none', async () => {
    const {sync, setState} = openSyncs(() => items(LAST, () => [one(1, 'b')]));
    setState(stateOf('items', {unfinished: true}));
    expect((await sync()).warnings).toEqual([]);
  });

  test('of tokens is not used for a cursor', async () => {
    const dated = stream({
      name: 'items',
      schema,
      cursor: {field: 'updated_at'},
      async *read({since}) {
        if (since !== undefined) yield page([{id: 1}]);
      },
    });
    const {sync} = openSyncs(() => dated, stateOf('items', {token: 'a'}));
    expect((await sync()).warnings).toEqual([
      'WARN The state of stream items has no "updated_at", only token: it seems to be another connector\'s. The stream is read from its beginning.',
    ]);
  });
});

describe('a full refresh', () => {
  test('reads everything, and its state is that of an incremental sync', async () => {
    const requested: unknown[] = [];
    const {sync, state} = openSyncs(
      () => items(LAST, () => [one(1, 'b')], {requested}),
      stateOf('items', {token: 'a'}),
    );
    expect((await sync({mode: 'full_refresh'})).warnings).toEqual([]);
    await sync();
    expect(requested).toEqual([undefined, 'b']);
    expect(state()).toMatchObject(stateOf('items', {token: 'b'}));
  });

  test('that was cut off resumes at its last token', async () => {
    const requested: unknown[] = [];
    const read = await runRead({
      streams: [items(EACH, () => [one(2, 'b')], {requested})],
      catalog: catalogOf(['items'], 'full_refresh'),
      state: stateOf('items', {token: 'a', unfinished: true}),
    });
    expect(requested).toEqual(['a']);
    expect(statesIn(read).at(-1)).toEqual({token: 'b'});
  });

  test('of a stream with `fullSync` happens when it is due', async () => {
    const requested: unknown[] = [];
    const made = () => ({
      ...items(LAST, () => [one(1, 'b')], {requested}),
      fullSync: {every: {days: 2}},
    });
    const {sync} = openSyncs(made);
    for (let day = 0; day < 4; day += 1) await sync();
    expect(requested).toEqual([undefined, 'b', undefined, 'b']);
  });
});

const ended = (advice = '') =>
  `items system_error: Stream items: the list ended without a token after its last records, so each sync would read them again. Set the \`token\` of \`http.paginate\` to its location, or pass it to \`page\`; if only the list's end has one, declare \`cursor: {token: 'last-page'}\`.${advice}`;

describe('an error', () => {
  test.each([
    ['a list has no token at all', LAST, [one(1), one(2)], ended()],
    ['the last page has no token, but each page should', EACH, [one(1, 'a'), one(2)], ended()],
  ])('says that %s', async (_what, cursor, pages, message) => {
    const {messages, complete} = await runRead({streams: [items(cursor, () => pages)]});
    expect(complete).toBe(false);
    expect(errorsIn(messages)[0]).toBe(message);
  });

  test.each([
    ['without records and without a token', LAST, [page([])]],
    ['with a token for the pages before it', EACH, [one(1), page<Item>([], {token: 'a'})]],
  ])('is not needed for a list that ends with a page %s', async (_what, cursor, pages) => {
    const {complete} = await runRead({streams: [items(cursor, () => pages)]});
    expect(complete).toBe(true);
  });

  test('says that a token is not saved for a stream with another cursor', async () => {
    const plain = stream({
      name: 'items',
      schema,
      async *read() {
        yield one(1, 'a');
      },
    });
    const {messages} = await runRead({streams: [plain]});
    expect(errorsIn(messages)[0]).toBe(
      'items system_error: A page of stream items has a `token`, but the stream has no `cursor: {token: …}`, so it would not be saved. Add one of them, or remove the other.',
    );
  });

  test('says that a token is neither a string nor a number', async () => {
    const token: CursorValue = JSON.parse('{"seq": 1}');
    const {messages} = await runRead({streams: [items(EACH, () => [one(1, token)])]});
    expect(errorsIn(messages)[0]).toBe(
      'items system_error: A page of stream items has a token that is an object, but it should be a string or a number.',
    );
  });

  test.each([null, '', undefined])('is not needed for a page whose token is %j', async (token) => {
    const pages = [page([{id: 1}], {token}), one(2, 'b')];
    const read = await runRead({streams: [items(LAST, () => pages)]});
    expect(statesIn(read)).toEqual([{token: 'b'}]);
  });

  test('says that a number is not exact', async () => {
    const {messages} = await runRead({
      streams: [items(EACH, () => [one(1, 30_401_068_076_164_268)])],
    });
    expect(errorsIn(messages)[0]).toBe(
      'items system_error: A page of stream items has the token 30401068076164268, a number beyond 2^53, which is not exact in JavaScript. Let the API send it as a string.',
    );
  });

  test('says that an identity could not be requested', async () => {
    const identity = () => {
      throw new TransientError('The database is down.');
    };
    const {messages} = await runRead({
      streams: [items({...LAST, identity}, () => [])],
      state: stateOf('items', {token: 'a'}),
    });
    expect(errorsIn(messages)[0]).toBe('items transient_error: The database is down.');
    expect(lastStates(messages)).toMatchObject(stateOf('items', {token: 'a', unfinished: true}));
  });

  test('says that tokens have no windows, and list no slices', () => {
    expect(() =>
      stream<Item>({
        name: 'items',
        schema,
        cursor: LAST,
        window: {days: 1},
        read: ({http}) => http.paginate('/items'),
      }),
    ).toThrow(
      new SystemError(
        'Stream items has a `window` beside `cursor.token`, but a token says nothing about times. Remove one of them.',
      ),
    );
    expect(() =>
      parent(
        items(LAST, () => []),
        ({id}) => ({id}),
      ),
    ).toThrow(
      new SystemError(
        'Stream items has a token for a cursor, so each sync reads only what changed, and it cannot list the slices of other streams. List them by a function, `slices: ({http}) => …`, or by a stream without a cursor.',
      ),
    );
  });
});
