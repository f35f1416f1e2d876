import {expect, test} from '@jest/globals';
import {namesOf} from './names.ts';

test('a source has names for folders, people and code', () => {
  expect(namesOf('my-crm2')).toEqual({
    name: 'my-crm2',
    title: 'My Crm2',
    value: 'myCrm2',
    Value: 'MyCrm2',
  });
});

test.each(['Upper', 'a--b', '-a', 'a-', '2a', 'a_b', '../a', 'class', 'items', '', 'x'.repeat(41)])(
  '%j cannot be the name of a source',
  (name) => expect(namesOf(name)).toBeUndefined(),
);
