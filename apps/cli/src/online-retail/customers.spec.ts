import { describe, expect, it } from '@jest/globals';
import { ApiProblem } from '../client.js';
import { customerIdOf, registrationsOf, updatesOf } from './customers.js';
import { aRow, read } from './row.fixture.js';
import { type Row } from './rows.js';
import { surveyOf } from './survey.js';

const at = '2011-08-01T07:30:00.000Z';
const later = '2011-08-02T07:30:00.000Z';
const moved = { country: 'Eire', at: later, invoice: '561905' };

const missing = () => Promise.reject(new ApiProblem(404, {}));

/** @param known what Kontor knows of the customer; undefined where the file has registered it just now */
const updates = async (rows: readonly Partial<Row>[], known?: { country?: string; asOf?: string }) => {
  const survey = await surveyOf(read(rows.map((row, index) => aRow({ line: index + 2, ...row }))));
  const registered = known ? [] : [...registrationsOf(survey)].map(({ id }) => id);
  const get = (path: string) =>
    path.startsWith('/v1/customers/') ? Promise.resolve({ attributes: known, registeredAt: at }) : missing();
  const all: object[] = [];
  for await (const update of updatesOf(survey, new Set(registered), { get: get as never })) all.push(update);
  return all;
};

describe('a customer', () => {
  it('is updated where the file has a later country, under an id of its own', async () => {
    const attributes = { source: 'online-retail', country: 'Eire', asOf: later };
    expect(await updates([{}, moved])).toEqual([
      {
        command: 'UpdateCustomer',
        id: 'online-retail/customer/17941/country/561905',
        channel: 'online-retail-wholesale',
        occurredAt: later,
        data: { customerId: customerIdOf('17941'), attributes },
      },
    ]);
  });

  it('is updated where another file has registered it with an earlier country', async () =>
    expect(await updates([moved], { country: 'France' })).toMatchObject([{ data: { attributes: { asOf: later } } }]));

  it.each([
    ['whose country stays', [{}, { invoice: '561905' }], undefined],
    ['whose country is known already', [moved], { country: 'Eire' }],
    ['of whom something later is known', [moved], { country: 'France', asOf: '2011-08-03T07:30:00.000Z' }],
  ])('%s is not updated', async (_, rows, known) => expect(await updates(rows, known)).toEqual([]));

  it('that is not to be found yet is updated as one that was registered just now', async () => {
    const survey = await surveyOf(read([aRow(), aRow({ line: 3, ...moved })]));
    const first = await updatesOf(survey, new Set(), { get: missing }).next();
    expect(first.value).toMatchObject({ command: 'UpdateCustomer' });
  });

  it('is not looked up where the last invoice of the file is recorded', async () => {
    const survey = await surveyOf(read([aRow(moved), aRow({ line: 3, invoice: 'C561906', quantity: -1 })]));
    const paths: string[] = [];
    const get = (path: string) => {
      paths.push(path);
      return Promise.resolve({} as never);
    };
    expect(await updatesOf(survey, new Set(), { get }).next()).toMatchObject({ done: true });
    expect(paths).toEqual(['/v1/returns/or-C561906']);
  });
});
