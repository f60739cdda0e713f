// What all operations of the document share: tags, headers, security schemes, as JSON.
#pragma once

#include "http/openapi/document.h"

namespace boxoffice::http::api {

/// The document's head and its shared components.
openapi::Info document_info();

}  // namespace boxoffice::http::api
