#include "http/api/operation_docs.h"

#include <algorithm>
#include <array>
#include <utility>

namespace boxoffice::http::api {

namespace {

// The examples are of the demo data that `boxoffice seed` writes, and of what the README does with
// them. These words stand for what is in many of them; one may hold those after it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> words{{
    {"$user", R"({"email":"user@example.com","first_name":"John","last_name":"Doe","id":2,)"
              R"("created_at":"2030-01-01T09:00:00Z"})"},
    {"$booking", R"({"id":1,"user_id":2,"show_id":1,"total_amount":37.5,"status":"pending",)"
                 R"("payment_id":null,"created_at":"2030-01-01T09:00:00Z",)"
                 R"("booking_seats":$three_seats,"show":$show,"expires_at":"2030-01-01T09:10:00Z",)"
                 R"("cancel_reason":null})"},
    {"$show", R"({"movie_id":1,"theatre_id":1,"show_date":"2030-06-15","show_time":"14:30:00",)"
              R"("price":12.5,"id":1,"created_at":"2030-01-01T09:00:00Z","movie":$movie,)"
              R"("theatre":$theatre})"},
    {"$three_seats", R"([{"seat_id":1,"seat_number":"1","row":"A"},{"seat_id":2,"seat_number":"2",)"
                     R"("row":"A"},{"seat_id":3,"seat_number":"3","row":"A"}])"},
    {"$theatre",
     R"({"name":"Cineplex Downtown","city":"New York","address":"123 Broadway, New York,)"
     R"( NY 10001","total_seats":100,"id":1,"created_at":"2030-01-01T09:00:00Z",)"
     R"("layout":null})"},
    {"$seat", R"({"seat_number":"1","row":"A","id":1,"show_id":1,"is_booked":false,)"
              R"("is_locked":false,"locked_until":null})"},
    {"$history",
     R"({"entries":[{"seq":14,"time":"2030-01-01T09:00:00Z","kind":"locked",)"
     R"("actor":"user","seat_ids":[1,2,3],"user_id":2,"guest":null,"booking_id":null,)"
     R"("until":"2030-01-01T09:05:00Z","cancel_reason":null,"command":null,"reason":null},)"
     R"({"seq":15,"time":"2030-01-01T09:00:00Z","kind":"booked",)"
     R"("actor":"user","seat_ids":[1,2,3],"user_id":2,"guest":null,"booking_id":1,)"
     R"("until":"2030-01-01T09:10:00Z","cancel_reason":null,"command":null,"reason":null},)"
     R"({"seq":18,"time":"2030-01-01T09:01:00Z","kind":"confirmed",)"
     R"("actor":"user","seat_ids":[1,2,3],"user_id":2,"guest":null,"booking_id":1,)"
     R"("until":null,"cancel_reason":null,"command":null,"reason":null}],"next_after":null})"},
    {"$sales_of_show",
     R"({"show_id":1,"show_date":"2030-06-15","show_time":"14:30:00","movie_id":1,)"
     R"("movie_title":"Avengers: Endgame","theatre_id":1,"theatre_name":"Cineplex Downtown",)"
     R"("city":"New York","shows":1,"seats":100,"seats_sold":3,"occupancy":0.03,)"
     R"($sales_figures})"},
    {"$sales_figures",
     R"("bookings":1,"pending":0,"confirmed":1,"cancelled":0,"cancel_reasons":[],"payments":1,)"
     R"("captured":37.5,"refunds":0,"refunds_due":0.0,"revenue":37.5,"refusals":0,)"
     R"("refusal_reasons":[])"},
    {"$read_model", R"({"name":"catalog","version":1,"position":18,"behind_events":0,)"
                    R"("behind_ms":0,"progress_ms":35,"stopped":null,"rebuild":null,)"
                    R"("next_start":null})"},
    {"$rebuild_begins", R"("state":"running","position":0,"was_stopped":false,"rows":0,)"
                        R"("duration_ms":0,"first_difference":null,"fault":null,)"
                        R"("fault_kind":null)"},
    {"$movie", R"({"title":"Avengers: Endgame",)"
               R"("description":"The Avengers assemble once more to undo what Thanos has done.",)"
               R"("duration":181,"genre":"Action","rating":"PG-13","poster_url":null,)"
               R"("release_date":"2019-04-26","id":1,"created_at":"2030-01-01T09:00:00Z"})"},
}};

