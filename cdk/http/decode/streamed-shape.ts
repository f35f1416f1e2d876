// Makes the same records as record-shape.ts from a document that is read in parts.
import {SystemError} from '../../errors.ts';
import {parseExact} from '../../json/exact.ts';
import {kindOf} from '../../json/values.ts';
import {assertShape, itemsOf, recordMaker, type Shaping, sharedDepth} from './record-shape.ts';
import {noRecords} from './records-path.ts';
import {endsOf, partsOf, type Spot, valueAtSpot} from './spots.ts';

const streamFault = ({path, shape}: Shaping): string | undefined => {
  const {columns, parentFields = {}} = shape;
  if (typeof columns === 'string') return '`columns` must be a list of names';
  const parts = partsOf(path);
  const star = parts.indexOf('*');
  const part = parts.slice(0, star + 1).join('.');
  const outside = Object.values(parentFields).find(
    (field = '') => star < 0 || sharedDepth(parts, partsOf(field)) <= star,
  );
  if (outside === undefined) return undefined;
  return star < 0
    ? `\`parentFields\` need a path with a "*"`
    : `\`parentFields\` must be within "${part}", but "${outside}" is outside`;
};

/**
 * The same for a document that is read in parts, so that it may have any size: the values at the path up to its first `*`, or
 * the items of the list.
 */
export const openShape = (shaping: Shaping) => {
  assertShape(shaping);
  const {where, path, withoutRecords} = shaping;
  const fault = streamFault(shaping);
  if (fault !== undefined) {
    throw new SystemError(`${where}: ${fault}, because a download is not in memory as a whole.`);
  }
  const parts = partsOf(path);
  const star = parts.indexOf('*');
  const make = recordMaker(shaping);
  const above = Array.from({length: star < 0 ? parts.length + 1 : star + 1}, () => undefined);
  let found = 0;
  let missed = 0;
  const itemsIn = (part: Spot): readonly Spot[] => {
    if (star < 0) return [part];
    const ends = itemsOf(endsOf(part, parts.slice(star + 1)), shaping);
    if (ends.wrong) throw noRecords({where, path, kind: kindOf(valueAtSpot(ends.wrong)), keys: []});
    found += ends.found;
    missed += ends.missed;
    return ends.items;
  };
  return {
    /** The path of the parts. */
    path: star < 0 ? path : parts.slice(0, star + 1).join('.'),
    /** The records in one part. */
    take: (json: string, key: string): readonly object[] => {
      // In a list, which holds the digits of a number.
      const holder = parseExact<object>(`[${json}]`);
      const part = {holder, key: '0', above, keys: star < 0 ? [] : [key]};
      return itemsIn(part).map(make);
    },
    end: (): void => {
      if (found > 0 || missed === 0 || withoutRecords === 'empty') return;
      throw noRecords({where, path, kind: 'undefined', keys: []});
    },
  };
};
