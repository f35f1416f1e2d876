import {said} from '../cdk/testing/secrets.ts';

/** What an action fails with, as `Name: message`: jest itself compares nothing of an error but its message. */
export const failureOf = async (action: () => unknown): Promise<string> => {
  try {
    await action();
  } catch (error) {
    said(String(error));
    return String(error);
  }
  throw new Error('Nothing failed.');
};