constexpr std::array docs = {
    OperationDoc{"root",
                 "Welcome",
                 "Says where the documentation is.",
                 {},
                 R"({"message":"Movie Booking API - Visit /docs for API documentation"})"},
    OperationDoc{"health_check",
                 "Health",
                 "Whether the server answers; the same as /livez, for clients of old.",
                 {},
                 R"({"status":"healthy"})"},
    OperationDoc{"live",
                 "Liveness",
                 "Whether the process answers at all. Restart it when it does not.",
                 {},
                 R"({"status":"alive"})"},
    OperationDoc{"ready",
                 "Readiness",
                 "Whether every kind of request can be answered just now. With 503 it says what "
                 "cannot; do not restart it for that.",
                 {},
                 R"({"status":"ready","problems":[]})"},
    OperationDoc{"get_problems",
                 "List the kinds of errors",
                 "Every code that an error may have, with what it means. As HTML for browsers.",
                 {},
                 R"({"problems":[{"type":"/problems/bad_request","code":"bad_request",)"
                 R"("title":"Bad Request","status":400,)"
                 R"("meaning":"The bytes that came are not one whole, unambiguous HTTP request. )"
                 R"(The connection is closed after the answer.",)"
                 R"("advice":"Send the request as RFC 9110 and RFC 9112 say; an HTTP library )"
                 R"(does. The detail names the fault.",)"
                 R"("repeat":"No. Nothing was done, and it would get the same answer."}]})"},
    OperationDoc{
        "get_problem",
        "Explain a kind of error",
        "What has happened, what to do, and whether the same request may be sent again. As "
        "HTML for browsers.",
        {},
        R"({"type":"/problems/movie_not_found","code":"movie_not_found",)"
        R"("title":"Movie not found","status":404,)"
        R"("meaning":"No movie has this id, or it was deleted.",)"
        R"("advice":"Take the id from GET /api/movies.",)"
        R"("repeat":"No. Nothing was done, and it would get the same answer."})"},
    OperationDoc{"metrics",
                 "Metrics for Prometheus",
                 "The figures of /api/admin/status in Prometheus' text format.",
                 {},
                 R"("# HELP boxoffice_durable_position Last event on stable storage.\n)"
                 R"(# TYPE boxoffice_durable_position gauge\nboxoffice_durable_position 18\n")"},
    OperationDoc{"get_movies",
                 "List movies",
                 "Movies by id, in pages. The Link header leads to the next page.",
                 {},
                 R"([$movie])"},
    OperationDoc{"create_movie", "Add a movie", "In production for administrators.",
                 R"({"title":"Avengers: Endgame",)"
                 R"("description":"The Avengers assemble once more to undo what Thanos has done.",)"
                 R"("duration":181,"genre":"Action","rating":"PG-13",)"
                 R"("release_date":"2019-04-26"})",
                 R"($movie)"},
    OperationDoc{"get_movie", "Get a movie", "One movie by its id.", {}, R"($movie)"},
    OperationDoc{
        "update_movie", "Change a movie",
        "Replaces everything that is said about the movie. In production for administrators.",
        R"({"title":"Avengers: Endgame",)"
        R"("description":"The Avengers assemble once more to undo what Thanos has done.",)"
        R"("duration":181,"genre":"Action","rating":"PG-13",)"
        R"("release_date":"2019-04-26"})",
        R"($movie)"},
    OperationDoc{"delete_movie",
                 "Delete a movie",
                 "It leaves lists and reads; bookings made for it still show it. In production for "
                 "administrators.",
                 {},
                 R"({"deleted":true,"id":1})"},
    OperationDoc{"get_movie_shows",
                 "List the shows of a movie",
                 "Shows by id or by start, each with its movie and theatre.",
                 {},
                 R"([$show])"},
    OperationDoc{"get_theatres",
                 "List the theatres of a city",
                 "The theatres of one city, by id.",
                 {},
                 R"([$theatre])"},
    OperationDoc{
        "create_theatre", "Add a theatre", "In production for administrators.",
        R"({"name":"Cineplex Downtown","city":"New York","address":"123 Broadway, New York,)"
        R"( NY 10001","total_seats":100})",
        R"($theatre)"},
    OperationDoc{"get_theatre", "Get a theatre", "One theatre by its id.", {}, R"($theatre)"},
    OperationDoc{
        "update_theatre", "Change a theatre",
        "Replaces everything that is said about the theatre; its seats only while it has no "
        "shows. In production for administrators.",
        R"({"name":"Cineplex Downtown","city":"New York","address":"123 Broadway, New York,)"
        R"( NY 10001","total_seats":100})",
        R"($theatre)"},
    OperationDoc{"delete_theatre",
                 "Delete a theatre",
                 "It leaves lists and reads. In production for administrators.",
                 {},
                 R"({"deleted":true,"id":1})"},
    OperationDoc{
        "get_shows",
        "List shows",
        "Shows by id or by start, in pages, each with its movie and theatre. The Link header "
        "leads to the next page.",
        {},
        R"([$show])"},
    OperationDoc{"create_show", "Schedule a show",
                 "Its seats exist from then on. In production for administrators.",
                 R"({"movie_id":1,"theatre_id":1,"show_date":"2030-06-15","show_time":"14:30:00",)"
                 R"("price":12.5})",
                 R"($show)"},
    OperationDoc{"get_show",
                 "Get a show",
                 "One show by its id, with its movie and theatre.",
                 {},
                 R"($show)"},
    OperationDoc{"update_show", "Change a show",
                 "Its price at any time, for bookings to come; its day and time while it has no "
                 "bookings. In production for administrators.",
                 R"({"price":15})",
                 R"({"movie_id":1,"theatre_id":1,"show_date":"2030-06-15","show_time":"14:30:00",)"
                 R"("price":15,"id":1,"created_at":"2030-01-01T09:00:00Z","movie":$movie,)"
                 R"("theatre":$theatre})"},
    OperationDoc{"delete_show",
                 "Cancel a show",
                 "While it has no bookings. In production for administrators.",
                 {},
                 R"({"deleted":true,"id":1})"},
    OperationDoc{"get_show_seats",
                 "See the seats of a show",
                 "Every seat by id: free, held or booked, now or at a moment of the past.",
                 {},
                 R"([$seat])"},
    OperationDoc{"stream_show_seats",
                 "Follow the seats of a show",
                 "Server-sent events: the seats, then every change. Each event's data is a list of "
                 "seats.",
                 {},
                 R"([$seat])",
                 R"("retry: 1000\n\nevent: snapshot\nid: 8-1f00ba4e\ndata: [{\"seat_number\":)"
                 R"(\"1\",\"row\":\"A\",\"id\":1,\"show_id\":1,\"is_booked\":false,)"
                 R"(\"is_locked\":false,\"locked_until\":null}]\n\n")"},
    OperationDoc{"get_show_report",
                 "Report on a show",
                 "What was sold, earned and refused in one show. In production for administrators.",
                 {},
                 R"($sales_of_show)"},
    OperationDoc{"get_show_history",
                 "What happened in a show",
                 "Every lock, booking, cancellation and refusal in one show, in its order. In "
                 "production for administrators.",
                 {},
                 R"($history)"},
    OperationDoc{"get_seat_history",
                 "What happened to a seat",
                 "The same for one seat. In production for administrators.",
                 {},
                 R"($history)"},
    OperationDoc{
        "get_sales_report",
        "Report on sales",
        "What was sold, earned and refused, by show, movie, theatre or day. In production for "
        "administrators.",
        {},
        R"({"by":"show","from":null,"to":null,"lines":[$sales_of_show],)"
        R"("total":{"show_id":null,"show_date":null,"show_time":null,"movie_id":null,)"
        R"("movie_title":null,"theatre_id":null,"theatre_name":null,"city":null,"shows":4,)"
        R"("seats":470,"seats_sold":3,"occupancy":0.006382978723404255,$sales_figures}})"},
    OperationDoc{
        "lock_seats", "Hold seats",
        "All of them or none, for five minutes; holding one's own seats again renews them, up "
        "to 15 minutes from the first time. A refusal is answered 200 with success: false.",
        R"({"show_id":1,"seat_ids":[1,2,3],"user_session":"unique_session_id"})",
        R"({"success":true,"locked_seats":[1,2,3],"expires_at":"2030-01-01T09:05:00Z",)"
        R"("message":"Seats locked successfully"})"},
    OperationDoc{"release_seats", "Give held seats back",
                 "All of them or none. A refusal is answered 200 with success: false.",
                 R"({"show_id":1,"seat_ids":[1,2,3],"user_session":"unique_session_id"})",
                 R"({"success":true,"released_seats":[1,2,3],)"
                 R"("message":"Seats released successfully"})"},
    OperationDoc{
        "create_booking", "Book seats",
        "The booking is pending, its seats are taken at once; it has to be paid by "
        "expires_at. With user_session every seat must be free or held by it; without, every "
        "seat free or all held by one session.",
        R"({"show_id":1,"seat_ids":[1,2,3],"user_email":"user@example.com"})", R"($booking)"},
    OperationDoc{
        "get_booking",
        "Get a booking",
        "One booking by its id, now or at a moment of the past. In production for its owner "
        "and administrators; for anybody else it does not exist.",
        {},
        R"($booking)"},
    OperationDoc{"cancel_booking",
                 "Cancel a booking",
                 "Its seats are free again, and what was paid is paid back.",
                 {},
                 R"({"id":1,"user_id":2,"show_id":1,"total_amount":37.5,"status":"cancelled",)"
                 R"("payment_id":null,"created_at":"2030-01-01T09:00:00Z",)"
                 R"("booking_seats":$three_seats,"show":$show,"expires_at":null,)"
                 R"("cancel_reason":"user"})"},
    OperationDoc{"register", "Register", "Makes an account and logs in.",
                 R"({"email":"user@example.com","password":"password123","first_name":"John",)"
                 R"("last_name":"Doe"})",
                 R"({"access_token":"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl","token_type":"bearer",)"
                 R"("user":$user})"},
    OperationDoc{"login", "Log in", "Answers an access token.",
                 R"({"email":"user@example.com","password":"password123"})",
                 R"({"access_token":"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl","token_type":"bearer",)"
                 R"("user":$user})"},
    OperationDoc{
        "get_current_user_info", "Who am I", "The user whose token it is.", {}, R"($user)"},
    OperationDoc{"update_current_user", "Change my account", "Name or password.",
                 R"({"first_name":"Johnny"})",
                 R"({"email":"user@example.com","first_name":"Johnny","last_name":"Doe","id":2,)"
                 R"("created_at":"2030-01-01T09:00:00Z"})"},
    OperationDoc{"erase_current_user",
                 "Erase my account",
                 "Destroys who the user is, for good; what they bought stays sold.",
                 {},
                 R"({"deleted":true,"id":2})"},
    OperationDoc{"get_user_bookings",
                 "List a user's bookings",
                 "Bookings by id, of the user themselves or for administrators.",
                 {},
                 R"([$booking])"},
    OperationDoc{
        "initiate_payment", "Begin to pay",
        "Answers the payment, with the transaction_id by which the gateway knows it. While "
        "one is pending, the same one is answered again.",
        R"({"booking_id":1,"amount":37.5,"payment_method":"card"})",
        R"({"id":1,"booking_id":1,"amount":37.5,"status":"pending","payment_method":"card",)"
        R"("transaction_id":"7d8f5f5e-3c39-4a55-9d0c-3a5b8f1f2a10",)"
        R"("created_at":"2030-01-01T09:00:00Z","late":false})"},
    OperationDoc{
        "confirm_payment", "Tell what a payment came to",
        "success confirms the booking, failed cancels it. In production only the payment "
        "gateway may, by its signature; a message that comes again is answered as before.",
        R"({"transaction_id":"7d8f5f5e-3c39-4a55-9d0c-3a5b8f1f2a10","status":"success"})",
        R"({"id":1,"booking_id":1,"amount":37.5,"status":"success","payment_method":"card",)"
        R"("transaction_id":"7d8f5f5e-3c39-4a55-9d0c-3a5b8f1f2a10",)"
        R"("created_at":"2030-01-01T09:00:00Z","late":false})"},
    OperationDoc{
        "mock_payment_callback",
        "Let the mock gateway decide",
        "Draws what the payment comes to, or takes it from status. A repeat answers the same.",
        {},
        R"({"status":"success","transaction_id":"7d8f5f5e-3c39-4a55-9d0c-3a5b8f1f2a10"})"},
    OperationDoc{
        "get_status",
        "Status of the house",
        "The figures that boxoffice status shows. In production for administrators and for "
        "METRICS_TOKEN.",
        {},
        R"({"version":"0.1.0","time":"2030-01-01T09:02:00Z","head":18,)"
        R"("engine":{"applied":18,"durable":18,"published":18,"accepting":true,"commands":6,)"
        R"("frames":6,"rejected":0,"too_slow":0,"queue_depth":0,"queue_depth_max":4096,)"
        R"("locks":0,"seats_locked":0,"seats_booked":3,"pending_bookings":0,"sync_p50_us":750,)"
        R"("sync_p99_us":9925,"batch_p50":1,)"
        R"("sync_us":{"bounds":[1000],"counts":[4,2],"sum":18618},)"
        R"("batch":{"bounds":[1],"counts":[6,0],"sum":6}},)"
        R"("server":{"started":"2030-01-01T08:59:00Z","connections_open":1,)"
        R"("connections_max":16384,"connections_total":1,"streams_open":0,"requests_total":7,)"
        R"("refused_total":0,"kept_bytes":17024,"rejected":[{"reason":"framing","count":0}],)"
        R"("answers_2xx":6,"answers_3xx":0,"answers_4xx":0,"answers_5xx":0},)"
        R"("traffic":{"routes":[{"method":"POST","route":"/api/bookings","in_flight":0,)"
        R"("answers_2xx":1,"answers_3xx":0,"answers_4xx":0,"answers_5xx":0,)"
        R"("duration_us":{"bounds":[1000],"counts":[0,1],"sum":1218}}],)"
        R"("rejects":[{"reason":"rate_limited","count":0}],)"
        R"("stages":[{"stage":"log","time_us":{"bounds":[1000],"counts":[4,2],"sum":18672}}],)"
        R"("lines_dropped":0},)"
        R"("projections":[$read_model],)"
        R"("disk":{"free_bytes":37811855360,"free_bytes_min":134217728,"low":false,)"
        R"("log_bytes":79758,"read_bytes":84983},"last_snapshot":null,"last_backup":null,)"
        R"("last_verify":null,"log_fault":null,"last_backup_fault":null,)"
        R"("last_verify_fault":null})"},
    OperationDoc{"list_projections",
                 "List the read models",
                 "Each with how far it is. In production for administrators.",
                 {},
                 R"({"projections":[$read_model]})"},
    OperationDoc{"get_projection",
                 "Get a read model",
                 "How far one of them is. In production for administrators.",
                 {},
                 R"($read_model)"},
    OperationDoc{"rebuild_projection",
                 "Make a read model anew",
                 "In the background; the old one answers until the new one takes its place. In "
                 "production for administrators.",
                 {},
                 R"({"name":"catalog","version":1,"position":18,"behind_events":0,"behind_ms":0,)"
                 R"("progress_ms":23,"stopped":null,"rebuild":{"replaces":true,$rebuild_begins},)"
                 R"("next_start":null})"},
    OperationDoc{"verify_projection",
                 "Compare a read model with the log",
                 "In the background. In production for administrators.",
                 {},
                 R"({"name":"catalog","version":1,"position":18,"behind_events":0,"behind_ms":0,)"
                 R"("progress_ms":23,"stopped":null,"rebuild":{"replaces":false,$rebuild_begins},)"
                 R"("next_start":null})"},
    OperationDoc{
        "list_events",
        "Read the log",
        "Events as lines of JSON, or with Accept: text/event-stream as a stream that goes on. "
        "In production for administrators.",
        {},
        R"({"seq":14,"type":"SeatsLocked","time":"2030-01-01T09:00:00Z",)"
        R"("data":{"show_id":1,"seat_ids":[1,2,3],"user_session":"[redacted]","user_id":2,)"
        R"("since":"2030-01-01T09:00:00Z","until":"2030-01-01T09:05:00Z"},"command":14,)"
        R"("actor":{"kind":"user","user_id":2},"cause":"cc48d923-2","trace":null})",
        R"("id: 13\ndata: {\"seq\":13,\"type\":\"UserLoggedIn\",)"
        R"(\"time\":\"2030-01-01T09:00:00Z\",\"data\":{\"user_id\":2},\"command\":13,)"
        R"(\"actor\":{\"kind\":\"anonymous\",\"user_id\":null},\"cause\":\"cc48d923-1\",)"
        R"(\"trace\":null}\n\n")"},
};

}  // namespace

const OperationDoc* operation_doc(std::string_view name) {
  const auto found =
      std::find_if(docs.begin(), docs.end(), [&](const auto& doc) { return doc.name == name; });
  return found != docs.end() ? &*found : nullptr;
}

std::string spelled_out(std::string_view example) {
  std::string out(example);
  for (const auto& [word, text] : words) {
    for (auto at = out.find(word); at != std::string::npos; at = out.find(word, at)) {
      out.replace(at, word.size(), text);
    }
  }
  return out;
}

}  // namespace boxoffice::http::api
