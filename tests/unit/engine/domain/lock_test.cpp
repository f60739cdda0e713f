// Locks: the ladders of LockSeats and ReleaseSeats rung by rung, owners, renewals, expiry, quota.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

constexpr Instant one_minute_on = noon + minutes(1);

// ---- The ladder of LockSeats --------------------------------------------------------------------

TEST(LockSeats, locks_free_seats_for_five_minutes) {
  given(cinema()).when(lock({1, 2, 3}, "s")).then({locked({1, 2, 3}, {.session = "s"})});
}

TEST(LockSeats, is_refused_for_a_show_that_does_not_exist) {
  given(cinema()).when(LockSeats{ShowId(9), seats({1, 1}), "s"}).then(Refusal::show_not_found);
}

TEST(LockSeats, is_refused_for_seats_of_another_show_and_names_them) {
  given(cinema())
      .when(lock({1, 13, 0, 25}, "s"))
      .then(Refused{Refusal::seat_unknown, seats({13, 0, 25})});
  given(cinema()).when(lock({}, "s")).then(Refusal::seat_unknown);
}

TEST(LockSeats, is_refused_for_a_seat_named_twice) {
  given(cinema()).when(lock({2, 1, 2}, "s")).then(Refused{Refusal::seat_repeated, seats({2})});
}

TEST(LockSeats, reports_unknown_seats_before_repeated_ones) {
  given(cinema()).when(lock({1, 1, 13}, "s")).then(Refused{Refusal::seat_unknown, seats({13})});
}

TEST(LockSeats, is_refused_for_seats_locked_by_another_session_and_locks_nothing) {
  given(cinema(), locked({1}, {.session = "other"}))
      .when(lock({1, 2}, "s"))
      .then(Refused{Refusal::seat_taken, seats({1})})
      .when(lock({2}, "third"))
      .then({locked({2}, {.session = "third"})});
}

TEST(LockSeats, is_refused_for_booked_seats_even_when_they_are_ones_own) {
  given(cinema(), booked(booking1, {1}, {.session = "s"}))
      .when(lock({1}, "s"))
      .then(Refused{Refusal::seat_taken, seats({1})});
}

TEST(LockSeats, reports_repeated_seats_before_taken_ones) {
  given(cinema(), locked({1}, {.session = "other"}))
      .when(lock({1, 1}, "s"))
      .then(Refused{Refusal::seat_repeated, seats({1})});
}

TEST(LockSeats, reports_taken_seats_before_the_quota) {
  given(cinema(), locked({12}, {.session = "other"}))
      .when(lock({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12}, "s"))
      .then(Refused{Refusal::seat_taken, seats({12})});
}

// ---- The quota ----------------------------------------------------------------------------------

