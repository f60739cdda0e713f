// Lists in pages: cursors, and answers that say where the next page begins.
//
// A cursor is the key of the last element that the client has seen: its id, or where it stands by
// start. So the server keeps nothing for it, it holds for ever, and whatever is added or deleted
// meanwhile, a walk meets every element that was there all the time exactly once. Clients take
// cursors from the Link header and need not know what is in them.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/api/call.h"
#include "http/api/links.h"
#include "http/api/reading.h"
#include "http/api/responses.h"
#include "http/json/write.h"
#include "projections/read_models.h"

namespace boxoffice::http::api {

/// A page has no more, whatever the client asks for; the link goes on.
inline constexpr std::size_t page_elements_max = 10'000;

/// "17", and the cursor of a list ordered by id.
template <class Tag, class Rep>
std::string cursor_of(StrongId<Tag, Rep> id) {
  return std::to_string(id.value);
}
/// Empty when it is no such cursor.
template <class Id>
std::optional<Id> parse_id_cursor(std::string_view text) {
  Id id;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, id.value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return id;
}

/// "2030-06-15T20:00:00_17" by start, "17" by id.
std::string cursor_of(const projections::ShowKey& key, projections::ShowOrder order);
std::optional<projections::ShowKey> parse_show_cursor(std::string_view text,
                                                      projections::ShowOrder order);

/// The 422 for an `after` that is no cursor of the list.
Response not_a_cursor(const std::string& after);
/// The 422 for a range of dates that ends before it begins.
std::optional<Response> check_dates(const std::optional<Date>& from, const std::optional<Date>& to);

/// A page as a client asks for it. `limit`: nothing, for a list that is answered as a whole unless
/// the client says otherwise.
template <class Key>
projections::Page<Key> page_of(std::int64_t skip, std::optional<std::int64_t> limit, Key after) {
  return {.skip = static_cast<std::size_t>(skip),
          .limit = limit ? std::min(static_cast<std::size_t>(*limit), page_elements_max)
                         : std::numeric_limits<std::size_t>::max(),
          .after = after};
}

/// The page and one element more, which tells that there is another page.
template <class Key>
projections::Page<Key> one_more(projections::Page<Key> page) {
  if (page.limit != std::numeric_limits<std::size_t>::max()) ++page.limit;
  return page;
}

/// A page as it is sent, and the cursor of its last element when it is not the last page.
struct WrittenPage {
  std::string json;
  std::optional<std::string> more_after;
};

/// Writes what fits on the page of `views`, each made by `render`; `cursor` gives a view's cursor.
/// REQUIRES: `views` are one_more(page).
template <class View, class Key, class Render, class Cursor>
WrittenPage write_page(std::vector<View> views, const projections::Page<Key>& page, Render&& render,
                       Cursor&& cursor) {
  const bool more = views.size() > page.limit;
  if (more) views.pop_back();
  std::vector<decltype(render(views.front()))> elements;
  elements.reserve(views.size());
  for (const View& view : views) elements.push_back(render(view));
  WrittenPage out;
  json::write(out.json, elements);
  if (more && !views.empty()) out.more_after = cursor(views.back());
  return out;
}

/// So many elements are looked up and written on the I/O thread.
inline constexpr std::size_t elements_at_once_max = 200;

/// Answers with the page as it was at `at`, and the link to the rest. `question` looks a page up
/// and writes it; it owns what it uses. It is asked on the I/O thread for a small page, and aside
/// for the others and when it `takes_long` whatever the page. `call` outlives the task.
template <class Key>
Task<Response> list_answer(const Call& call, projections::Page<Key> page, Position at,
                           bool takes_long,
                           std::function<WrittenPage(const projections::Page<Key>&)> question) {
  std::optional<WrittenPage> written;
  if (!takes_long) {
    projections::Page<Key> small = page;
    small.limit = std::min(page.limit, elements_at_once_max);
    written = question(small);
    if (written->more_after && small.limit < page.limit) written.reset();
  }
  if (!written) {
    auto asked =
        ask_aside<WrittenPage>(call.services->public_readers, *call.request.io,
                               [question = std::move(question), page] { return question(page); });
    written = co_await std::move(asked);
    if (!written) co_return busy(readers_are_busy);
  }
  Response response;
  response.body = std::move(written->json);
  if (written->more_after) link_next(response, call.request, *written->more_after, at);
  co_return Call::at(std::move(response), at);
}

}  // namespace boxoffice::http::api
