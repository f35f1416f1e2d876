// The door for the tests of a source: runs its commands in the test's own process, and looks into what they say.

export {errorsIn, lastStates, recordsOf, warningsOf} from './testing/messages.ts';
export {checkSource, discoverSource, readSource} from './testing/run-source.ts';
export {secret} from './testing/secrets.ts';
export {virtualClock} from './testing/virtual-clock.ts';
