// W3C Trace Context: what is a traceparent, what is not, and what we answer with.
#include "http/api/trace_context.h"

#include <gtest/gtest.h>

namespace boxoffice::http::api {
namespace {

// The standard's own example.
constexpr const char* example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t at, const std::string& text) {
  std::string changed = example;
  return changed.replace(at, text.size(), text);
}

TEST(Traceparent, is_read_as_the_standard_writes_it) {
  const auto context = parse_traceparent(example);
  ASSERT_TRUE(context);
  EXPECT_EQ(to_hex(context->trace_id.bytes), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(to_hex(context->parent_id.bytes), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(to_traceparent(*context), example);
}

TEST(Traceparent, has_one_flag_that_is_kept) {
  EXPECT_FALSE(parse_traceparent(with(53, "00"))->sampled);
  EXPECT_FALSE(parse_traceparent(with(53, "fe"))->sampled);
  EXPECT_EQ(to_traceparent(*parse_traceparent(with(53, "ff"))), example);
}

TEST(Traceparent, of_a_later_version_counts_as_far_as_we_know_it) {
  for (const std::string& text :
       {with(0, "01"), with(0, "fe"), with(0, "cc") + "-", with(0, "01") + "-what-ever 1"}) {
    EXPECT_TRUE(parse_traceparent(text)) << text;
  }
  EXPECT_EQ(to_traceparent(*parse_traceparent(with(0, "cc") + "-more")), example);
}

TEST(Traceparent, is_nothing_when_it_is_anything_else) {
  const std::string longer = std::string(example) + "-00";
  for (const std::string& text : {
           std::string(),
           std::string("00"),
           std::string(example).substr(1),
           std::string(example).substr(0, 54),
           " " + std::string(example),
           std::string(example) + " ",
           std::string(example) + "0",
           longer,                                       // version 00 ends after its flags
           with(0, "01") + "0",                          // a later one goes on after a dash
           with(0, "ff"),                                // no version ever
           with(0, "0g"),                                //
           with(0, "0A"),                                // capitals
           with(3, "4BF92F3577B34DA6A3CE929D0E0E4736"),  //
           with(36, "00F067AA0BA902B7"),                 //
           with(3, "00000000000000000000000000000000"),  // no trace
           with(36, "0000000000000000"),                 // no parent
           with(3, "4bf92f3577b34da6a3ce929d0e0e473g"),  //
           with(36, "00f067aa0ba902bx"),                 //
           with(53, "0x"),                               //
           with(53, "-1"),                               //
           with(2, "_"),
           with(35, "_"),
           with(52, "_"),                                //
           with(3, std::string("4bf92f35\0", 9)),        //
           with(3, "+4bf92f3577b34da6a3ce929d0e0e473"),  //
           std::string(example) + "," + example,
           std::string(55, '0'),
           std::string(55, '-'),
       }) {
    EXPECT_FALSE(parse_traceparent(text)) << text;
  }
}

TEST(Traceparent, counts_when_it_is_sent_once) {
  Headers headers;
  EXPECT_FALSE(trace_context_of(headers));
  headers.add("TraceParent", example);
  EXPECT_EQ(trace_context_of(headers), parse_traceparent(example));
  headers.add("traceparent", example);
  EXPECT_FALSE(trace_context_of(headers));
}

TEST(NextStep, belongs_to_the_callers_trace_and_is_a_step_of_its_own) {
  const auto caller = parse_traceparent(example);
  const TraceContext first = next_step(caller);
  EXPECT_EQ(first.trace_id, caller->trace_id);
  EXPECT_TRUE(first.sampled);
  EXPECT_NE(first.parent_id, caller->parent_id);
  EXPECT_NE(next_step(caller).parent_id, first.parent_id);
}

TEST(NextStep, of_nobody_begins_a_trace_that_nobody_records) {
  const TraceContext first = next_step(std::nullopt);
  EXPECT_TRUE(parse_traceparent(to_traceparent(first)));
  EXPECT_FALSE(first.sampled);
  EXPECT_NE(next_step(std::nullopt).trace_id, first.trace_id);
}

}  // namespace
}  // namespace boxoffice::http::api
