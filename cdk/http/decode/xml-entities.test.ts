import {describe, expect, test} from '@jest/globals';
import {decoded} from '../../../test/http/decoding.ts';
import {xml} from './xml.ts';

const declaring = (subset: string, content: string): string =>
  `<!DOCTYPE a [${subset}]><a>${content}</a>`;

describe('an entity', () => {
  test.each([
    ['plain text', declaring('<!ENTITY co "AB">', '&co;'), 'AB'],
    ['the name of another entity', declaring('<!ENTITY co "A &amp; B">', '&co;'), 'A & B'],
    ['the number of a character', declaring('<!ENTITY co "A &#38; B&#xe4;">', '&co;'), 'A & Bä'],
    ['a number that is escaped twice', declaring('<!ENTITY co "A &#38;#38; B">', '&co;'), 'A & B'],
    [
      'an entity that is declared before it',
      declaring('<!ENTITY b "B"><!ENTITY co "A &b;">', '&co;'),
      'A B',
    ],
    [
      'an entity that is declared after it',
      declaring('<!ENTITY co "A &b;"><!ENTITY b "B">', '&co;'),
      'A B',
    ],
    [
      'entities in entities',
      declaring('<!ENTITY a "x"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">', '&c;'),
      'xxxx',
    ],
    ['escaped markup', declaring('<!ENTITY co "&lt;b>">', '&co;'), '<b>'],
    ['markup', declaring('<!ENTITY co "<b>1</b>">', '&co;'), {b: '1'}],
    ['markup in numbers', declaring('<!ENTITY co "&#60;b>1&#60;/b>">', '&co;'), {b: '1'}],
    ['quotes', declaring(`<!ENTITY co 'it "s'><!ENTITY co2 "it 's">`, '&co;&co2;'), `it "sit 's`],
    ['spaces around it', declaring('<!ENTITY co " x ">', '&co;'), ' x '],
    ['the end of the declarations', declaring('<!ENTITY co "x ]> y">', '&co;'), 'x ]> y'],
    ['signs of a replacement pattern', declaring('<!ENTITY co "$1 $&#38; x">', '&co;'), '$1 $& x'],
    ['its second declaration', declaring('<!ENTITY co "x"><!ENTITY co "y">', '&co;'), 'x'],
    [
      '20,000 characters',
      declaring(`<!ENTITY co "${'x'.repeat(20_000)}">`, '&co;'),
      'x'.repeat(20_000),
    ],
    ['a name with points', declaring('<!ENTITY a.b-c "x">', '&a.b-c;'), 'x'],
    ['a name that is not ASCII', declaring('<!ENTITY é "x">', '&é;'), 'x'],
    [
      'a predefined name',
      declaring('<!ENTITY amp "&#38;#38;"><!ENTITY lt "&#38;#60;">', '&amp;&lt;'),
      '&<',
    ],
  ])('with %s has its value', async (_what, body, expected) => {
    expect(await decoded(xml(), body)).toEqual({a: expected});
  });

  test.each([
    [
      'in an attribute',
      '<!DOCTYPE a [<!ENTITY co "A &amp; &#34;B">]><a x="&co;"/>',
      {a: {'@x': 'A & "B'}},
    ],
    ['after a comment', declaring('<!-- <!ENTITY co "no"> --><!ENTITY co "x">', '&co;'), {a: 'x'}],
    [
      'beside other declarations',
      declaring('<!ELEMENT a ANY>\n<?pi ]?><!ATTLIST a x CDATA "]>">%p;<!ENTITY co "x">', '&co;'),
      {a: 'x'},
    ],
    [
      'after an external subset',
      '<?xml version="1.0"?><!-- < -->\n<!DOCTYPE a PUBLIC "]" "a>.dtd" [<!ENTITY co "x">] >\n<a>&co;</a>',
      {a: 'x'},
    ],
    [
      'beside a file that is not used',
      declaring('<!ENTITY f SYSTEM "f.gif" NDATA gif><!ENTITY co "x">', '&co;'),
      {a: 'x'},
    ],
    [
      'in CDATA and comments, where it is text',
      declaring('<!ENTITY co "x">', '<![CDATA[&co;&no;]]><!-- &no; -->'),
      {a: '&co;&no;'},
    ],
    [
      '100,000 times',
      declaring('<!ENTITY co "x">', '&co;'.repeat(100_000)),
      {a: 'x'.repeat(100_000)},
    ],
    [
      'without a declaration, from HTML',
      '<a>&nbsp;&copy;&Auml;&yuml;&euro;</a>',
      {a: '\u00A0©Äÿ€'},
    ],
  ])('%s is replaced', async (_where, body, expected) => {
    expect(await decoded(xml(), body)).toEqual(expected);
  });

  test.each([
    ['is not declared', '<a>&co;</a>', 'the entity &co; is not declared'],
    [
      'is declared in another file',
      '<!DOCTYPE a SYSTEM "x.dtd"><a>&co;</a>',
      'the entity &co; is not declared',
    ],
    [
      'refers to a file',
      declaring('<!ENTITY co SYSTEM "file:///etc/passwd">', '&co;'),
      'the entity &co; refers to a file, and files are not read',
    ],
    [
      'refers to a URL',
      declaring('<!ENTITY co PUBLIC "x" "http://x.test/">', '&co;'),
      'the entity &co; refers to a file, and files are not read',
    ],
    [
      'contains itself',
      declaring('<!ENTITY co "&b;"><!ENTITY b "&co;">', '&co;'),
      'the entity &co; contains itself',
    ],
    [
      'contains an undeclared one',
      declaring('<!ENTITY co "&b;">', '&co;'),
      'the entity &b; is not declared',
    ],
    [
      'grows without end',
      declaring(
        `<!ENTITY e0 "${'x'.repeat(1_000)}">${Array.from({length: 10}, (_none, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('')}`,
        '&e10;',
      ),
      'the entity &e0; grows too large',
    ],
    ['is the number 0', '<a>&#0;</a>', '&#0; is not a character'],
    ['is half of a character', '<a>&#xD83D;&#xDE00;</a>', '&#xD83D; is not a character'],
    ['is a number beyond Unicode', '<a>&#x110000;</a>', '&#x110000; is not a character'],
    ['has no number', '<a>&#;</a>', '&#; is not a character'],
    ['has no name', '<a>&;</a>', "char '&' is not expected. (line 1)"],
    ['has no semicolon', '<a>a & b</a>', "char '&' is not expected. (line 1)"],
  ])('that %s is an error', async (_what, body, reason) => {
    expect(await decoded(xml(), body)).toBe(
      `SystemError: GET x answered with something that is not XML (content-type text/plain, ${Buffer.byteLength(body)} bytes): ${reason}`,
    );
  });
});

test('an error after the document type has its line', async () => {
  expect(await decoded(xml(), '<!DOCTYPE a [\n<!ENTITY co "x\ny">\n]>\n<a>&co;</a><b>\n')).toMatch(
    /\(line 5\)|ends in/,
  );
});

test.each(['&', '&a', '<!ENTITY ', '<!ENTITY a "', '<!--', '%', '"', '&#', '<'])(
  'a megabyte of %s is read in a moment',
  async (part) => {
    const many = part.repeat(1_000_000 / part.length);
    // Not the time on a clock, which depends on the load of the machine.
    const before = process.cpuUsage();
    await decoded(xml(), `<!DOCTYPE a [${many}`);
    await decoded(xml(), `<a>${many}</a>`);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3_000);
  },
);
