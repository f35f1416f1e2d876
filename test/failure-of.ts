import {said} from '../cdk/testing/secrets.ts';

/** The error of an action as `Name: message`: jest itself compares only the message of an error. */
export const failureOf = async (action: () => unknown): Promise<string> => {
  try {
    await action();
  } catch (error) {
    said(String(error));
    return String(error);
  }
  throw new Error('Nothing failed.');
};
