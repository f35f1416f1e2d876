// Converts the layout from before `acceptance_tests`, and from its first months, to the current one.

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Old files list names alone instead of entries. */
const named = (list: unknown): unknown =>
  Array.isArray(list) ? list.map((name) => (typeof name === 'string' ? {name} : name)) : list;

const migrateEntry = (entry: unknown): unknown => {
  if (!isMapping(entry)) return entry;
  const {future_state_path: future, empty_streams: empty, ignored_fields: ignored, ...rest} = entry;
  return {
    ...rest,
    ...(empty !== undefined && {empty_streams: named(empty)}),
    ...(ignored !== undefined && {
      ignored_fields: isMapping(ignored)
        ? Object.fromEntries(Object.entries(ignored).map(([stream, list]) => [stream, named(list)]))
        : ignored,
    }),
    ...(future !== undefined && {
      future_state: {
        ...(isMapping(rest['future_state']) && rest['future_state']),
        future_state_path: future,
      },
    }),
  };
};

const migrateSuite = (suite: unknown): unknown => {
  if (Array.isArray(suite)) return {tests: suite.map(migrateEntry)};
  if (!isMapping(suite) || !Array.isArray(suite['tests'])) return suite;
  return {...suite, tests: suite['tests'].map(migrateEntry)};
};

/** Anything that is in neither layout stays unchanged; the model rejects it. */
export const migrate = (file: unknown): unknown => {
  if (!isMapping(file)) return file;
  const {tests, ...rest} = file;
  const suites = file['acceptance_tests'] ?? tests;
  if (!isMapping(suites)) return file;
  return {
    ...('acceptance_tests' in file ? file : rest),
    acceptance_tests: Object.fromEntries(
      Object.entries(suites).map(([name, suite]) => [name, migrateSuite(suite)]),
    ),
  };
};
