#include "events/print.h"

#include <gtest/gtest.h>

#include "tests/support/event_samples.h"
#include "tests/support/personal.h"

namespace boxoffice::events {
namespace {

Event sample(std::size_t type) { return tests::sample_events()[type]; }

template <class Body>
Event with_body(Body body) {
  Event event;
  event.position = event.command = Position(42);
  event.body = std::move(body);
  return event;
}

TEST(Print, a_line_has_position_time_type_and_fields) {
  Event event = with_body(SeatsReleased{ShowId(1), {SeatId(1), SeatId(2)}});
  event.time = Instant{1'718'481'600'000'000};
  EXPECT_EQ(print_line(event), "42 2024-06-15T20:00:00Z SeatsReleased show_id=1 seat_ids=[1,2]");
}

TEST(Print, json_has_the_envelope_around_the_fields) {
  Event event = with_body(BookingCancelled{BookingId(7), CancelReason::show_cancelled});
  event.time = Instant{1'718'481'600'500'000};
  event.command = Position(41);
  event.actor = Actor{ActorKind::user, UserId(5)};
  event.cause = "r-1";
  EXPECT_EQ(print_json(event),
            R"({"seq":42,"type":"BookingCancelled","time":"2024-06-15T20:00:00.500000Z",)"
            R"("data":{"booking_id":7,"reason":"show_cancelled"},"command":41,)"
            R"("actor":{"kind":"user","user_id":5},"cause":"r-1","trace":null})");
}

TEST(Print, ids_that_are_none_are_null) {
  EXPECT_NE(print_json(with_body(SeatsLocked{})).find(R"("user_id":null)"), std::string::npos);
}

TEST(Print, money_is_decimal_and_dates_are_iso) {
  const std::string json = print_json(sample(6));  // ShowCreated
  EXPECT_NE(json.find(R"("show_date":"2024-02-29","show_time":"20:00:00","price":12.5)"),
            std::string::npos)
      << json;
}

TEST(Print, a_uuid_has_its_text_form) {
  const std::string json = print_json(sample(22));  // PaymentFailed
  EXPECT_NE(json.find(R"("transaction_id":"a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf")"),
            std::string::npos)
      << json;
}

TEST(Print, a_trace_stands_last_and_is_null_when_there_is_none) {
  Event event = sample(0);
  ASSERT_TRUE(event.trace);
  EXPECT_TRUE(print_json(event).ends_with(R"(,"trace":"707172737475767778797a7b7c7d7e7f"})"));
  event.trace.reset();
  EXPECT_TRUE(print_json(event).ends_with(R"(,"trace":null})"));
}

TEST(Print, an_absent_text_is_null) {
  EXPECT_NE(print_json(with_body(MovieCreated{})).find(R"("description":null)"), std::string::npos);
}

TEST(Print, ciphertexts_are_hexadecimal) {
  UserChanged changed;
  changed.first_name = tests::sealed(std::string("\x00\xFF", 2));
  changed.last_name = tests::sealed("");
  EXPECT_NE(print_json(with_body(changed))
                .find(R"("password_hash":null,"first_name":"00ff","last_name":"")"),
            std::string::npos);
}

TEST(Print, strings_are_escaped) {
  MovieCreated movie;
  movie.title = "a\"b\\c\n\x01\x7F é €\xF0\x9F\x8E\xAC";
  const std::string json = print_json(with_body(movie));
  EXPECT_NE(json.find("\"title\":\"a\\\"b\\\\c\\u000a\\u0001\\u007f é €\xF0\x9F\x8E\xAC\""),
            std::string::npos)
      << json;
}

TEST(Print, bytes_that_are_not_utf8_become_replacement_characters) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\xFF", "\\ufffd"},
      {"\xC3", "\\ufffd"},                                   // cut short
      {"\xC0\xAF", "\\ufffd\\ufffd"},                        // overlong
      {"\xE0\x80\x80", "\\ufffd\\ufffd\\ufffd"},             // overlong
      {"\xED\xA0\x80", "\\ufffd\\ufffd\\ufffd"},             // a surrogate
      {"\xF4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},  // beyond U+10FFFF
      {"\xE2\x82\xAC", "\xE2\x82\xAC"},
  };
  for (const auto& [text, printed] : cases) {
    SeatsLocked lock;
    lock.user_session = text;
    const std::string json = print_json(with_body(lock));
    EXPECT_NE(json.find("\"user_session\":\"" + printed + "\""), std::string::npos) << json;
  }
}

TEST(Print, the_data_alone_is_what_stands_in_the_json) {
  for (const Event& event : tests::sample_events()) {
    EXPECT_NE(print_json(event).find("\"data\":" + print_data_json(event.body) + ","),
              std::string::npos);
  }
}

TEST(Print, fields_are_the_envelopes_and_the_datas) {
  const Event event = sample(9);  // UserRegistered, with an idempotency key
  std::string text;
  for (const auto& [name, value] : print_fields(event)) text += name + "=" + value + "\n";
  EXPECT_EQ(text,
            "position=51\ncommand=50\ntime=\"2024-06-15T20:00:00.123456Z\"\n"
            "actor.kind=\"gateway\"\nactor.user_id=10\ncause=\"request-50\"\n"
            "idempotency.key=\"101112131415161718191a1b1c1d1e1f\"\n"
            "idempotency.request=\"404142434445464748494a4b4c4d4e4f\"\n"
            "type=\"UserRegistered\"\ndata.user_id=10\ndata.key=3\n"
            "data.key_check=\"6b657920330000000000000000000000\"\n"
            "data.email_fingerprint=\"616e6e406578616d706c652e636f6d00\"\n"
            "data.email=\"01fe20652d6d61696c\"\ndata.password_hash=\"68617368\"\n"
            "data.first_name=\"416e6e\"\ndata.last_name=\"4c6565\"\n");
}

}  // namespace
}  // namespace boxoffice::events
