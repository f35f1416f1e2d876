// The suite `connector_documentation`. It is about pages that exist only in Airbyte's own repository.
import type {Check} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';

const define = checksOf('connector_documentation', (suites) => suites.connector_documentation);

const elsewhere = (name: string, about: string): Check =>
  define(name, about, () => ({skipped: "it is about pages in Airbyte's own repository"}));

export const documentation: readonly Check[] = [
  elsewhere('test_prerequisites_content', 'the page lists what is needed beforehand'),
  elsewhere('test_docs_structure', 'the page has the headings of its template'),
  elsewhere('test_docs_descriptions', 'the page has the descriptions of its template'),
  elsewhere('test_validate_links', 'the links of the page work'),
];
