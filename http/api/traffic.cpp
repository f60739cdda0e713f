#include "http/api/traffic.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace boxoffice::http::api {

namespace {

using Time = Request::Time;

std::chrono::microseconds us_between(Time from, Time to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

Instant wall_clock() { return instant_of(std::chrono::system_clock::now()); }

// One thread writes each count, so an addition that others cannot tear is not needed.
void add_one(std::atomic<std::uint64_t>& count) {
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

std::int64_t number(const std::atomic<std::uint64_t>& count) {
  return static_cast<std::int64_t>(count.load(std::memory_order_relaxed));
}

void add(Distribution& to, const engine::HistogramCounts& from) {
  if (to.counts.empty()) {
    to = {.bounds = from.bounds, .counts = from.counts, .sum = from.sum};
    return;
  }
  for (std::size_t i = 0; i < to.counts.size(); ++i) to.counts[i] += from.counts[i];
  to.sum += from.sum;
}

}  // namespace

// ---- One request --------------------------------------------------------------------------------

Exchange::Exchange(Traffic& traffic, const Request& request, std::size_t route)
    : traffic_(traffic),
      io_thread_(request.io->index()),
      route_(route),
      begun_(request.begun),
      received_(request.received) {
  if (!traffic.wants_lines()) return;
  method_ = shown_of_method(request.method);
  path_ = shown_of_path(request.path);
  query_ = shown_of_query(request.query);
}

// A handler that threw is answered 500 by the server; one that still waited when the server stopped
// is not answered at all.
Exchange::~Exchange() {
  if (told_) return;
  const bool threw = std::uncaught_exceptions() > 0;
  if (made_ == Time()) {
    auto& counts = traffic_.counts_[io_thread_]->by_route[route_];
    add_one(counts.over);
    if (threw) add_one(counts.answers[5]);
  }
  tell({.peer_address = {},
        .status = threw ? 500 : 0,
        .reason = threw ? "exception" : "abandoned",
        .body_bytes = 0,
        .whole = threw,
        .time = std::chrono::steady_clock::now()});
}

void Exchange::submitted(Time time) { submitted_ = time; }

void Exchange::resumed(const engine::CommandTimes& times) {
  times_ = times;
  resumed_ = std::chrono::steady_clock::now();
}

void Exchange::made(const Response& response) {
  made_ = std::chrono::steady_clock::now();
  is_stream_ = response.stream != nullptr;
  reason_ = response.reason;
  auto& counts = traffic_.counts_[io_thread_]->by_route[route_];
  add_one(counts.over);
  add_one(counts.answers.at(static_cast<std::size_t>(response.status / 100)));
  counts.duration_us.record(us_between(received_, made_).count());
  if (!response.reason.empty()) traffic_.count_reason(response.reason);
}

void Exchange::ended(const AnswerEnd& end) {
  const StageTimes times = stage_times(end.time);
  auto& counts = traffic_.counts_[io_thread_]->by_stage;
  for (std::size_t i = 0; i < stages; ++i) {
    if (times[i]) counts[i].time_us.record(times[i]->count());
  }
  tell(end);
}

StageTimes Exchange::stage_times(Time written) const {
  StageTimes out;
  Time before = begun_;
  const auto next = [&](Stage stage, Time at) {
    if (at == Time()) return;
    out[static_cast<std::size_t>(stage)] =
        std::max(us_between(before, at), std::chrono::microseconds(0));
    before = at;
  };
  next(Stage::read, received_);
  next(Stage::prepare, submitted_);
  next(Stage::queue, times_.taken);
  next(Stage::decide, times_.decided);
  next(Stage::batch, times_.sealed);
  next(Stage::log, times_.durable);
  next(Stage::fold, times_.published);
  next(Stage::wake, resumed_);
  next(submitted_ == Time() ? Stage::handle : Stage::render, made_);
  if (!is_stream_) next(Stage::write, written);
  return out;
}

void Exchange::warn(const AccessRecord& record, Time written) const {
  const StageTimes times = stage_times(written);
  std::vector<StageTime> named;
  for (std::size_t i = 0; i < stages; ++i) {
    if (times[i]) named.push_back({enum_name(static_cast<Stage>(i)), *times[i]});
  }
  std::string line;
  append_slow_line(line, record, named, traffic_.options_.style);
  traffic_.options_.lines(line);
}

void Exchange::tell(const AnswerEnd& end) {
  told_ = true;
  const auto slow = traffic_.options_.slow;
  // A stream lasts as long as its client likes.
  const Time over = is_stream_ ? made_ : end.time;
  const bool is_slow = slow.count() > 0 && over - received_ >= slow;
  if (!traffic_.options_.access_log && !is_slow) return;
  const std::string trace_id = to_hex(trace.trace_id.bytes);
  const std::string shown = end.peer_address.empty() ? to_string(address) : forwarded_for;
  const AccessRecord record{.time = wall_clock(),
                            .request_id = request_id,
                            .trace_id = trace_id,
                            .address = shown.empty() ? end.peer_address : shown,
                            .user = user,
                            .method = method_,
                            .route = traffic_.route_name(route_),
                            .path = path_,
                            .query = query_,
                            .status = end.status,
                            .bytes = end.body_bytes,
                            .duration = us_between(received_, end.time),
                            .cut_off = !end.whole,
                            .reason = end.reason.empty() ? reason_ : end.reason};
  if (traffic_.options_.access_log) traffic_.write(record);
  if (is_slow) warn(record, end.time);
}

// ---- What never became one ----------------------------------------------------------------------

class Traffic::RefusedWatch final : public AnswerWatch {
 public:
  RefusedWatch(Traffic& traffic, std::string_view detail) : traffic_(traffic), detail_(detail) {}

  void ended(const AnswerEnd& end) override {
    traffic_.write({.time = wall_clock(),
                    .address = end.peer_address,
                    .status = end.status,
                    .bytes = end.body_bytes,
                    .duration = {},
                    .cut_off = !end.whole,
                    .reason = detail_});
  }

 private:
  Traffic& traffic_;
  const std::string detail_;
};

std::shared_ptr<AnswerWatch> Traffic::refused(std::string_view detail) {
  if (!options_.access_log) return nullptr;
  return std::make_shared<RefusedWatch>(*this, detail);
}

// ---- All of them --------------------------------------------------------------------------------

Traffic::Traffic(const std::vector<Endpoint>& endpoints, std::size_t io_threads, Options options)
    : endpoints_(endpoints), options_(std::move(options)) {
  for (std::size_t i = 0; i < io_threads; ++i) {
    counts_.push_back(std::make_unique<Counts>(endpoints.size() + 1));
  }
}

std::shared_ptr<Exchange> Traffic::begin(const Request& request, const Endpoint* endpoint) {
  const std::size_t route = endpoint != nullptr
                                ? static_cast<std::size_t>(endpoint - endpoints_.data())
                                : endpoints_.size();
  add_one(counts_[request.io->index()]->by_route[route].begun);
  return std::make_shared<Exchange>(*this, request, route);
}

std::string_view Traffic::route_name(std::size_t route) const {
  return route < endpoints_.size() ? endpoints_[route].path : std::string_view("none");
}

void Traffic::count_reason(std::string_view reason) {
  const auto at = std::find(reject_reasons.begin(), reject_reasons.end(), reason);
  if (at == reject_reasons.end()) return;
  rejects_[static_cast<std::size_t>(at - reject_reasons.begin())].fetch_add(
      1, std::memory_order_relaxed);
}

void Traffic::write(const AccessRecord& record) {
  thread_local std::string line;
  line.clear();
  append_access_line(line, record, options_.style);
  options_.lines(line);
}

TrafficFigures Traffic::figures() const {
  TrafficFigures out;
  for (std::size_t route = 0; route <= endpoints_.size(); ++route) {
    RouteFigures figures{
        .method = route < endpoints_.size() ? std::string(endpoints_[route].method) : "any",
        .route = std::string(route_name(route)),
        .duration_us = {}};
    std::int64_t begun = 0;
    for (const auto& counts : counts_) {
      const RouteCounts& each = counts->by_route[route];
      figures.in_flight -= number(each.over);  // first, so that it is never below 0
      begun += number(each.begun);
      figures.answers_2xx += number(each.answers[2]);
      figures.answers_3xx += number(each.answers[3]);
      figures.answers_4xx += number(each.answers[4]);
      figures.answers_5xx += number(each.answers[5]);
      add(figures.duration_us, each.duration_us.counts());
    }
    figures.in_flight += begun;
    if (begun > 0) out.routes.push_back(std::move(figures));
  }
  for (std::size_t i = 0; i < reject_reasons.size(); ++i) {
    out.rejects.push_back({std::string(reject_reasons[i]), number(rejects_[i])});
  }
  for (std::size_t i = 0; i < stages; ++i) {
    StageFigures figures{.stage = std::string(enum_name(static_cast<Stage>(i))), .time_us = {}};
    for (const auto& counts : counts_) add(figures.time_us, counts->by_stage[i].time_us.counts());
    out.stages.push_back(std::move(figures));
  }
  out.lines_dropped = static_cast<std::int64_t>(options_.lines_dropped());
  return out;
}

}  // namespace boxoffice::http::api
