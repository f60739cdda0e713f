#include "tools/care/doctor.h"

#include <fmt/format.h>

#include <algorithm>

namespace boxoffice::tools::care {

std::size_t Findings::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(all_, verdict, &Finding::verdict));
}

void examine_settings(const config::Settings& settings, Findings& findings) {
  const config::Config& config = settings.config;
  const bool production = config.profile == config::Profile::production;
  for (const Fault& refused : settings.refused) {
    findings.add({.check = "settings",
                  .verdict = Verdict::wrong,
                  .found = refused.text,
                  .why = "the server does not start with them",
                  .mend = "change the setting where the line says that it comes from"});
  }
  if (!settings.refused.empty()) return;
  if (production && config.webhook_secret.empty()) {
    findings.add({.check = "settings",
                  .verdict = Verdict::wrong,
                  .found = "production, and WEBHOOK_SECRET is not set",
                  .why = "every payment callback is refused: no booking is ever confirmed",
                  .mend = "set it to the secret agreed with the payment gateway"});
  } else if (!production && (config.host == "0.0.0.0" || config.host == "::")) {
    findings.add({.check = "settings",
                  .verdict = Verdict::wrong,
                  .found = "the demo profile, on every network (HOST=" + config.host + ")",
                  .why = "whoever reaches this machine may change the catalogue and see figures",
                  .mend = "PROFILE=production, or HOST=127.0.0.1"});
  } else if (config.secret_key.empty()) {
    findings.add({.check = "settings",
                  .verdict = Verdict::warning,
                  .found = "SECRET_KEY is not set",
                  .why = "every start draws another one: logins do not survive it",
                  .mend = "set it to a random text, for example from `head -c 32 /dev/urandom | "
                          "base64`"});
  } else if (config::lacks_proxies(config)) {
    findings.add({.check = "settings",
                  .verdict = Verdict::warning,
                  .found = "production on " + config.host + ", and TRUSTED_PROXIES is empty",
                  .why = "all who come through a proxy on this machine share the limits of one "
                         "address",
                  .mend = "set it to the proxy's address, for example 127.0.0.1"});
  } else {
    findings.ok("settings",
                fmt::format("the {} profile, secrets are set", production ? "production" : "demo"));
  }
}

Findings examine(const config::Settings& settings, Instant now) {
  const config::Config& config = settings.config;
  Findings findings;
  const Patient patient{.data = config.data_directory,
                        .ballast_mib = config.ballast_mib,
                        .snapshot_every_events = config.snapshot_every_events,
                        .now = now};
  examine_settings(settings, findings);
  examine_limits(findings);
  if (patient.data.empty() || !examine_directory(patient, findings)) return findings;
  examine_disk(patient, findings);
  examine_keys(patient, findings);
  const auto end = examine_log(patient, findings);
  if (end) examine_clock(patient, *end, findings);
  examine_snapshots(patient, end, findings);
  examine_read_models(patient, end, findings);
  examine_backup(patient, end, findings);
  examine_verification(patient, end, findings);
  return findings;
}

std::string text_of(const Finding& finding) {
  const char* verdict = "ok";
  switch (finding.verdict) {
    case Verdict::ok: break;
    case Verdict::warning: verdict = "warning"; break;
    case Verdict::wrong: verdict = "WRONG"; break;
  }
  std::string text = fmt::format("{:<9} {:<16} {}\n", verdict, finding.check, finding.found);
  if (finding.verdict == Verdict::ok) return text;
  return text + fmt::format("{0:<9} {0:<16}   why:  {1}\n{0:<9} {0:<16}   mend: {2}\n", "",
                            finding.why, finding.mend);
}

}  // namespace boxoffice::tools::care
