// What can be told of a data directory by looking: the same for a server that has it open and for a
// tool that has not.
#pragma once

#include <filesystem>

#include "http/api/operations.h"

namespace boxoffice::tools::care {

/// All but the sizes of folders. Zero for what cannot be seen.
http::api::DiskFigures space_of(const std::filesystem::path& data);

/// Adds the sizes of log/ and read/, which takes a look at each of their files.
void add_folders(const std::filesystem::path& data, http::api::DiskFigures& disk);

/// Adds what was last done for the directory, and why what cannot be read cannot.
void add_last_care(const std::filesystem::path& data, http::api::HouseStatus& status);

}  // namespace boxoffice::tools::care
