// openapi-typescript's types with openapi-fetch: node with_openapi_fetch.js URL
import assert from 'node:assert/strict';

import createClient from 'openapi-fetch';

import type { components, paths } from './generated/fetch/schema.js';

const api = createClient<paths>({ baseUrl: process.argv[2] ?? '' });

/** The data of an answer that must have worked. */
function ok<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  assert.equal(answer.error, undefined);
  assert.ok(answer.data !== undefined, `status ${answer.response.status}`);
  return answer.data;
}

const email = `fetch-${process.pid}@example.com`;
const account = ok(
  await api.POST('/api/users/register', {
    body: { email, password: 'password123', first_name: 'John', last_name: 'Doe' },
  }),
);
const token = { Authorization: `Bearer ${account.access_token}` };
assert.equal(ok(await api.GET('/api/users/me', { headers: token })).email, email);

const movies = ok(await api.GET('/api/movies', { params: { query: { limit: 2 } } }));
assert.equal(movies[0]?.title, 'Avengers: Endgame');
const shows: components['schemas']['Show'][] = ok(
  await api.GET('/api/movies/{movie_id}/shows', { params: { path: { movie_id: movies[0].id } } }),
);
const show = shows[0];
assert.ok(show?.theatre);

const seats = ok(
  await api.GET('/api/shows/{show_id}/seats', { params: { path: { show_id: show.id } } }),
);
const seat_ids = seats.filter((seat) => !seat.is_booked && !seat.is_locked).slice(0, 3)
  .map((seat) => seat.id);
const wanted = { show_id: show.id, seat_ids, user_session: email };
const locked = ok(await api.POST('/api/seats/lock', { body: wanted, headers: token }));
assert.deepEqual([locked.success, locked.locked_seats], [true, seat_ids]);
const refused = ok(
  await api.POST('/api/seats/lock', { body: { ...wanted, user_session: 'somebody else' } }),
);
assert.ok('reason' in refused);
assert.deepEqual(refused.unavailable_seats, seat_ids);

const book = {
  body: { show_id: show.id, seat_ids, user_email: email, user_session: email },
  params: { header: { 'Idempotency-Key': email } },
  headers: token,
};
const booking = ok(await api.POST('/api/bookings', book));
const again = await api.POST('/api/bookings', book);
assert.equal(ok(again).id, booking.id);
assert.equal(again.response.headers.get('Idempotency-Replayed'), 'true');

const payment = ok(
  await api.POST('/api/payments/initiate', {
    body: { booking_id: booking.id, amount: booking.total_amount },
    headers: token,
  }),
);
ok(
  await api.POST('/api/payments/confirm', {
    body: { transaction_id: payment.transaction_id, status: 'success' },
  }),
);
const paid = ok(
  await api.GET('/api/bookings/{booking_id}', {
    params: { path: { booking_id: booking.id } },
    headers: token,
  }),
);
assert.equal(paid.status, 'confirmed');

const { error, response } = await api.GET('/api/bookings/{booking_id}', {
  params: { path: { booking_id: 999999 } },
});
assert.equal(response.status, 404);
assert.equal(error?.code, 'booking_not_found');
const invalid = await api.POST('/api/users/login', { body: { email: 'x', password: 'y' } });
assert.equal(invalid.error?.code, 'validation_failed');
assert.ok(Array.isArray(invalid.error.detail));
console.log('openapi-fetch: booked and paid');
