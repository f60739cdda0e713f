// @hey-api/openapi-ts's client: node with_hey_api.js URL
import assert from 'node:assert/strict';

import { client } from './generated/hey/client.gen.js';
import {
  confirmPaymentApiPaymentsConfirmPost as confirmPayment,
  createBookingApiBookingsPost as createBooking,
  getBookingApiBookingsBookingIdGet as getBooking,
  getMovieShowsApiMoviesMovieIdShowsGet as getMovieShows,
  getMoviesApiMoviesGet as getMovies,
  getShowSeatsApiShowsShowIdSeatsGet as getSeats,
  initiatePaymentApiPaymentsInitiatePost as initiatePayment,
  lockSeatsApiSeatsLockPost as lockSeats,
  registerApiUsersRegisterPost as register,
} from './generated/hey/sdk.gen.js';
import type { Booking } from './generated/hey/types.gen.js';

const email = `hey-${process.pid}@example.com`;
let token = '';
client.setConfig({ baseUrl: process.argv[2] ?? '', auth: () => token });

const account = await register({
  body: { email, password: 'password123', first_name: 'John', last_name: 'Doe' },
  throwOnError: true,
});
token = account.data.access_token;

const movies = await getMovies({ query: { title: 'joker' }, throwOnError: true });
const movie = movies.data[0];
assert.equal(movie?.title, 'Joker');
const shows = await getMovieShows({ path: { movie_id: movie.id }, throwOnError: true });
const show = shows.data[0];
assert.ok(show);

const seats = await getSeats({ path: { show_id: show.id }, throwOnError: true });
const seat_ids = seats.data.filter((seat) => !seat.is_booked && !seat.is_locked).slice(0, 2)
  .map((seat) => seat.id);
const locked = await lockSeats({
  body: { show_id: show.id, seat_ids, user_session: email },
  throwOnError: true,
});
assert.equal(locked.data.success, true);

const booked = await createBooking({
  body: { show_id: show.id, seat_ids, user_email: email, user_session: email },
  headers: { 'Idempotency-Key': email },
  throwOnError: true,
});
const booking: Booking = booked.data;
const payment = await initiatePayment({
  body: { booking_id: booking.id, amount: booking.total_amount },
  throwOnError: true,
});
await confirmPayment({
  body: { transaction_id: payment.data.transaction_id, status: 'success' },
  throwOnError: true,
});
const paid = await getBooking({ path: { booking_id: booking.id }, throwOnError: true });
assert.equal(paid.data.status, 'confirmed');

const missing = await getBooking({ path: { booking_id: 999999 } });
assert.equal(missing.response.status, 404);
assert.equal(missing.error?.code, 'booking_not_found');
console.log('hey-api: booked and paid');
