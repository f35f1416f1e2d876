// The public API for fakes of a source's API, `headwater/fake-api`: lists, faults, and a program that serves them on loopback.

export {type Api, cutShort, everyNth, type FakeRequest, type FakeResponse} from './api.ts';
export {linkHeader, numberIn, pageOf} from './paging.ts';
export {runFake, type Switches} from './program.ts';
export {isoSeconds, seeded, shuffled} from './random.ts';
export {type Served, serveFake} from './serve.ts';
