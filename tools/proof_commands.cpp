#include "tools/proof_commands.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "engine/log/durable_view.h"
#include "events/print.h"
#include "http/json/write.h"
#include "tools/proofs/head_file.h"
#include "tools/proofs/log_head.h"
#include "tools/proofs/proof.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools {

namespace {

using engine::log::SignedHead;
using engine::log::SigningPublicKey;

// Frames are small; a frame of this size would take the sequencer minutes.
constexpr std::uintmax_t proof_bytes_max = 1 << 30;

struct Options {
  std::string file;
  std::string sign;
  std::string since;
  std::string head;
  std::string output;
  std::string public_key;
  std::uint64_t position = 0;
  bool all = false;
  bool json = false;
};

// To a file, or to standard output when none is named.
Result<void> give(const std::string& output, const std::string& text) {
  if (output.empty()) return put(text);
  TRY(sealed::create_file(output, text));
  talk("written: " + output);
  return success();
}

Result<std::unique_ptr<engine::log::EventLog>> open_view(const CommandLine& line) {
  TRY(const auto config, load(line));
  return engine::log::open_durable_view(config.data_directory / "log",
                                        config.data_directory / "head");
}

Result<std::optional<SigningPublicKey>> trusted_key(const Options& options) {
  if (options.public_key.empty()) return std::optional<SigningPublicKey>();
  TRY(const auto key, proofs::load_public_key(options.public_key));
  return std::optional(key);
}

// A signature by an unknown key proves nothing: whoever forged the log can sign the forgery.
void warn_of_unknown_signer(const SignedHead& head) {
  talk(
      fmt::format("WARNING: the signer is only who the file itself claims to be, key {}.\n"
                  "WARNING: anybody can make such a file. Get the signer's public key from the "
                  "signer, and give it by --public-key.",
                  to_hex(head.signer.bytes)));
}

Result<void> check_signer(const SignedHead& head, const Options& options) {
  TRY(const auto trusted, trusted_key(options));
  TRY(proofs::check_signer(head, trusted));
  if (!trusted) warn_of_unknown_signer(head);
  return success();
}

std::string describe(const SignedHead& head, bool json) {
  std::string out;
  if (json) {
    http::json::ObjectWriter(out)
        .member("log", to_hex(head.log.bytes))
        .member("last_position", head.head.last)
        .member("frames", head.frames)
        .member("chain", to_hex(head.head.chain.bytes))
        .member("root", to_hex(head.root.bytes))
        .member("log_time", head.time)
        .end();
    return out + "\n";
  }
  return fmt::format(
      "log            {}\nlast position  {}\nframes         {}\nchain hash     {}\n"
      "root           {}\nlog time       {}\n",
      to_hex(head.log.bytes), head.head.last.value, head.frames, to_hex(head.head.chain.bytes),
      to_hex(head.root.bytes), to_string(head.time));
}

Result<void> run_keygen(const Options& options) {
  TRY(const auto key, proofs::create_keys(options.file));
  talk(fmt::format("secret key: {} (keep it away from the server); public key: {}.pub",
                   options.file, options.file));
  return put(to_hex(key.bytes) + "\n");
}

// The head that was signed before counts only with our own signature: its frontier is taken over.
Result<std::optional<SignedHead>> load_since(const Options& options,
                                             const engine::log::SigningSeed& seed) {
  if (options.since.empty()) return std::optional<SignedHead>();
  TRY(auto since, proofs::load_head(options.since));
  TRY(proofs::check_signer(since, engine::log::public_key_of(seed)));
  return std::optional(std::move(since));
}

Result<void> run_head(const CommandLine& line, const Options& options) {
  if (options.sign.empty()) {
    if (!options.since.empty() || !options.output.empty()) {
      return fault(FaultKind::invalid, "--since and --output go with --sign");
    }
    TRY(const auto log, open_view(line));
    TRY(const auto head, proofs::describe_log(*log, {}, standard_talk()));
    return put(describe(head, options.json));
  }
  TRY(const auto seed, proofs::load_secret_key(options.sign));
  TRY(const auto since, load_since(options, seed));
  TRY(const auto log, open_view(line));
  TRY(auto head, proofs::describe_log(*log, since, standard_talk()));
  engine::log::sign(head, seed);
  return give(options.output, proofs::print_head(head));
}

Result<SignedHead> check_log(const CommandLine& line, const Options& options) {
  TRY(auto head, proofs::load_head(options.file));
  TRY(check_signer(head, options));
  TRY(const auto log, open_view(line));
  TRY(proofs::check_head(*log, head, standard_talk()));
  return head;
}

Result<void> run_check_head(const CommandLine& line, const Options& options) {
  TRY(const auto head, check_log(line, options));
  if (!options.json) talk("the log contains what was signed:");
  return put(describe(head, options.json));
}

Result<void> run_prove(const CommandLine& line, const Options& options) {
  TRY(const auto head, proofs::load_head(options.head));
  TRY(proofs::check_signer(head, {}));
  TRY(const auto log, open_view(line));
  TRY(const auto proof, proofs::prove(*log, Position(options.position), head, standard_talk()));
  return give(options.output, proofs::print_proof(proof));
}

Result<void> run_check_proof(const Options& options) {
  TRY(const auto text, sealed::read_file(options.file, proof_bytes_max));
  TRY(const auto proof, proofs::parse_proof(text, options.file));
  TRY(const auto frame, proofs::check_proof(proof));
  TRY(check_signer(proof.head, options));
  talk(fmt::format("proved: in the log that was signed at position {}, {}",
                   proof.head.head.last.value, to_string(proof.head.time)));
  for (const events::Event& event : frame.events) {
    if (!options.all && event.position != proof.position) continue;
    TRY(put((options.json ? events::print_json(event) : events::print_line(event)) + "\n"));
  }
  return success();
}

// The five commands of one group.
class Group {
 public:
  Group(CLI::App& app, CommandLine& line, Run& chosen)
      : log_(*app.get_subcommand("log")), line_(line), chosen_(chosen) {}

