// One value, one member type: what each type takes, and the exact issue for what it does not.
#include "http/json/read.h"

#include "http/json/parse.h"
#include "http/json/write.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace boxoffice::http::json {
namespace {

BOOST_DEFINE_ENUM_CLASS(Outcome, success, failed)
BOOST_DEFINE_ENUM_CLASS(Size, small, medium, large)

// What reading `json` as a T gives, as JSON; or "type | msg | ctx" of every issue.
template <class T>
std::string outcome(std::string_view json) {
  Issues issues;
  const Place place(issues, "body");
  T out{};
  const Parsed parsed = parse(json);
  if (!parsed) return "not JSON";
  read(parsed.value().root(), out, place);
  if (issues.empty()) return to_json(out);
  std::string text;
  for (const Issue& issue : issues) {
    if (!text.empty()) text += "; ";
    text += issue.type + " | " + issue.msg + (issue.ctx.empty() ? "" : " | " + issue.ctx);
  }
  return text;
}

struct Row {
  std::string json;
  std::string expected;
};

template <class T, std::size_t n>
void expect_rows(const Row (&rows)[n]) {
  for (const Row& row : rows) EXPECT_EQ(outcome<T>(row.json), row.expected) << row.json;
}

const std::string int_parsing =
    "int_parsing | Input should be a valid integer, unable to parse string as an integer";
const std::string int_type = "int_type | Input should be a valid integer";
const std::string int_from_float =
    "int_from_float | Input should be a valid integer, got a number with a fractional part";

TEST(ReadInteger, is_as_lax_as_pydantic) {
  expect_rows<std::int64_t>({
      {"1", "1"},
      {"-1", "-1"},
      {"1.0", "1"},
      {"1e3", "1000"},
      {"true", "1"},
      {"false", "0"},
      {"\"1\"", "1"},
      {"\" 1 \"", "1"},
      {"\"+1\"", "1"},
      {"\"-1\"", "-1"},
      {"\"1.0\"", "1"},
      {"\"1.00\"", "1"},
      {"\"01\"", "1"},
      {"\"1_000\"", "1000"},
      {"\"-0\"", "0"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"\"-9223372036854775808\"", "-9223372036854775808"},
      {"1.5", int_from_float},
      {"-0.1", int_from_float},
      {"\"1.5\"", int_parsing},
      {"\"abc\"", int_parsing},
      {"\"\"", int_parsing},
      {"\" \"", int_parsing},
      {"\"-\"", int_parsing},
      {"\"--1\"", int_parsing},
      {"\"1e3\"", int_parsing},
      {"\".0\"", int_parsing},
      {"\"1.\"", int_parsing},
      {"\"0x1\"", int_parsing},
      {"\"_1\"", int_parsing},
      {"\"1_\"", int_parsing},
      {"\"1__0\"", int_parsing},
      {"\"1\\u0000\"", int_parsing},
      {"\"\u0661\"", int_parsing},
      {"null", int_type},
      {"[]", int_type},
      {"{}", int_type},
      {"[1]", int_type},
  });
}

TEST(ReadInteger, tells_the_limits) {
  const auto ge = [](const std::string& n) {
    return "greater_than_equal | Input should be greater than or equal to " + n +
           " | {\"ge\":" + n + "}";
  };
  const auto le = [](const std::string& n) {
    return "less_than_equal | Input should be less than or equal to " + n + " | {\"le\":" + n + "}";
  };
  expect_rows<Int<0, 10>>(
      {{"0", "0"}, {"10", "10"}, {"-1", ge("0")}, {"11", le("10")}, {"\"11\"", le("10")}});
  expect_rows<std::int32_t>({{"2147483647", "2147483647"},
                             {"2147483648", le("2147483647")},
                             {"-2147483649", ge("-2147483648")}});
  expect_rows<std::uint16_t>({{"65535", "65535"}, {"65536", le("65535")}, {"-1", ge("0")}});
  const std::string int64_max = "9223372036854775807";
  expect_rows<Int<0>>({{int64_max, int64_max},
                       {"9223372036854775808", le(int64_max)},
                       {"1e19", le(int64_max)},
                       {"\"99999999999999999999999999\"", le(int64_max)},
                       {"-1e300", ge("0")}});
}

TEST(ReadId, makes_none_of_what_no_id_can_be) {
  expect_rows<ShowId>({{"7", "7"},
                       {"\"7\"", "7"},
                       {"0", "0"},
                       {"-1", "0"},
                       {"4294967295", "4294967295"},
                       {"4294967296", "0"},
                       {"18446744073709551615", "0"},
                       {"1e300", "0"},
                       {"\"99999999999999999999\"", "0"},
                       {"\"x\"", int_parsing},
                       {"null", int_type}});
}

TEST(ReadText, is_strict) {
  const std::string type = "string_type | Input should be a valid string";
  expect_rows<std::string>({{"\"\"", "\"\""},
                            {"\"a\"", "\"a\""},
                            {"5", type},
                            {"null", type},
                            {"true", type},
                            {"[]", type},
                            {"{}", type},
                            {"1.5", type}});
  expect_rows<Text<1, 3>>(
      {{"\"a\"", "\"a\""},
       {"\"\xC3\xA9\xF0\x9F\x98\x80x\"", "\"\xC3\xA9\xF0\x9F\x98\x80x\""},
       {"\"\"", "string_too_short | String should have at least 1 character | {\"min_length\":1}"},
       {"\"abcd\"",
        "string_too_long | String should have at most 3 characters | {\"max_length\":3}"},
       {"5", type}});
  expect_rows<Text<2, 3>>(
      {{"\"a\"",
        "string_too_short | String should have at least 2 characters | {\"min_length\":2}"}});
  EXPECT_EQ(outcome<std::string>("\"a\\u0000b\""),
            "value_error | Value error, text must not contain NUL characters | {\"error\":{}}");
}

TEST(ReadMoney, keeps_cents_exactly) {
  const std::string parsing =
      "float_parsing | Input should be a valid number, unable to parse string as a number";
  const std::string type = "float_type | Input should be a valid number";
  const std::string places =
      "decimal_max_places | Decimal input should have no more than 2 decimal places | "
      "{\"decimal_places\":2}";
  const std::string le =
      "less_than_equal | Input should be less than or equal to 10000000000 | {\"le\":10000000000}";
  const std::string ge =
      "greater_than_equal | Input should be greater than or equal to 0 | {\"ge\":0}";
  expect_rows<NonNegativeMoney>({
      {"0", "0.0"},
      {"12.5", "12.5"},
      {"12.50", "12.5"},
      {"0.1", "0.1"},
      {"0.29", "0.29"},
      {"37.5", "37.5"},
      {"1e2", "100.0"},
      {"\"12.5\"", "12.5"},
      {"\" 12.5 \"", "12.5"},
      {"\"+1\"", "1.0"},
      {"\".5\"", "0.5"},
      {"\"5.\"", "5.0"},
      {"true", "1.0"},
      {"\"1e2\"", "100.0"},
      {"10000000000", "10000000000.0"},
      {"12.500", "12.5"},
      {"0.30000000000000004", places},
      {"1.005", places},
      {"\"1.005\"", places},
      {"1e-400", "0.0"},
      {"\"1e-400\"", places},
      {"10000000000.01", le},
      {"1e300", le},
      {"\"1e400\"", le},
      {"\"inf\"", le},
      {"18446744073709551615", le},
      {"-0.01", ge},
      {"-1", ge},
      {"\"-1\"", ge},
      {"-1e300", ge},
      {"\"-inf\"", ge},
      {"\"abc\"", parsing},
      {"\"\"", parsing},
      {"\"1,5\"", parsing},
      {"\"0x1\"", parsing},
      {"\"1 2\"", parsing},
      {"\"nan\"", "finite_number | Input should be a finite number"},
      {"null", type},
      {"[]", type},
      {"{}", type},
  });
  EXPECT_EQ(outcome<Money>("-12.5"), "-12.5");
}

TEST(ReadDate, gives_pydantics_reasons) {
  const auto parsing = [](const std::string& reason) {
    return "date_from_datetime_parsing | Input should be a valid date or datetime, " + reason +
           " | {\"error\":\"" + reason + "\"}";
  };
  const std::string type = "date_type | Input should be a valid date";
  const std::string inexact =
      "date_from_datetime_inexact | Datetimes provided to dates should have zero time - e.g. be "
      "exact dates";
  const std::string day = parsing("day value is outside expected range");
  const std::string month = parsing("month value is outside expected range of 1-12");
  const std::string separator = parsing("invalid date separator, expected `-`");
  const std::string too_short = parsing("input is too short");
  const std::string time_separator =
      parsing("invalid datetime separator, expected `T`, `t`, `_` or space");
  expect_rows<Date>({
      {"\"2024-06-15\"", "\"2024-06-15\""},
      {"\"2024-02-29\"", "\"2024-02-29\""},
      {"\"0001-01-01\"", "\"0001-01-01\""},
      {"\"9999-12-31\"", "\"9999-12-31\""},
      {"\"2024-06-15T00:00:00\"", "\"2024-06-15\""},
      {"\"2024-06-15 00:00\"", "\"2024-06-15\""},
      {"\"2024-06-15T00:00:00.000Z\"", "\"2024-06-15\""},
      {"\"2024-06-15T00:00:00+02:00\"", "\"2024-06-15\""},
      {"\"\"", too_short},
      {"\"abc\"", too_short},
      {"\"2024-6-15\"", too_short},
      {"\"2024-06-15T\"", too_short},
      {"\"2024-06-15T00\"", too_short},
      {"\"x024-06-15\"", parsing("invalid character in year")},
      {"\" 2024-06-15 \"", parsing("invalid character in year")},
      {"\"2024-x6-15\"", parsing("invalid character in month")},
      {"\"2024-06-x5\"", parsing("invalid character in day")},
      {"\"2024/06/15\"", separator},
      {"\"2024-06/15\"", separator},
      {"\"2024-13-01\"", month},
      {"\"2024-00-01\"", month},
      {"\"2024-02-30\"", day},
      {"\"2023-02-29\"", day},
      {"\"2024-06-00\"", day},
      {"\"2024-06-31\"", day},
      {"\"0000-01-01\"", parsing("year 0 is out of range")},
      {"\"2024-06-15x\"", time_separator},
      {"\"2024-06-155\"", time_separator},
      {"\"2024-06-15T25:00:00\"", parsing("hour value is outside expected range of 0-23")},
      {"\"2024-06-15T01:00:00\"", inexact},
      {"\"2024-06-15T00:00:00.5\"", inexact},
      {"20240615", type},
      {"null", type},
      {"true", type},
      {"[]", type},
  });
}

TEST(ReadTimeOfDay, gives_pydantics_reasons) {
  const auto parsing = [](const std::string& reason) {
    return "time_parsing | Input should be in a valid time format, " + reason + " | {\"error\":\"" +
           reason + "\"}";
  };
  const std::string type = "time_type | Input should be a valid time";
  const std::string too_short = parsing("input is too short");
  expect_rows<TimeOfDay>({
      {"\"20:00\"", "\"20:00:00\""},
      {"\"20:00:00\"", "\"20:00:00\""},
      {"\"00:00\"", "\"00:00:00\""},
      {"\"23:59:59\"", "\"23:59:59\""},
      {"\"20:00:00.000\"", "\"20:00:00\""},
      {"\"\"", too_short},
      {"\"20\"", too_short},
      {"\"2000\"", too_short},
      {"\"24:00\"", parsing("hour value is outside expected range of 0-23")},
      {"\"20:60\"", parsing("minute value is outside expected range of 0-59")},
      {"\"20:00:60\"", parsing("second value is outside expected range of 0-59")},
      {"\"x0:00\"", parsing("invalid character in hour")},
      {"\"20:0x\"", parsing("invalid character in minute")},
      {"\"20:00:0\"", parsing("invalid character in second")},
      {"\"20-00\"", parsing("invalid time separator, expected `:`")},
      {"\"20:00x\"", parsing("invalid timezone sign")},
      {"\"20:00:00.\"", parsing("second fraction digits missing after `.`")},
      {"\"20:00:00.5\"", parsing("fractions of a second are not supported")},
      {"\"20:00Z\"", parsing("time zones are not supported")},
      {"\"20:00Zx\"", parsing("unexpected extra characters at the end of the input")},
      {"3600", type},
      {"null", type},
      {"{}", type},
  });
}

TEST(ReadInstant, takes_any_zone_and_gives_pydantics_reasons) {
  const auto parsing = [](const std::string& reason) {
    return "datetime_from_date_parsing | Input should be a valid datetime or date, " + reason +
           " | {\"error\":\"" + reason + "\"}";
  };
  const std::string type = "datetime_type | Input should be a valid datetime";
  const std::string no_zone = "timezone_aware | Input should have timezone info";
  expect_rows<Instant>({
      {"\"2024-06-15T20:00:00Z\"", "\"2024-06-15T20:00:00Z\""},
      {"\"2024-06-15t20:00z\"", "\"2024-06-15T20:00:00Z\""},
      {"\"2024-06-15 20:00:00.5Z\"", "\"2024-06-15T20:00:00.500000Z\""},
      {"\"2024-06-15T20:00:00.123456Z\"", "\"2024-06-15T20:00:00.123456Z\""},
      {"\"2024-06-15T20:00:00.1234569Z\"", "\"2024-06-15T20:00:00.123456Z\""},
      {"\"2024-06-15T20:00:00+05:30\"", "\"2024-06-15T14:30:00Z\""},
      {"\"2024-06-15T20:00:00-0530\"", "\"2024-06-16T01:30:00Z\""},
      {"\"2024-03-01T00:30:00+01:00\"", "\"2024-02-29T23:30:00Z\""},
      {"\"1969-12-31T23:59:59.999999Z\"", "\"1969-12-31T23:59:59.999999Z\""},
      {"\"2024-06-15\"", no_zone},
      {"\"2024-06-15T20:00:00\"", no_zone},
      {"\"\"", parsing("input is too short")},
      {"\"2024-06-31T20:00:00Z\"", parsing("day value is outside expected range")},
      {"\"2024-06-15T24:00:00Z\"", parsing("hour value is outside expected range of 0-23")},
      {"\"2024-06-15T20:00:00+24:00\"", parsing("timezone offset must be less than 24 hours")},
      {"\"2024-06-15T20:00:00.Z\"", parsing("second fraction digits missing after `.`")},
      {"\"2024-06-15T20:00:00Zz\"", parsing("unexpected extra characters at the end of the input")},
      {"1718481600", type},
      {"null", type},
  });
}

TEST(ReadBool, is_as_lax_as_pydantic) {
  const std::string parsing =
      "bool_parsing | Input should be a valid boolean, unable to interpret input";
  const std::string type = "bool_type | Input should be a valid boolean";
  expect_rows<bool>({{"true", "true"},
                     {"false", "false"},
                     {"1", "true"},
                     {"0", "false"},
                     {"1.0", "true"},
                     {"0.0", "false"},
                     {"\"yes\"", "true"},
                     {"\"OFF\"", "false"},
                     {"\"TRUE\"", "true"},
                     {"2", parsing},
                     {"\"\"", parsing},
                     {"\"2\"", parsing},
                     {"18446744073709551615", parsing},
                     {"1e10", parsing},
                     {"1.5", type},
                     {"null", type},
                     {"[]", type}});
}

TEST(ReadEnum, lists_the_choices) {
  expect_rows<Outcome>({{"\"success\"", "\"success\""},
                        {"\"failed\"", "\"failed\""},
                        {"\"Success\"",
                         "enum | Input should be 'success' or 'failed' | "
                         "{\"expected\":\"'success' or 'failed'\"}"},
                        {"1",
                         "enum | Input should be 'success' or 'failed' | "
                         "{\"expected\":\"'success' or 'failed'\"}"}});
  EXPECT_EQ(outcome<Size>("\"x\""),
            "enum | Input should be 'small', 'medium' or 'large' | "
            "{\"expected\":\"'small', 'medium' or 'large'\"}");
}

TEST(ReadUuid, takes_the_canonical_form) {
  const std::string uuid = "\"3f2b8c1e-0000-4000-8000-00000000000a\"";
  EXPECT_EQ(outcome<Uuid>(uuid), uuid);
  EXPECT_EQ(outcome<Uuid>("\"x\"").substr(0, 12), "uuid_parsing");
  EXPECT_EQ(outcome<Uuid>("5"), "uuid_type | UUID input should be a string, bytes or UUID object");
}

TEST(ReadEmail, reports_the_reason) {
  EXPECT_EQ(outcome<Email>("\"A@B.Com\""), "\"A@b.com\"");
  EXPECT_EQ(outcome<Email>("\"nope\""),
            "value_error | value is not a valid email address: An email address must have an "
            "@-sign. | {\"reason\":\"An email address must have an @-sign.\"}");
  EXPECT_EQ(outcome<Email>("5"), "string_type | Input should be a valid string");
}

TEST(ReadList, checks_its_length_and_every_item) {
  const std::string type = "list_type | Input should be a valid list";
  expect_rows<List<SeatId, 1, 3>>(
      {{"[1]", "[1]"},
       {"[1,\"2\",3.0]", "[1,2,3]"},
       {"[]",
        "too_short | List should have at least 1 item after validation, not 0 | "
        "{\"field_type\":\"List\",\"min_length\":1,\"actual_length\":0}"},
       {"[\"x\",2,3,4]",
        "too_long | List should have at most 3 items after validation, not 4 | "
        "{\"field_type\":\"List\",\"max_length\":3,\"actual_length\":4}"},
       {"[\"x\",1,null]", int_parsing + "; " + int_type},
       {"5", type},
       {"null", type},
       {"\"1\"", type},
       {"{}", type}});
}

}  // namespace
}  // namespace boxoffice::http::json
