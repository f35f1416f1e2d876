// Makes single rows. A row depends only on the seed, its stream and its id, so the count, the slices, the threads and the
// day do not change it.
import type {Product} from './generated/products.ts';
import type {Purchase} from './generated/purchases.ts';
import type {User} from './generated/users.ts';
import {faker} from './random.ts';

/** Shared by all rows of a run. */
export type World = {
  readonly seed: number;
  /** The `updated_at` of every row. Default: each row has its own, a second after the row before. */
  readonly updatedAt: string | undefined;
};

export type RowMaker<R> = (id: number, world: World) => R;

/** There are as many products as users, but at most this many. */
export const MAX_PRODUCTS = 100;

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** The `updated_at` of row 0. */
export const EPOCH = Date.UTC(2024, 0, 1);

const iso = (instant: number): string => new Date(instant).toISOString();

/** Grows with the id, so no two rows share it. */
const updatedAt = (id: number): number => EPOCH + id * SECOND;

/** Each stream has its own random sequence. */
const STREAMS = {users: 1, products: 2, purchases: 3} as const;

const begin = (stream: keyof typeof STREAMS, id: number, {seed}: World): void => {
  faker.seed([seed, STREAMS[stream], id]);
};

/** A random instant up to `days` earlier. */
const before = (instant: number, days: number): number =>
  instant - faker.number.int({min: SECOND, max: days * DAY});

const DEGREES = ['none', 'Bachelor', 'Master', 'PhD'];
const BLOOD_TYPES = ['0+', 'A+', 'B+', 'AB+', '0-', 'A-', 'B-', 'AB-'];

export const makeUser: RowMaker<User> = (id, world) => {
  begin('users', id, world);
  const own = updatedAt(id);
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  return {
    id,
    uuid: faker.string.uuid(),
    created_at: iso(before(own, 1000)),
    updated_at: world.updatedAt ?? iso(own),
    name: `${firstName} ${lastName}`,
    title: faker.person.prefix(),
    // The id makes addresses unique, as in a real table.
    email: `${firstName}.${lastName}.${id}@example.com`
      .toLowerCase()
      .replaceAll(/[^a-z0-9.@]/g, ''),
    telephone: faker.phone.number({style: 'international'}),
    gender: faker.person.gender(),
    age: faker.number.int({min: 18, max: 90}),
    height: faker.number.float({min: 1.4, max: 2.1, fractionDigits: 2}),
    weight: faker.number.int({min: 40, max: 130}),
    blood_type: faker.helpers.arrayElement(BLOOD_TYPES),
    language: faker.location.language().name,
    nationality: faker.location.country(),
    occupation: faker.person.jobTitle(),
    academic_degree: faker.helpers.arrayElement(DEGREES),
    address: {
      street_name: faker.location.street(),
      street_number: faker.location.buildingNumber(),
      city: faker.location.city(),
      province: faker.location.county(),
      postal_code: faker.location.zipCode(),
      state: faker.location.state(),
      country_code: faker.location.countryCode(),
    },
  };
};

export const makeProduct: RowMaker<Product> = (id, world) => {
  begin('products', id, world);
  const own = updatedAt(id);
  return {
    id,
    make: faker.vehicle.manufacturer(),
    model: faker.vehicle.model(),
    year: faker.number.int({min: 1960, max: 2024}),
    price: faker.number.int({min: 300, max: 150_000}),
    created_at: iso(before(own, 1000)),
    updated_at: world.updatedAt ?? iso(own),
  };
};

export const makePurchase: RowMaker<Purchase> = (id, world) => {
  begin('purchases', id, world);
  const own = updatedAt(id);
  const addedAt = before(own, 1000);
  const bought = faker.datatype.boolean({probability: 0.7});
  const returned = bought && faker.datatype.boolean({probability: 0.15});
  return {
    id,
    // Ids that exist for any count, so that a larger count changes no row.
    user_id: faker.number.int({min: 1, max: id}),
    product_id: faker.number.int({min: 1, max: Math.min(id, MAX_PRODUCTS)}),
    created_at: iso(addedAt),
    updated_at: world.updatedAt ?? iso(own),
    added_to_cart_at: iso(addedAt),
    purchased_at: bought
      ? iso(addedAt + faker.number.int({min: SECOND, max: own - addedAt}))
      : null,
    returned_at: returned ? iso(own) : null,
  };
};