TEST(LockSeats, allows_ten_seats_per_owner_and_show_and_no_more) {
  given(cinema())
      .when(LockSeats{show1, seats_from_to(1, 11), "s"})
      .then(Refusal::quota_exceeded)
      .when(LockSeats{show1, seats_from_to(1, 10), "s"})
      .then({locked({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s"})})
      .when(lock({11}, "s"))
      .then(Refusal::quota_exceeded);
}

TEST(LockSeats, counts_the_quota_in_each_show_for_itself) {
  const Scenario full = given(cinema(), locked({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s"}));
  Scenario(full)
      .when(LockSeats{show2, seats({13}), "s"})
      .then({events::SeatsLocked{show2, seats({13}), "s", {}, noon, noon + minutes(5)}});
}

TEST(LockSeats, counts_pending_and_confirmed_seats_in_the_quota) {
  given(cinema(), booked(booking1, {1, 2, 3, 4, 5}, {.session = "s"}), initiated(1, price * 5),
        booked(booking2, {6, 7, 8, 9}, {.session = "s"}), initiated(2, price * 4), succeeded(2),
        confirmed(2))
      .when(lock({10, 11}, "s"))
      .then(Refusal::quota_exceeded)
      .when(lock({10}, "s"))
      .then({locked({10}, {.session = "s"})});
}

TEST(LockSeats, counts_seats_that_are_renewed_once) {
  given(cinema(), locked({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s"}))
      .when(LockSeats{show1, seats_from_to(1, 10), "s"}, nobody, one_minute_on)
      .then(
          {locked({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s", .until = noon + minutes(6)})});
}

TEST(LockSeats, counts_a_users_seats_by_user_whatever_the_session) {
  given(cinema(), locked({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "a", .user_id = ann}))
      .when(lock({11}, "b"), user(1))
      .then(Refusal::quota_exceeded)
      .when(lock({11}, "a"))
      .then({locked({11}, {.session = "a"})});
}

Rules at_most_locked(std::uint32_t seats) {
  Rules rules;
  rules.live_locks_per_owner_max = seats;
  return rules;
}

TEST(LockSeats, allows_so_many_locked_seats_per_owner_in_all_shows_and_no_more) {
  auto story = given(cinema(), locked({1, 2}, {.session = "s"})).with(at_most_locked(3));
  story.when(LockSeats{show2, seats({13, 14}), "s"}).then(Refusal::quota_exceeded);
  story.when(LockSeats{show2, seats({13}), "s"})
      .then({events::SeatsLocked{show2, seats({13}), "s", {}, noon, noon + minutes(5)}})
      .when(lock({3}, "s"))
      .then(Refusal::quota_exceeded)
      .when(lock({1, 2}, "s"), nobody, one_minute_on)  // a renewal locks no more seats
      .then({locked({1, 2}, {.session = "s", .until = noon + minutes(6)})})
      .when(lock({3}, "another"), nobody, one_minute_on)
      .then({locked({3},
                    {.session = "another", .since = one_minute_on, .until = noon + minutes(6)})});
}

TEST(LockSeats, counts_no_seat_as_locked_that_was_released_booked_or_lapsed) {
  auto story = given(cinema()).with(at_most_locked(1));
  story.when(lock({1}, "s")).then({locked({1}, {.session = "s"})});
  story.when(release({1}, "s")).then({events::SeatsReleased{show1, seats({1})}});
  story.when(lock({2}, "s")).then({locked({2}, {.session = "s"})});
  story.when(book({2}, "s")).then({booked(booking1, {2}, {.session = "s"})});
  story.when(lock({3}, "s")).then({locked({3}, {.session = "s"})});
  story.when(lock({4}, "s"), nobody, noon + minutes(5))
      .then(
          {events::LockExpired{show1, seats({3})},
           locked({4}, {.session = "s", .since = noon + minutes(5), .until = noon + minutes(10)})});
}

TEST(LockSeats, counts_a_users_locked_seats_apart_from_a_sessions) {
  given(cinema(), locked({1}, {.session = "s", .user_id = ann}))
      .with(at_most_locked(1))
      .when(lock({2}, "t"), user(1))
      .then(Refusal::quota_exceeded)
      .when(lock({2}, "s"))
      .then({locked({2}, {.session = "s"})});
}

// ---- The cool-down ------------------------------------------------------------------------------

constexpr Instant lapsed_at = noon + minutes(5);

Rules cooling_for(Duration cooldown) {
  Rules rules;
  rules.lock_cooldown = cooldown;
  return rules;
}

// Seats 1 and 2 of "s" have lapsed at lapsed_at, seat 3 of "other" has, too.
Scenario after_a_lapse() {
  Scenario story = given(cinema(), locked({1, 2}, {.session = "s"}), locked({3}, {.session = "o"}));
  story.apply({events::LockExpired{show1, seats({1, 2})}, events::LockExpired{show1, seats({3})}},
              lapsed_at);
  return story.with(cooling_for(seconds(30)));
}

LockedBy later(std::string session, Instant since) {
  return {.session = std::move(session), .since = since, .until = since + minutes(5)};
}

TEST(CoolDown, keeps_an_owner_from_locking_again_what_it_let_lapse_until_it_is_over) {
  const Instant over = lapsed_at + seconds(30);
  after_a_lapse()
      .when(lock({2, 3, 4}, "s"), nobody, lapsed_at)
      .then(Refused{Refusal::cooling_down, seats({2})})
      .when(lock({1, 2}, "s"), nobody, over - tick)
      .then(Refused{Refusal::cooling_down, seats({1, 2})})
      .when(lock({1, 2}, "s"), nobody, over)
      .then({locked({1, 2}, later("s", over))});
}

TEST(CoolDown, keeps_nobody_else_and_no_other_seat) {
  after_a_lapse()
      .when(lock({3, 4}, "s"), nobody, lapsed_at)
      .then({locked({3, 4}, later("s", lapsed_at))})
      .when(lock({1, 2}, "other"), nobody, lapsed_at)
      .then({locked({1, 2}, later("other", lapsed_at))});
}

TEST(CoolDown, is_over_once_somebody_else_had_the_seat) {
  after_a_lapse()
      .when(lock({1}, "other"), nobody, lapsed_at)
      .then({locked({1}, later("other", lapsed_at))})
      .when(release({1}, "other"), nobody, lapsed_at)
      .then({events::SeatsReleased{show1, seats({1})}})
      .when(lock({1}, "s"), nobody, lapsed_at)
      .then({locked({1}, later("s", lapsed_at))});
}

TEST(CoolDown, is_of_the_user_when_a_token_came_whatever_the_session) {
  Scenario story = given(cinema(), locked({1}, {.session = "phone", .user_id = ann}));
  story.with(cooling_for(seconds(30)))
      .when(lock({1}, "laptop"), user(1), lapsed_at)
      .then({events::LockExpired{show1, seats({1})}}, Refused{Refusal::cooling_down, seats({1})})
      .when(lock({1}, "phone"), nobody, lapsed_at)
      .then({locked({1}, later("phone", lapsed_at))});
}

TEST(CoolDown, follows_a_booking_that_was_not_paid_for_as_well) {
  Scenario story = given(cinema(), booked(booking1, {1}, {.session = "s"}));
  story.with(cooling_for(seconds(30)))
      .when(lock({1}, "s"), nobody, noon + minutes(10))
      .then({expired(1)}, Refused{Refusal::cooling_down, seats({1})});
}

TEST(CoolDown, does_not_follow_what_was_given_back) {
  given(cinema(), locked({1}, {.session = "s"}))
      .with(cooling_for(hours(1)))
      .when(release({1}, "s"))
      .then({events::SeatsReleased{show1, seats({1})}})
      .when(lock({1}, "s"))
      .then({locked({1}, {.session = "s"})});
}

TEST(CoolDown, is_reported_after_seats_that_are_taken_and_after_the_quota) {
  Scenario story = after_a_lapse();
  story.apply({locked({12}, later("other", lapsed_at))}, lapsed_at);
  story.when(lock({1, 12}, "s"), nobody, lapsed_at)
      .then(Refused{Refusal::seat_taken, seats({12})})
      .when(LockSeats{show1, seats_from_to(1, 11), "s"}, nobody, lapsed_at)
      .then(Refusal::quota_exceeded);
}

TEST(CoolDown, does_not_keep_an_owner_from_booking) {
  after_a_lapse()
      .when(book({1}, "s"), nobody, lapsed_at)
      .then({booked(booking1, {1}, {.session = "s", .expires_at = lapsed_at + minutes(10)})});
}

TEST(CoolDown, is_off_by_default) {
  after_a_lapse()
      .with({})
      .when(lock({1}, "s"), nobody, lapsed_at)
      .then({locked({1}, later("s", lapsed_at))});
}

TEST(Lapses, are_forgotten_with_the_first_one_after_an_hour) {
  Scenario story = after_a_lapse();
  EXPECT_EQ(story.state().lapses.size(), 2U);
  const auto another = [&](Instant at) {
    story.apply({locked({5}, later("s", at)), events::LockExpired{show1, seats({5})}}, at);
    story.check_invariants(Where::current());
  };
  another(lapsed_at + lapse_retention - tick);
  EXPECT_EQ(story.state().lapses.size(), 3U);
  another(lapsed_at + lapse_retention);
  EXPECT_EQ(story.state().lapses.size(), 2U);
}

TEST(Lapses, vanish_with_their_show_from_its_seats) {
  Scenario story = after_a_lapse();
  story.apply({events::ShowDeleted{show1}}, lapsed_at);
  story.check_invariants(Where::current());
}

TEST(Owners, are_told_apart) {
  EXPECT_FALSE(owner_of({}, ""));
  EXPECT_EQ(owner_of(ann, "s"), owner_of(ann, "t"));
  EXPECT_NE(owner_of(ann, ""), owner_of(bob, ""));
  EXPECT_NE(owner_of({}, "s"), owner_of({}, "t"));
  EXPECT_GT(owner_of({}, "s").value, owner_of(UserId(UINT32_MAX), "").value);
}

// ---- Owners -------------------------------------------------------------------------------------

TEST(LockSeats, renews_a_lock_that_was_taken_without_a_token_for_whoever_knows_its_session) {
  given(cinema(), locked({1}, {.session = "s"}))
      .when(lock({1}, "s"), user(1), one_minute_on)
      .then({locked({1}, {.session = "s", .user_id = ann, .until = noon + minutes(6)})});
}

TEST(LockSeats, renews_a_users_lock_from_another_session_of_that_user) {
  given(cinema(), locked({1}, {.session = "phone", .user_id = ann}))
      .when(lock({1}, "laptop"), user(1), one_minute_on)
      .then({locked({1}, {.session = "laptop", .user_id = ann, .until = noon + minutes(6)})});
}

TEST(LockSeats, does_not_renew_a_users_lock_for_somebody_who_only_knows_the_session) {
  const Scenario start = given(cinema(), locked({1}, {.session = "s", .user_id = ann}));
  for (const auto& by : {nobody, user(2), admin}) {
    Scenario(start).when(lock({1}, "s"), by).then(Refused{Refusal::seat_taken, seats({1})});
  }
}

TEST(LockSeats, may_mix_ones_own_seats_and_free_ones_under_one_new_lock) {
  auto story = given(cinema(), locked({1, 2}, {.session = "s"}));
  story.when(lock({2, 3}, "s"), nobody, one_minute_on)
      .then({locked({2, 3}, {.session = "s", .until = noon + minutes(6)})});
  EXPECT_EQ(story.state().locks.size(), 2U);
  story.when(AdvanceTime{}, nobody, noon + minutes(5))
      .then({events::LockExpired{show1, seats({1})}})
      .when(AdvanceTime{}, nobody, noon + minutes(6))
      .then({events::LockExpired{show1, seats({2, 3})}});
  EXPECT_TRUE(story.state().locks.empty());
}

// ---- Renewal ------------------------------------------------------------------------------------

TEST(LockSeats, renewals_are_capped_at_fifteen_minutes_from_the_first_lock) {
  given(cinema(), locked({1}, {.session = "s"}))
      .when(lock({1}, "s"), nobody, noon + minutes(4))
      .then({locked({1}, {.session = "s", .until = noon + minutes(9)})})
      .when(lock({1}, "s"), nobody, noon + minutes(8))
      .then({locked({1}, {.session = "s", .until = noon + minutes(13)})})
      .when(lock({1}, "s"), nobody, noon + minutes(10))
      .then({locked({1}, {.session = "s", .until = noon + minutes(15)})})
      .when(lock({1}, "s"), nobody, noon + minutes(15) - tick)
      .then({locked({1}, {.session = "s", .until = noon + minutes(15)})});
}

TEST(LockSeats, starts_a_new_lock_at_the_cap_and_not_a_tick_earlier) {
  given(cinema(), locked({1}, {.session = "s", .since = noon, .until = noon + minutes(15)}))
      .when(lock({1}, "s"), nobody, noon + minutes(15))
      .then({events::LockExpired{show1, seats({1})},
             locked({1},
                    {.session = "s", .since = noon + minutes(15), .until = noon + minutes(20)})});
}

TEST(LockSeats, the_cap_counts_from_the_seat_that_was_held_longest) {
  given(cinema(), locked({1}, {.session = "s", .until = noon + minutes(15)}),
        locked({2}, {.session = "s", .since = noon - minutes(3), .until = noon + minutes(11)}))
      .when(lock({1, 2, 3}, "s"), nobody, noon + minutes(10))
      .then({locked({1, 2, 3},
                    {.session = "s", .since = noon - minutes(3), .until = noon + minutes(12)})});
}

// ---- Expiry, a tick to each side ----------------------------------------------------------------

TEST(LockExpiry, a_lock_holds_a_tick_before_its_time_and_not_at_it) {
  const Instant until = noon + minutes(5);
  const Scenario start = given(cinema(), locked({1, 2}, {.session = "s"}));
  Scenario(start).when(AdvanceTime{}, nobody, until - tick).then_nothing();
  Scenario(start)
      .when(lock({1}, "other"), nobody, until - tick)
      .then(Refused{Refusal::seat_taken, seats({1})});
  Scenario(start)
      .when(lock({1}, "other"), nobody, until)
      .then({events::LockExpired{show1, seats({1, 2})},
             locked({1}, {.session = "other", .since = until, .until = until + minutes(5)})});
}

TEST(LockExpiry, what_is_due_expires_in_order_of_time_locks_before_bookings) {
  given(cinema(), locked({1}, {.session = "late", .until = noon + minutes(9)}),
        locked({2}, {.session = "b", .until = noon + minutes(5)}),
        booked(booking1, {3}, {.expires_at = noon + minutes(5)}),
        locked({4}, {.session = "a", .until = noon + minutes(5)}),
        booked(booking2, {5}, {.expires_at = noon + minutes(4)}))
      .when(AdvanceTime{}, nobody, noon + minutes(10))
      .then({expired(2), events::LockExpired{show1, seats({2})},
             events::LockExpired{show1, seats({4})}, expired(1),
             events::LockExpired{show1, seats({1})}});
}

TEST(LockExpiry, deciding_anything_else_while_something_is_due_is_a_bug) {
  const Scenario start = given(cinema(), locked({1}, {.session = "s"}));
  EXPECT_DEATH(decide(start.state(), lock({2}, "s"), {.now = noon + minutes(5)}),
               "what is due expires before anything else is decided");
}

TEST(LockExpiry, deciding_in_the_past_is_a_bug) {
  const Scenario start = given(cinema());
  EXPECT_DEATH(decide(start.state(), AdvanceTime{}, {.now = noon - tick}), "time never goes back");
}

// ---- ReleaseSeats -------------------------------------------------------------------------------

TEST(ReleaseSeats, gives_back_some_seats_of_a_lock_and_the_rest_goes_on) {
  auto story = given(cinema(), locked({1, 2, 3}, {.session = "s"}));
  story.when(release({2}, "s"), nobody, one_minute_on)
      .then({events::SeatsReleased{show1, seats({2})}})
      .when(lock({2}, "other"), nobody, one_minute_on)
      .then({locked({2}, {.session = "other", .since = one_minute_on, .until = noon + minutes(6)})})
      .when(AdvanceTime{}, nobody, noon + minutes(5))
      .then({events::LockExpired{show1, seats({1, 3})}});
}

TEST(ReleaseSeats, the_lock_vanishes_with_its_last_seat) {
  auto story = given(cinema(), locked({1}, {.session = "s"}));
  story.when(release({1}, "s")).then({events::SeatsReleased{show1, seats({1})}});
  EXPECT_TRUE(story.state().locks.empty());
  story.when(AdvanceTime{}, nobody, noon + hours(1)).then_nothing();
}

TEST(ReleaseSeats, gives_back_seats_of_several_locks_of_one_owner) {
  given(cinema(), locked({1}, {.session = "a", .user_id = ann}),
        locked({2}, {.session = "b", .user_id = ann}), locked({3}, {.session = "c"}))
      .when(release({1, 2, 3}, "c"), user(1))
      .then({events::SeatsReleased{show1, seats({1, 2, 3})}});
}

TEST(ReleaseSeats, is_refused_for_a_show_that_does_not_exist) {
  given(cinema()).when(ReleaseSeats{ShowId(9), seats({1}), "s"}).then(Refusal::show_not_found);
}

TEST(ReleaseSeats, is_refused_for_unknown_seats_before_repeated_ones) {
  given(cinema()).when(release({1, 1, 99}, "s")).then(Refused{Refusal::seat_unknown, seats({99})});
  given(cinema()).when(release({}, "s")).then(Refusal::seat_unknown);
}

TEST(ReleaseSeats, is_refused_for_a_seat_named_twice_before_asking_who_holds_it) {
  given(cinema()).when(release({1, 1}, "s")).then(Refused{Refusal::seat_repeated, seats({1})});
}

TEST(ReleaseSeats, is_refused_for_seats_that_the_caller_does_not_hold_and_releases_nothing) {
  auto story =
      given(cinema(), locked({1}, {.session = "s"}), locked({2}, {.session = "other"}),
            booked(booking1, {3}, {.session = "s"}), locked({5}, {.session = "s", .user_id = ann}));
  story.when(release({1, 2, 3, 4, 5}, "s"))
      .then(Refused{Refusal::seat_not_held, seats({2, 3, 4, 5})});
  EXPECT_EQ(story.state().locks.size(), 3U);
}

}  // namespace
}  // namespace boxoffice::tests