  // Reads the log.
  CLI::App& add(const char* name, const char* about,
                Result<void> (*run)(const CommandLine&, const Options&)) {
    CLI::App* command = add_command(
        log_, name, about,
        [run, options = options_](const CommandLine& line) { return run(line, *options); },
        chosen_);
    add_settings(*command, line_, Settings::offline);
    return *command;
  }
  // Needs no log.
  CLI::App& add(const char* name, const char* about, Result<void> (*run)(const Options&)) {
    return *add_command(
        log_, name, about, [run, options = options_](const CommandLine&) { return run(*options); },
        chosen_);
  }
  Options& options() { return *options_; }

 private:
  CLI::App& log_;
  CommandLine& line_;
  Run& chosen_;
  std::shared_ptr<Options> options_ = std::make_shared<Options>();
};

}  // namespace

Result<void> check_log_against_head(const CommandLine& line) {
  Options options;
  options.file = line.head;
  options.public_key = line.public_key;
  TRY(const auto head, check_log(line, options));
  talk(fmt::format("the log contains what was signed at position {}", head.head.last.value));
  return success();
}

void add_proof_commands(CLI::App& app, CommandLine& line, Run& chosen) {
  Group group(app, line, chosen);
  Options& options = group.options();
  const auto add_public_key = [&](CLI::App& command) {
    command.add_option("--public-key", options.public_key, "The signer's key, as keygen made it")
        ->type_name("FILE");
  };
  const auto add_output = [&](CLI::App& command) {
    command.add_option("--output", options.output, "Instead of standard output; must not exist")
        ->type_name("FILE");
  };

  CLI::App& keygen = group.add("keygen", "Make a key pair to sign heads with", run_keygen);
  keygen.add_option("keyfile", options.file, "Becomes the secret key; FILE.pub the public one")
      ->required()
      ->type_name("FILE");

  CLI::App& head = group.add("head", "Print what the log is now, or sign it", run_head);
  head.add_option("--sign", options.sign, "The secret key")->type_name("KEYFILE");
  head.add_option("--since", options.since,
                  "A head that was signed before: refuse unless the log still contains it, and "
                  "read only what is newer")
      ->type_name("FILE");
  add_output(head);
  head.add_flag("--json", options.json, "One JSON object (a signed head always is)");

  CLI::App& check_head =
      group.add("check-head", "Check that the log contains what was signed", run_check_head);
  check_head.add_option("file", options.file, "The signed head")->required()->type_name("FILE");
  add_public_key(check_head);
  check_head.add_flag("--json", options.json, "One JSON object");

  CLI::App& prove = group.add("prove", "Prove that an event is in the signed log", run_prove);
  prove.add_option("position", options.position, "Of the event")->required()->type_name("N");
  prove.add_option("--head", options.head, "The signed head")->required()->type_name("FILE");
  add_output(prove);

  CLI::App& check_proof =
      group.add("check-proof", "Check a proof, without a log; prints the event", run_check_proof);
  check_proof.add_option("file", options.file, "The proof")->required()->type_name("FILE");
  add_public_key(check_proof);
  check_proof.add_flag("--all", options.all, "All events of the frame");
  check_proof.add_flag("--json", options.json, "One JSON object a line");
}

}  // namespace boxoffice::tools
