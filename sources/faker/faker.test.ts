import {describe, expect, test} from '@jest/globals';
import {Ajv} from 'ajv';
import addFormats from 'ajv-formats';
import {readSource, recordsOf} from 'headwater/testing';
import {products} from './generated/products.ts';
import {purchases} from './generated/purchases.ts';
import {users} from './generated/users.ts';
import {faker} from './index.ts';

const read = async (config: object, ...streams: string[]) => {
  const messages = await readSource(faker, config, streams);
  return (stream: string) => recordsOf(messages, stream);
};

describe('the rows', () => {
  test('of a seed are the same in each release', async () => {
    const rows = await read({count: 1, seed: 42}, 'users', 'products', 'purchases');
    expect([...rows('users'), ...rows('products'), ...rows('purchases')]).toEqual([
      {
        id: 1,
        uuid: '25d679ed-43dc-43e7-9272-5c0432c896e9',
        created_at: '2022-12-04T23:57:02.421Z',
        updated_at: '2024-01-01T00:00:01.000Z',
        name: 'Adrianna Kihn',
        title: 'Mrs.',
        email: 'adrianna.kihn.1@example.com',
        telephone: '+13579682943',
        gender: 'Transsexual woman',
        age: 66,
        height: 1.84,
        weight: 81,
        blood_type: 'B+',
        language: 'Vietnamese',
        nationality: 'Uruguay',
        occupation: 'Principal Solutions Administrator',
        academic_degree: 'none',
        address: {
          street_name: 'McDermott Bypass',
          street_number: '27779',
          city: 'Port Verlieberg',
          province: 'South Glamorgan',
          postal_code: '71290-2515',
          state: 'Nevada',
          country_code: 'KG',
        },
      },
      {
        id: 1,
        make: 'Porsche',
        model: 'Sentra',
        year: 1982,
        price: 123176,
        created_at: '2021-09-30T03:03:21.560Z',
        updated_at: '2024-01-01T00:00:01.000Z',
      },
      {
        id: 1,
        user_id: 1,
        product_id: 1,
        created_at: '2021-11-25T23:03:54.333Z',
        updated_at: '2024-01-01T00:00:01.000Z',
        added_to_cart_at: '2021-11-25T23:03:54.333Z',
        purchased_at: '2023-01-28T12:50:23.582Z',
        returned_at: null,
      },
    ]);
  });

  test.each([
    ['users', users],
    ['products', products],
    ['purchases', purchases],
  ])('of %s match their schema, and have all of its fields', async (name, schema) => {
    const ajv = new Ajv({strict: false, allErrors: true});
    addFormats.default(ajv);
    const isValid = ajv.compile(schema);
    const rows = (await read({count: 300}, name))(name);
    expect(rows.filter((row) => !isValid(row))).toEqual([]);
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual(
      Object.keys(Object(schema['properties'])).sort(),
    );
  });

  test('do not change when the count grows', async () => {
    const names = ['users', 'products', 'purchases'];
    const few = await read({count: 10}, ...names);
    const many = await read({count: 200}, ...names);
    expect(many('products')).toHaveLength(100);
    expect(names.map((name) => many(name).slice(0, 10))).toEqual(names.map(few));
  });

  test('have different times, which grow with the id', async () => {
    const rows = (await read({count: 500}, 'users'))('users');
    const times = rows.map(({updated_at}) => String(updated_at));
    expect(times).toEqual([...new Set(times)].sort());
    expect(
      rows.filter(({created_at, updated_at}) => String(created_at) >= String(updated_at)),
    ).toEqual([]);
  });

  test('of purchases refer to users and products that exist', async () => {
    const rows = (await read({count: 150}, 'purchases'))('purchases');
    const within = (field: string, last: number) =>
      rows.every((row) => Number(row[field]) >= 1 && Number(row[field]) <= last);
    expect([within('user_id', 150), within('product_id', 100)]).toEqual([true, true]);
  });

  test('are not made for a count of 0', async () => {
    const rows = await read({count: 0}, 'users', 'products', 'purchases');
    expect([rows('users'), rows('products'), rows('purchases')]).toEqual([[], [], []]);
  });
});

test('streams are read one after another, in the order of the catalog', async () => {
  const messages = await readSource(faker, {count: 4, records_per_slice: 1}, [
    'purchases',
    'users',
  ]);
  const streams = messages.flatMap(({record}) => (record ? [record.stream] : []));
  expect(streams).toEqual([...Array(4).fill('purchases'), ...Array(4).fill('users')]);
});
