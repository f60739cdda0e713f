// The figures of a house in the text format of Prometheus (version 0.0.4).
//
// Values are collected when they are asked for, so there is no registry: each figure of HouseStatus
// becomes a metric here, in base units, by Prometheus' rules for names. docs/operators.md says what
// to watch.
#pragma once

#include <string>

#include "http/api/operations.h"

namespace boxoffice::http::api {

/// REQUIRES: the status is that of a running server.
std::string metrics_text(const HouseStatus& status);

}  // namespace boxoffice::http::api
