import {describe, expect, test} from '@jest/globals';
import {decoded, streamed} from '../../../test/http/decoding.ts';
import {xml} from './xml.ts';

describe('XML', () => {
  test.each([
    [
      'attributes and values as strings',
      '<a x="007"><b>007</b><c>1e3</c><d/></a>',
      {a: {'@x': '007', b: '007', c: '1e3', d: ''}},
    ],
    ['elements that repeat as a list', '<a><b>1</b><b>2</b></a>', {a: {b: ['1', '2']}}],
    [
      'CDATA, references and spaces',
      '<a><b> x &amp; &#228;&#xE4;\n</b><c><![CDATA[1<2&amp;]]></c></a>',
      {a: {b: 'x & ää', c: '1<2&amp;'}},
    ],
    ['text next to elements', '<a k="v">t</a>', {a: {'@k': 'v', '#text': 't'}}],
    [
      'a declaration, comments and a mark',
      '\uFEFF<?xml version="1.0"?>\n<!-- c --><a>é</a><!-- d -->',
      {a: 'é'},
    ],
  ])('becomes an object with %s', async (_what, body, expected) => {
    expect(await decoded(xml(), body)).toEqual(expected);
  });

  test.each([
    ['<feed/>', []],
    ['<feed><title>none</title></feed>', []],
    ['<feed><entry><id>1</id></entry></feed>', [{id: '1'}]],
    ['<feed><entry><id>1</id></entry><entry id="2"/></feed>', [{id: '1'}, {'@id': '2'}]],
  ])('has any number of records in %s', async (body, expected) => {
    expect(await streamed(xml(), body, {records: 'feed.entry'})).toEqual(expected);
  });

  test('has the records of every group, whatever their number', async () => {
    const group = (...ids: number[]) =>
      `<g>${ids.map((id) => `<e><id>${id}</id></e>`).join('')}</g>`;
    const read = (...groups: string[]) =>
      streamed(xml(), `<r>${groups.join('')}</r>`, {records: 'r.g.e'});
    expect(await read(group(1), group(), group(2, 3))).toEqual([{id: '1'}, {id: '2'}, {id: '3'}]);
    expect(await read(group(1))).toEqual([{id: '1'}]);
    expect(
      await streamed(xml(), '<r><a><id>1</id></a><b><id>2</id></b></r>', {records: 'r.*'}),
    ).toEqual([{id: '1'}, {id: '2'}]);
  });

  test('takes the prefix of attributes from `attributePrefix`', async () => {
    expect(await decoded(xml({attributePrefix: '_'}), '<a x="1"/>')).toEqual({a: {_x: '1'}});
  });

  test('is read in the encoding of its declaration, its byte order mark or the option', async () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ä</a>', 'latin1');
    expect(await decoded(xml(), latin)).toEqual({a: 'ä'});
    expect(await decoded(xml(), Buffer.from('\uFEFF<a>ä</a>', 'utf16le'))).toEqual({a: 'ä'});
    expect(await decoded(xml({encoding: 'latin1'}), Buffer.from('<a>ä</a>', 'latin1'))).toEqual({
      a: 'ä',
    });
  });

  test.each([
    [
      'without its root',
      '<error><code>7</code></error>',
      'feed.entry',
      'GET x: "feed.entry" in the body should be a list of objects, but is undefined. The body has: error. It reports an error: 7. Set `records` to the path of the list.',
    ],
    [
      'with strings instead of records',
      '<feed><entry>1</entry></feed>',
      'feed.entry',
      'GET x: "feed.entry" in the body should be a list of objects, but is a list with other values. The body has: feed. Set `records` to the path of the list.' +
        " If its values are to become records, name them: `records: {path: 'feed.entry', wrap: 'value'}`.",
    ],
    [
      'without a path',
      '<feed/>',
      undefined,
      'GET x: the body should be a list of objects, but is an object. The body has: feed. Set `records` to the path of the list.',
    ],
    [
      'that ends early',
      '<feed><entry><id>1</id></entry><ent',
      'feed.entry',
      "GET x answered with XML that ends in the middle (content-type text/plain, 35 bytes). The server sent it as complete: report this to the API's owner.",
    ],
    [
      'that ends early after a tag',
      '<feed><entry>',
      'feed.entry',
      "GET x answered with XML that ends in the middle (content-type text/plain, 13 bytes). The server sent it as complete: report this to the API's owner.",
    ],
    [
      'with tags that do not match',
      '<feed><a>1</b></feed>',
      'feed',
      "GET x answered with something that is not XML (content-type text/plain, 21 bytes): Expected closing tag 'a' (opened in line 1, col 7) instead of closing tag 'b'. (line 1)",
    ],
    [
      'that is not XML',
      'Sorry',
      'feed',
      "GET x answered with something that is not XML (content-type text/plain, 5 bytes): char 'S' is not expected. (line 1)",
    ],
    [
      'with an entity that refers to a file',
      '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
      'a',
      'GET x answered with something that is not XML (content-type text/plain, 64 bytes): the entity &e; refers to a file, and files are not read',
    ],
  ])('%s fails', async (_what, body, records, message) => {
    expect(await streamed(xml(), body, records === undefined ? {} : {records})).toBe(
      `SystemError: ${message}`,
    );
  });

  test('larger than the limit fails, because all of it must be in memory', async () => {
    expect(await streamed(xml(), `<a>${'x'.repeat(100)}`, {limit: 50})).toBe(
      'SystemError: GET x answered with XML of more than 50 bytes, and all of it must be in memory. ' +
        'Request smaller parts or another format, or raise `maxBodyBytes`.',
    );
  });
});
